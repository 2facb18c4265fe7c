"""The menus of a county's week judged at once, for those who look after all of its schools."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from services.nutrition.analysis.judging import EMPTY, layout_of
from services.nutrition.analysis.many import REFERENCE, Analyses, Weeks, analyse_all
from services.nutrition.analysis.plates import NUTRIENTS, Integers, kitchen_of, plates_of
from services.nutrition.analysis.schemas import LackRead, OverviewRead
from services.nutrition.analysis.setting import heads_of
from services.nutrition.canteens import queries as canteens
from services.nutrition.closures import queries as closures
from services.nutrition.closures.domain import served
from services.nutrition.days import check_monday
from services.nutrition.dishes import queries as dishes
from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods import queries as foods
from services.nutrition.foods.domain import Food, Nutrient
from services.nutrition.market import queries as market
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Menu, Planned
from services.nutrition.standards.domain import Requirement, Target, TargetKind
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.errors import DomainError
from shared.fields import AgeBand, Meal, Sex
from shared.quantities import divide
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Judging:
    """A menu to judge: its meals, who eats, and what is asked of it."""

    menu: Menu
    meals: Sequence[Planned]
    eaters: Mapping[AgeBand, int]
    requirement: Requirement

    @property
    def kind(self) -> tuple[object, ...]:
        """Menus of one kind are judged at once: by one standard, for the same meals on the same days."""
        asked = self.requirement
        return asked.standard_id, asked.meals, tuple((meal.day, meal.meal) for meal in self.meals)


async def of_county(uow: UnitOfWork, county_code: str, week_start: date, paging: Paging) -> list[OverviewRead]:
    """Return a page of a county's menus of a week, each judged for those it is made for, at the prices of now."""
    check_monday(week_start)
    asked = {"after": paging.after, "week_start": week_start, "county_code": county_code}
    found = await menus.page(uow.session, paging.limit, with_meals=True, **asked)
    planned = {menu.menu_id: meals for menu, meals in found}
    recipes = await dishes.recipes_at(
        uow.session, {dish for of in planned.values() for meal in of for dish in meal.dishes}, county_code
    )
    codes = {part.food_code for recipe in recipes.values() for part in recipe.ingredients}
    known = await foods.library(uow.session, county_code, codes)
    quotes = await market.quotes(uow.session, county_code, week_start, known)
    groups = defaultdict(list)
    asked_of, unjudged = await _asked(uow, [menu for menu, _ in found], planned)
    for one in asked_of:
        groups[one.kind].append(one)
    judged = [read for group in groups.values() for read in _judge(group, recipes, known, quotes)]
    return sorted([*judged, *unjudged], key=lambda read: read.menu_id)


async def _asked(
    uow: UnitOfWork, found: Sequence[Menu], planned: Mapping[str, Sequence[Planned]]
) -> tuple[list[Judging], list[OverviewRead]]:
    """Return what is asked of each menu, and those of which their standard asks nothing: they hide no other."""
    if not found:
        return [], []
    week_start, county_code = found[0].week_start, found[0].county_code
    rows = {row.canteen_id: row for row in await canteens.registered(uow.session, {one.canteen_id for one in found})}
    heads = await canteens.present_heads(uow.session, rows)
    week = [week_start + timedelta(days=number) for number in range(7)]
    calendar = await canteens.calendar(uow.session, county_code, week[0], week[-1])
    closed = await closures.still_served(uow.session, rows, week[0], week[-1])
    asked, unjudged = [], []
    for menu in found:
        eaters = Counter[AgeBand]()
        for meal in planned[menu.menu_id]:
            eaters.update(meal.headcounts)
        row, enrolled = rows[menu.canteen_id], heads.get(menu.canteen_id, {})
        usual, still = [meal for meal in Meal if getattr(row, meal.value)], closed.get(menu.canteen_id, {})
        school_days = sum(bool(served(usual, day, calendar, still)) for day in week)
        asked_of = heads_of(eaters, {(AgeBand(band), Sex(sex)): pupils for (band, sex), pupils in enrolled.items()})
        try:
            requirement = requirement_of(
                standard(row.standard_id), asked_of, usual, day=week_start, school_days=school_days
            )
        except DomainError as refused:
            unjudged.append(_unjudged(menu, refused.rule))
            continue
        asked.append(Judging(menu, planned[menu.menu_id], eaters, requirement))
    return asked, unjudged


