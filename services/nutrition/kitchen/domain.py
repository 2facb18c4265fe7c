"""From a planned meal to what stands in the kitchen's pots, and what is still to be done about the day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.nutrition.days import today
from services.nutrition.dishes.domain import Recipe
from services.nutrition.menus.domain import Planned
from shared.fields import AgeBand
from shared.quantities import divide, split

_MG_PERMILLE_PER_G = 1_000_000


@dataclass(frozen=True, slots=True)
class BandPortion:
    """What one age band gets of a dish, in g of raw edible food: each of them, and all together."""

    age_band: AgeBand
    eaters: int
    portion_g: int
    net_g: int


@dataclass(frozen=True, slots=True)
class Pot:
    """A dish to be cooked, in g of raw edible food; bands and foods each sum to `net_g`."""

    recipe: Recipe
    net_g: int
    bands: tuple[BandPortion, ...]
    foods_g: Mapping[str, int]


class Task(StrEnum):
    """What is to be done; the value is what the caller's page looks up its words by."""

    RECORD_MEAL = "record_meal"
    TAKE_SAMPLE = "take_sample"
    MEASURE_TEMPERATURE = "measure_temperature"
    LOG_MEAL = "log_meal"
    WEIGH_LEFTOVERS = "weigh_leftovers"
    DISCARD_SAMPLES = "discard_samples"
    LOOK_AT_PLACE = "look_at_place"
    CLEAR_STORE = "clear_store"


@dataclass(frozen=True, slots=True)
class Done:
    """What is on record of a planned meal: dishes with a sample and with a temperature, the meal itself, its log."""

    dish_codes: tuple[str, ...]
    hot: frozenset[str]
    sampled: frozenset[str]
    measured: frozenset[str]
    recorded: bool
    logged: bool
    weighed: bool


def pots(planned: Planned, recipes: Mapping[tuple[str, int], Recipe]) -> list[Pot]:
    """Return what goes into each pot of a meal, in the order of the menu."""
    return [_pot(recipes[dish], planned.headcounts) for dish in planned.dishes if dish in recipes]


def _pot(recipe: Recipe, heads: Mapping[AgeBand, int]) -> Pot:
    portion_mg = sum(part.portion_mg for part in recipe.ingredients)
    weights = {band: n * recipe.portion_permille[band] for band, n in heads.items()}
    net_g = divide(portion_mg * sum(weights.values()), _MG_PERMILLE_PER_G)
    by_band = split(net_g, list(weights.values()))
    bands = [
        BandPortion(band, n, divide(portion_mg * recipe.portion_permille[band], _MG_PERMILLE_PER_G), grams)
        for (band, n), grams in zip(heads.items(), by_band, strict=True)
    ]
    by_food = split(net_g, [part.portion_mg for part in recipe.ingredients])
    foods_g = {part.food_code: grams for part, grams in zip(recipe.ingredients, by_food, strict=True)}
    return Pot(recipe, net_g, tuple(bands), foods_g)


def as_bought(meals: Iterable[Planned]) -> dict[str, int]:
    """Return the grams as bought of each food the meals need together."""
    grams: dict[str, int] = {}
    for meal in meals:
        for food, planned_g in meal.planned_g.items():
            grams[food] = grams.get(food, 0) + planned_g
    return dict(sorted(grams.items()))


def tasks_of(day: date, now: datetime, done: Done) -> list[tuple[Task, str | None]]:
    """Return what is to be done about a meal, with the dish where it is about one; nothing before its day."""
    if day > today(now):
        return []
    tasks: list[tuple[Task, str | None]] = [
        (Task.TAKE_SAMPLE, code) for code in done.dish_codes if code not in done.sampled
    ]
    if not done.recorded:
        return [*tasks, (Task.RECORD_MEAL, None)]
    tasks += _missing(Task.MEASURE_TEMPERATURE, done.dish_codes, done.hot - done.measured)
    tasks += [] if done.logged else [(Task.LOG_MEAL, None)]
    return tasks if done.weighed else [*tasks, (Task.WEIGH_LEFTOVERS, None)]


def _missing(task: Task, dish_codes: Sequence[str], which: frozenset[str]) -> list[tuple[Task, str | None]]:
    return [(task, code) for code in dish_codes if code in which]
