"""A menu and its versions against a plain table of meals, while days pass and the kitchen thinks again."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.nutrition.canteens.domain import Canteen
from services.nutrition.days import has_begun
from services.nutrition.dishes.domain import PORTION_PERMILLE, Ingredient, Recipe
from services.nutrition.menus import domain
from services.nutrition.menus.demand import Line, cover, plan
from services.nutrition.menus.domain import Menu, Planned, Status, Wish
from services.nutrition.stocks.domain import Free
from shared.errors import Conflict, DomainError, StaleVersion
from shared.fields import AgeBand, Meal, TemperatureClass
from tests.machines import tried

MONDAY = date(2026, 11, 30)
WEEK = [MONDAY + timedelta(days=n) for n in range(5)]
BAND = AgeBand.FROM_9_TO_11
CANTEEN = Canteen("sch-1", "520628", frozenset({Meal.BREAKFAST, Meal.LUNCH}), {BAND: 100})
NET_MG = {"d1": {"rice": 80_000, "pork": 20_000}, "d2": {"rice": 50_001}, "d3": {"cabbage": 85_003, "rice": 7}}
EDIBLE = {"rice": 1000, "pork": 937, "cabbage": 853}
RECIPES = {
    code: Recipe(
        code,
        1,
        tuple(Ingredient(food, mg, EDIBLE[food], TemperatureClass.AMBIENT, False) for food, mg in parts.items()),
        "mixed",
    )
    for code, parts in NET_MG.items()
}
Meals = dict[tuple[date, Meal], tuple[str, int]]
"""The model of a menu: dish and eaters of each meal."""

meals = st.dictionaries(
    st.tuples(st.sampled_from(WEEK), st.sampled_from(sorted(CANTEEN.meals))),
    st.tuples(st.sampled_from(sorted(RECIPES)), st.integers(1, 300)),
    min_size=1,
)
stocks = st.dictionaries(st.sampled_from(sorted(EDIBLE)), st.integers(0, 60_000))


class MenuOfAWeek(RuleBasedStateMachine):
    """The model: what stands on the menu, meal by meal, and how often it was changed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 27, 1, tzinfo=UTC)
        self.menu = Menu("m1", "sch-1", "520628", MONDAY, 1, Status.PUBLISHED, None, self.now)
        self.stands: Meals = {}
        self.changes = 1
        self.planned: list[Planned] = []
        self.lines: list[Line] = []

    @initialize(wanted=meals, stock=stocks)
    def publish(self, wanted: Meals, stock: dict[str, int]) -> None:
        """A menu is published before its week."""
        self._plan(wanted, {}, stock)
        self.stands = wanted

    @precondition(lambda self: self.menu.status is Status.PUBLISHED)
    @rule(wanted=meals, stock=stocks)
    def amend(self, wanted: Meals, stock: dict[str, int]) -> None:
        """Days that have not begun become what is wanted, the others stay; without an open day nothing is changed."""
        closed = {key: meal for key, meal in self.stands.items() if has_begun(key[0], self.now)}
        coming = {key: meal for key, meal in wanted.items() if not has_begun(key[0], self.now)}
        domain.check_changeable(self.menu, self.menu.version)
        days = [day for day, _ in self.stands] + [day for day, _ in coming]
        if all(has_begun(day, self.now) for day in days):
            with pytest.raises(Conflict, match="begun or is over"):
                domain.first_open_day(days, self.now)
            return
        assert domain.first_open_day(days, self.now) == min(day for day in days if not has_begun(day, self.now))
        kept = [meal for meal in self.planned if has_begun(meal.day, self.now)]
        domain.check_closed_unchanged(kept, _wishes(closed))
        self._plan(coming, closed, stock)
        self.stands = closed | coming
        self._change(Status.PUBLISHED, None)

    @precondition(lambda self: any(has_begun(day, self.now) for day, _ in self.stands))
    @rule(heads=st.integers(301, 400))
    def change_what_is_over(self, heads: int) -> None:
        """What was ordered for a day that has begun is on its way: it is neither left out nor changed nor added to."""
        closed = {key: meal for key, meal in self.stands.items() if has_begun(key[0], self.now)}
        kept = [meal for meal in self.planned if has_begun(meal.day, self.now)]
        first, *others = closed
        for wrong in (
            {key: closed[key] for key in others},
            closed | {first: (closed[first][0], heads)},
            closed | {(WEEK[0] - timedelta(days=1), Meal.LUNCH): ("d1", 1)},
        ):
            with pytest.raises(DomainError):
                domain.check_closed_unchanged(kept, _wishes(wrong))

    @rule(behind=st.sampled_from((-1, 1, 5)))
    def change_another_version(self, behind: int) -> None:
        """Who read another version than the present one changes nothing."""
        with pytest.raises((StaleVersion, Conflict)):
            domain.check_changeable(self.menu, self.menu.version + behind)

    @precondition(lambda self: self.menu.status is Status.PUBLISHED)
    @rule()
    def withdraw(self) -> None:
        """A menu is taken back from its first open day on, once; what stands before it was eaten."""
        if all(has_begun(day, self.now) for day, _ in self.stands):
            return
        from_day = domain.first_open_day([day for day, _ in self.stands], self.now)
        self.stands = {key: meal for key, meal in self.stands.items() if key[0] < from_day}
        self.planned = [meal for meal in self.planned if meal.day < from_day]
        self.lines = [line for line in self.lines if line.delivery_day < from_day]
        self._change(Status.WITHDRAWN, from_day)
        with pytest.raises(Conflict):
            domain.check_changeable(self.menu, None)

    @rule()
    def sleep(self) -> None:
        """A day passes."""
        self.now += timedelta(days=1)

    @invariant()
    def the_menu_is_what_was_wanted(self) -> None:
        """Meals, dishes and eaters are those of the last change, and each change was a version."""
        found = {(meal.day, meal.meal): (meal.dishes[0][0], meal.headcount) for meal in self.planned}
        assert found == self.stands
        assert self.menu.version == self.changes

    @invariant()
    def demand_is_what_is_cooked(self) -> None:
        """Each day's food is what its eaters' portions need, rounded up once; its meals share it to the gram."""
        net = Counter[tuple[date, str]]()
        for (day, _), (dish, heads) in self.stands.items():
            for food, mg in NET_MG[dish].items():
                net[day, food] += mg * heads * PORTION_PERMILLE[BAND]
        gross = {(line.delivery_day, line.food_code): line.gross_g for line in self.lines}
        assert gross.keys() == net.keys()
        for (day, food), amount in net.items():
            # In mg × 1/1000; what can be eaten of what is bought is given in 1/1000, too.
            whole_mg = -(-amount // 1000)
            assert gross[day, food] == -(-whole_mg // EDIBLE[food])
            shares = [meal.planned_g.get(food, 0) for meal in self.planned if meal.day == day]
            assert sum(shares) == gross[day, food]
        assert all(line.gross_g == line.quantity_g + line.from_stock_g for line in self.lines)

    def _plan(self, wanted: Meals, closed: Meals, stock: dict[str, int]) -> None:
        """Plan the open days anew, with what is free in the store."""
        wishes = _wishes(wanted)
        domain.check_wishes(MONDAY, wishes, CANTEEN, {}, self.now)
        planned, needs = plan(wishes, CANTEEN, RECIPES)
        lines = cover(needs, {food: [Free(WEEK[-1], grams)] for food, grams in stock.items()})
        given = Counter[str]()
        for line in lines:
            given[line.food_code] += line.from_stock_g
        needed = Counter[str]()
        for need in needs:
            needed[need.food_code] += need.gross_g
        assert all(given[food] == min(needed[food], stock.get(food, 0)) for food in needed)
        days = {day for day, _ in closed}
        self.planned = [meal for meal in self.planned if meal.day in days] + planned
        self.lines = [line for line in self.lines if line.delivery_day in days] + lines

    def _change(self, status: Status, from_day: date | None) -> None:
        menu = self.menu
        self.menu = Menu(
            menu.menu_id,
            menu.canteen_id,
            menu.county_code,
            menu.week_start,
            menu.version + 1,
            status,
            from_day,
            menu.published_at,
        )
        self.changes += 1


def _wishes(wanted: Meals) -> list[Wish]:
    return [
        Wish(place, day, meal, (dish,), {BAND: heads})
        for place, ((day, meal), (dish, heads)) in enumerate(wanted.items())
    ]


TestMenuOfAWeek = tried(MenuOfAWeek)