def _unjudged(menu: Menu, rule: str) -> OverviewRead:
    return OverviewRead(
        menu_id=menu.menu_id,
        canteen_id=menu.canteen_id,
        version=menu.version,
        score=None,
        cost_fen_per_day=None,
        local_permille=None,
        poor_permille=None,
        lacking=None,
        out_of_season=[],
        unjudged=rule,
    )


def _judge(
    group: Sequence[Judging],
    recipes: Mapping[tuple[str, int], Recipe],
    known: Mapping[str, Food],
    quotes: Mapping[str, Quote],
) -> list[OverviewRead]:
    """Judge menus of one kind; meals are laid out alike, with room for the most dishes one of them has there."""
    keys = sorted({dish for one in group for meal in one.meals for dish in meal.dishes if dish in recipes})
    index = {key: place for place, key in enumerate(keys)}
    kitchen = kitchen_of([recipes[key] for key in keys], known, group[0].requirement)
    free = {food.food_code: Quote(food.food_code, 0, PriceSource.REFERENCE, 0, 0, None) for food in kitchen.foods}
    meals = group[0].meals
    room = [max(len(one.meals[place].dishes) for one in group) for place in range(len(meals))]
    days = sorted({meal.day for meal in meals})
    slots = [(days.index(meal.day), meal.meal) for meal, most in zip(meals, room, strict=True) for _ in range(most)]
    weeks = Weeks(
        plates=plates_of(kitchen, REFERENCE, {**free, **quotes}),
        layout=layout_of(slots, len(days)),
        days=days,
        dishes=np.array([_row(one, room, index) for one in group], dtype=np.int64),
        eaters=[one.eaters for one in group],
        requirements=[one.requirement for one in group],
    )
    found, codes = analyse_all(weeks), [food.food_code for food in kitchen.foods]
    return [_read(one, found, place, codes) for place, one in enumerate(group)]


def _row(one: Judging, room: Sequence[int], index: Mapping[tuple[str, int], int]) -> list[int]:
    row: list[int] = []
    for meal, most in zip(one.meals, room, strict=True):
        dishes = [index[dish] for dish in meal.dishes if dish in index]
        row += [*dishes, *[EMPTY] * (most - len(dishes))]
    return row


def _read(one: Judging, found: Analyses, place: int, foods_known: Sequence[str]) -> OverviewRead:
    cost = int(found.cost_mfen[place].sum())
    return OverviewRead(
        menu_id=one.menu.menu_id,
        canteen_id=one.menu.canteen_id,
        version=one.menu.version,
        score=int(found.scores[place]),
        cost_fen_per_day=divide(cost, 1000 * found.cost_mfen.shape[1]),
        local_permille=_share(found.local_mfen[place], cost),
        poor_permille=_share(found.poor_mfen[place], cost),
        lacking=_lacking(one.requirement, found, place),
        out_of_season=[code for code, out in zip(foods_known, found.out_of_season[place], strict=True) if out],
    )


def _share(part: Integers, cost: int) -> int:
    return divide(1000 * int(part.sum()), cost) if cost else 0


def _lacking(requirement: Requirement, found: Analyses, place: int) -> LackRead | None:
    """Return the nutrient whose lack costs the most points of the score."""
    worst: tuple[float, LackRead] | None = None
    for at, target in enumerate(requirement.targets):
        value, miss = float(found.judged.values[at][place].mean()), float(found.judged.misses[place, at])
        if target.kind is not TargetKind.NUTRIENT or target.low is None or value >= target.low:
            continue
        lost = target.weight * min(1.0, miss)
        if worst is None or lost > worst[0]:
            worst = lost, _lack(target, value, miss, found.unknown_permille[place])
    return None if worst is None else worst[1]


def _lack(target: Target, value: float, miss: float, unknown_permille: Integers) -> LackRead:
    return LackRead(
        key=target.key,
        low=target.low or 0,
        value=round(value, 3),
        miss_permille=round(1000 * miss),
        unknown_permille=int(unknown_permille[NUTRIENTS.index(Nutrient(target.of))]),
    )
