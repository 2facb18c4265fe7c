"""Which dishes could be served instead: without what is missing, no new allergen, and the week judged with each."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date

from services.nutrition.analysis.lifting import Change, Lift, Week, fits, judged, too_soon
from services.nutrition.foods.domain import Food
from services.nutrition.standards.domain import Requirement
from shared.fields import Meal

MOST_EACH = 3
"""So many dishes are proposed in the place of one; a person chooses among them."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """A dish in the place of another: by how much the score of the week and the cost of a child's day change.

    `more_mfen` is 1/1000 fen for an average child; `over_budget` is that the day then costs more than there is.
    """

    meal: Meal
    instead_of: str
    dish_code: str
    score_change: int
    more_mfen: int
    over_budget: bool


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing: dishes of the day that need `food_code` are replaced by some that need nothing of `without`."""

    day: date
    food_code: str
    without: frozenset[str]


def substitutes(week: Week, lack: Lack, foods: Mapping[str, Food]) -> list[Substitute]:
    """Return up to three dishes in the place of each dish that needs what is missing, the best first.

    Dishes within the budget come before others, then those that keep the most of the week's score, then the cheaper.
    They are of the same category, in season, and bring no allergen the dish they replace has not.
    """
    changes = _changes(week, lack, foods)
    if not changes:
        return []
    found = judged(week, _any_target(week.requirement), changes)
    before = found.pop()
    found.sort(key=lambda one: (one.over_budget, -one.score, one.more_mfen, one.change.dish))
    chosen: list[Substitute] = []
    taken: dict[tuple[int, int | None], int] = {}
    for one in found:
        place = one.change.meal, one.change.instead_of
        if taken.get(place, 0) < MOST_EACH:
            taken[place] = taken.get(place, 0) + 1
            chosen.append(_substitute(week, one, before.score))
    return sorted(chosen, key=lambda one: (one.meal, one.instead_of))


def _any_target(requirement: Requirement) -> str:
    return requirement.targets[0].key


def _changes(week: Week, lack: Lack, foods: Mapping[str, Food]) -> list[Change]:
    found = []
    for meal, served in enumerate(week.served):
        if served.day != lack.day:
            continue
        for old in served.dishes:
            if lack.food_code not in needs(week, old):
                continue
            rest = tuple(dish for dish in served.dishes if dish != old)
            for dish in sorted(week.usable - set(served.dishes)):
                same = week.recipe(dish).category == week.recipe(old).category
                may = same and _serves(week, dish, old, lack, foods)
                if may and not too_soon(week, dish, served) and fits(week, (*rest, dish)):
                    found.append(Change(meal, dish, old))
    return found


def _serves(week: Week, dish: int, old: int, lack: Lack, foods: Mapping[str, Food]) -> bool:
    """Whether a dish needs nothing that is missing, is in season, and brings no allergen the old one has not."""
    needed = needs(week, dish)
    if needed & (lack.without | {lack.food_code}):
        return False
    if any(season is not None and not season.has(lack.day.month) for season in (foods[code].season for code in needed)):
        return False
    return allergens(needed, foods) <= allergens(needs(week, old), foods)


def needs(week: Week, dish: int) -> Set[str]:
    """Return the foods a dish is made of."""
    return week.recipe(dish).food_codes


def allergens(codes: Set[str], foods: Mapping[str, Food]) -> Set[str]:
    """Return what is known to be in these foods."""
    return frozenset(name for code in codes for name in foods[code].allergens)


def _substitute(week: Week, lift: Lift, score_before: int) -> Substitute:
    change = lift.change
    if change.instead_of is None:
        raise ValueError("a substitute stands in the place of a dish")
    return Substitute(
        meal=week.served[change.meal].meal,
        instead_of=week.recipe(change.instead_of).dish_code,
        dish_code=week.recipe(change.dish).dish_code,
        score_change=lift.score - score_before,
        more_mfen=lift.more_mfen,
        over_budget=lift.over_budget,
    )
