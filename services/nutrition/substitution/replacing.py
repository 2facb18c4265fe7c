"""Which foods could be cooked in the place of a missing one: like it, harmless, on offer, and judged with the week.

As many edible grams of the new food are taken as count for as much in the standard's food group; where the standard
counts both alike, or neither, that is the same edible weight.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.nutrition.analysis.judging import judge, layout_of, spending
from services.nutrition.analysis.plates import Integers, Kitchen, kitchen_of
from services.nutrition.analysis.setting import Setting
from services.nutrition.analysis.week import scores_of
from services.nutrition.canteens.domain import Diet
from services.nutrition.dishes.domain import Ingredient, Recipe
from services.nutrition.foods.domain import Food
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.planning.diets import leaves_out
from services.nutrition.standards.domain import Requirement
from services.nutrition.substitution.finding import Lack
from shared.quantities import divide

MOST_FOODS = 5
"""So many foods are proposed; a person chooses among them."""

MOST_WORSE_PERMILLE = 50
"""No target of the week may be missed by more than so much of what is asked, beyond what it is missed by already."""

MOST_PORTION_MG = 2_000_000


@dataclass(frozen=True, slots=True)
class Replacement:
    """A food in the place of the missing one in all dishes of the day that need it.

    `edible_permille` is edible g of it for 1000 edible g of the missing one; `needed_g` as bought for the whole
    shortage, `worst_permille` how much of `worst_target` the week loses; `more_mfen` 1/1000 fen an average child's day.
    """

    food_code: str
    dish_codes: tuple[str, ...]
    edible_permille: int
    needed_g: int
    quote: Quote
    score_change: int
    worst_target: str
    worst_permille: int
    more_mfen: int


@dataclass(frozen=True, slots=True)
class Short:
    """What is to be replaced: grams as bought the school needs of it that day, and the county lacks that week."""

    lack: Lack
    needed_g: int
    county_g: int


def conflict(new: Food, old: Food, diets: Iterable[Diet]) -> str | None:
    """Return why a food must not stand in the place of another, None where it may.

    It is banned or nobody knows how it travels; it brings an allergen the other has not; or somebody whose diet allows
    the other could not eat it, however few they are: the dish was theirs, too.
    """
    if new.canteen_ban:
        return f"{new.food_code} must not be served in school canteens"
    if not new.can_be_bought:
        return f"nobody has said how {new.food_code} travels and keeps"
    if brought := new.allergens - old.allergens:
        return f"{new.food_code} brings {', '.join(sorted(brought))}"
    kept = [diet for diet in diets if diet.pupils and leaves_out(diet, new) and not leaves_out(diet, old)]
    return f"{new.food_code} is not eaten by those who keep {kept[0].kind.value}" if kept else None


def edible_permille(new: Food, old: Food, requirement: Requirement) -> int | None:
    """Return how many edible g replace 1000 edible g of a food, None where they are not of a kind.

    They are of one food group and count in the same group of the standard; a dark vegetable is replaced by a dark one.
    """
    if new.food_group != old.food_group or (old.dark_vegetable is True and new.dark_vegetable is not True):
        return None
    counted, before = requirement.counts_as(new), requirement.counts_as(old)
    if counted is None or before is None:
        return 1000 if counted is before else None
    if counted.group != before.group or not counted.permille or not before.permille:
        return None
    return max(1, divide(1000 * before.permille, counted.permille))


def with_food(recipe: Recipe, old: str, new: Food, permille: int) -> Recipe:
    """Return a dish cooked with another food, under a name that no dish has."""
    parts = [
        Ingredient(
            new.food_code,
            portion_mg(part.portion_mg, permille),
            new.edible_permille,
            new.temperature_class,
            new.canteen_ban,
        )
        if part.food_code == old
        else part
        for part in recipe.ingredients
    ]
    return replace(recipe, dish_code=f"{recipe.dish_code}|{new.food_code}", ingredients=tuple(parts))


def portion_mg(before_mg: int, permille: int) -> int:
    """Return the mg of a portion of the new food; a portion weighs 1 mg at least and 2 kg at most."""
    return min(MOST_PORTION_MG, max(1, divide(before_mg * permille, 1000)))


def replacements(
    setting: Setting,
    short: Short,
    foods: Mapping[str, Food],
    quotes: Mapping[str, Quote],
    among: Container[str] | None = None,
    most: int | None = MOST_FOODS,
) -> list[Replacement]:
    """Return the `most` foods that do best in the place of a missing one (`among` some), None: all; the best first.

    Each is like it and harmless, in season, on offer in the county for all who lack it, and keeps the day within its
    budget and every target within the tolerance. What only the market supplier has is none: it has the missing food,
    too.
    """
    lack = short.lack
    old = foods.get(lack.food_code)
    concerned = concerned_by(setting, lack)
    if old is None or not concerned:
        return []
    chosen = [
        one
        for food in foods.values()
        if (among is None or food.food_code in among)
        and not any(food.food_code in recipe.food_codes for recipe in concerned)
        and (one := _candidate(setting, food, old, short, quotes.get(food.food_code))) is not None
    ]
    return in_order(_judged(setting, lack, concerned, chosen, foods) if chosen else [])[:most]


def in_order(found: Iterable[Replacement]) -> list[Replacement]:
    """Return foods as they are proposed: those that keep most of the week's score first, then the cheaper."""
    return sorted(found, key=lambda one: (-one.score_change, one.more_mfen, one.food_code))


def concerned_by(setting: Setting, lack: Lack) -> list[Recipe]:
    """Return the dishes of the day that need what is missing, each once."""
    places = {place for served in setting.served if served.day == lack.day for place in served.dishes}
    return [setting.recipes[place] for place in sorted(places) if lack.food_code in setting.recipes[place].food_codes]


@dataclass(frozen=True, slots=True)
class _Candidate:
    food: Food
    permille: int
    needed_g: int
    quote: Quote


def _candidate(setting: Setting, food: Food, old: Food, short: Short, quote: Quote | None) -> _Candidate | None:
    """Return a food with how much of it is needed, None where it must or can not stand in the missing one's place."""
    lack = short.lack
    if food.food_code == old.food_code or food.food_code in lack.without:
        return None
    if food.food_code in setting.requirement.banned or conflict(food, old, setting.profile.diets) is not None:
        return None
    if food.season is not None and not food.season.has(lack.day.month):
        return None
    permille = edible_permille(food, old, setting.requirement)
    if permille is None or quote is None or quote.source is PriceSource.REFERENCE:
        return None

    def as_bought(grams: int) -> int:
        return -(-grams * old.edible_permille * permille // (1000 * food.edible_permille))

    if quote.available_g is not None and quote.available_g < as_bought(max(short.needed_g, short.county_g)):
        return None
    return _Candidate(food, permille, as_bought(short.needed_g), quote)


def _judged(
    setting: Setting, lack: Lack, concerned: Sequence[Recipe], chosen: Sequence[_Candidate], foods: Mapping[str, Food]
) -> list[Replacement]:
    """Judge the week with each food in the dishes concerned; those beyond the budget or the tolerance are left out."""
    kitchen, weeks = _weeks(setting, lack, concerned, chosen, foods)
    prices = dict(setting.quotes) | {one.food.food_code: one.quote for one in chosen}
    plates = replace(setting, kitchen=kitchen).plates(prices)
    places = [(setting.days.index(served.day), served.meal) for served in setting.served for _ in served.dishes]
    layout = layout_of(places, len(setting.days))
    judged = judge(plates, setting.requirement, layout, weeks)
    scores = scores_of(judged)
    spent = spending(plates, layout, weeks).cost_mfen[:, setting.days.index(lack.day)]
    worse = judged.misses - judged.misses[0]
    found = []
    for row, one in enumerate(chosen, start=1):
        more, worst = int(spent[row] - spent[0]), int(worse[row].argmax())
        loss = max(0, round(1000 * float(worse[row, worst])))
        if loss > MOST_WORSE_PERMILLE or (more > 0 and int(spent[row]) > setting.budget_mfen.get(lack.day, 0)):
            continue
        found.append(
            Replacement(
                food_code=one.food.food_code,
                dish_codes=tuple(recipe.dish_code for recipe in concerned),
                edible_permille=one.permille,
                needed_g=one.needed_g,
                quote=one.quote,
                score_change=int(scores[row] - scores[0]),
                worst_target=judged.targets[worst].key if loss else "",
                worst_permille=loss,
                more_mfen=more,
            )
        )
    return found


def _weeks(
    setting: Setting, lack: Lack, concerned: Sequence[Recipe], chosen: Sequence[_Candidate], foods: Mapping[str, Food]
) -> tuple[Kitchen, Integers]:
    """Return the week as it is and with each food, a row each, of dishes of a kitchen that has those with it, too."""
    cooked = sorted({place for served in setting.served for place in served.dishes})
    index = {place: at for at, place in enumerate(cooked)}
    recipes = [setting.recipes[place] for place in cooked]
    variants = [with_food(recipe, lack.food_code, one.food, one.permille) for one in chosen for recipe in concerned]
    kitchen = kitchen_of([*recipes, *variants], foods, setting.requirement)
    rows = [[index[place] for meal in setting.served for place in meal.dishes]]
    for number in range(len(chosen)):
        first = len(recipes) + number * len(concerned)
        swaps = {recipes.index(recipe): first + at for at, recipe in enumerate(concerned)}
        rows.append(
            [
                swaps.get(index[place], index[place]) if meal.day == lack.day else index[place]
                for meal in setting.served
                for place in meal.dishes
            ]
        )
    return kitchen, np.array(rows, dtype=np.int64)
