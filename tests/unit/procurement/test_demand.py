"""Where a demand line's grams are, and what menus make of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.procurement.demand import domain
from services.procurement.demand.domain import Line, Menu, Status
from shared.events.nutrition import Demand
from shared.fields import TemperatureClass

MONDAY = date(2026, 11, 30)
AT = datetime(2026, 11, 23, tzinfo=UTC)
MENU = Menu("menu-1", "school-1", "county-a", MONDAY)


def a_line(quantity_g: int = 1000, **more: object) -> Line:
    """Return a line that waits to be sourced."""
    need = Demand(
        food_code="rice",
        delivery_day=MONDAY,
        temperature_class=TemperatureClass.AMBIENT,
        gross_g=max(1, quantity_g),
        from_stock_g=0,
        quantity_g=quantity_g,
    )
    (line,) = domain.restate(MENU, 1, AT, domain.stated(MENU, 1, [need]), {})
    return replace(line, **more)  # type: ignore[arg-type]


def conserved(line: Line) -> bool:
    """Whether no gram was made or lost, and none is negative."""
    parts = (line.quantity_g, line.surplus_g, line.allocated_g, line.unmet_g, line.open_g)
    return min(parts) >= 0 and parts[0] + parts[1] == sum(parts[2:])


_grams = st.integers(0, 5000)
_steps = st.lists(
    st.tuples(st.sampled_from(["require", "source", "give_back", "take_in"]), _grams, _grams), max_size=20
)


@given(_grams, _steps)
def test_no_step_makes_or_loses_a_gram(quantity_g: int, steps: list[tuple[str, int, int]]) -> None:
    """quantity + surplus = allocated + unmet + open after any sequence of steps, and nothing is negative."""
    line = a_line(quantity_g)
    for step, one, other in steps:
        if step == "require":
            line = domain.require(line, one)
        elif step == "source":
            taken = min(one, line.need_g)
            line = domain.source(line, taken, min(other, line.need_g - taken))
        elif step == "give_back":
            line = domain.give_back(line, min(one, line.allocated_g))
        else:
            line = domain.take_in(line, one)
        assert conserved(line), (step, line)
        assert (line.status == Status.SOURCED) <= (line.open_g == 0)


def test_less_need_spares_orders_as_long_as_it_can() -> None:
    """A reduction eats what nobody has, then what waits, and only then shows as surplus."""
    line = a_line(1000, allocated_g=500, unmet_g=300, open_g=200)
    assert domain.require(line, 600).surplus_g == 0
    reduced = domain.require(line, 400)
    assert (reduced.unmet_g, reduced.open_g, reduced.surplus_g) == (0, 0, 100)


def test_more_need_uses_surplus_before_it_opens() -> None:
    """Food that comes anyway covers new need first."""
    line = domain.require(a_line(0, allocated_g=300, surplus_g=300, status=Status.SOURCED), 1000)
    assert (line.surplus_g, line.open_g, line.status) == (0, 700, Status.OPEN)


def test_a_line_waits_until_a_run_has_looked_at_it() -> None:
    """A new line is open even when it needs nothing; a gram in orders, or one that nobody has, shows that a run did."""
    new = a_line(0)
    assert domain.require(new, 0).status == Status.OPEN
    assert domain.require(replace(new, status=Status.SOURCED), 0).status == Status.SOURCED
    assert domain.take_in(new, 1).status == Status.SOURCED
    need = a_line(1)
    assert domain.source(need, 1, 0).status == domain.source(need, 0, 1).status == Status.SOURCED
    assert domain.source(need, 0, 0).status == Status.OPEN


def test_a_menu_without_a_food_needs_none_of_it() -> None:
    """What a menu's next version leaves out is not needed any more, to the last gram."""
    line = a_line(1000)
    (dropped,) = domain.restate(MENU, 2, AT, {}, {line.demand_id: line})
    assert (dropped.quantity_g, dropped.open_g, dropped.menu_version) == (0, 0, 2)


def test_a_school_may_spend_what_menus_say_of_days_still_theirs() -> None:
    """A withdrawn menu speaks for the days before its withdrawal only, and not where another menu stands."""
    tuesday, wednesday = (MONDAY + timedelta(days=number) for number in (1, 2))
    told = {MONDAY.isoformat(): 100, tuesday.isoformat(): 200, wednesday.isoformat(): 300}
    gone = replace(
        MENU, menu_id="menu-9", demand_version=1, withdrawn_version=2, withdrawn_from=wednesday, budget_fen=told
    )
    stands = replace(MENU, demand_version=1, budget_fen={tuesday.isoformat(): 250})
    expected = {("school-1", MONDAY): 100, ("school-1", tuesday): 250}
    assert domain.budgets([gone, stands]) == domain.budgets([stands, gone]) == expected


def test_a_withdrawal_heard_first_still_lets_earlier_days_through() -> None:
    """Demand of an older version counts only for days before the withdrawal."""
    menu = replace(MENU, withdrawn_version=3, withdrawn_from=MONDAY + timedelta(days=1))
    assert menu.stands_on(MONDAY, 1)
    assert not menu.stands_on(MONDAY + timedelta(days=1), 1)
    assert menu.stands_on(MONDAY + timedelta(days=1), 4)


def test_a_menu_stated_later_takes_a_line_over_and_an_older_one_does_not() -> None:
    """Of two menus for a week, the one stated last counts."""
    known = {(line := a_line(1000)).demand_id: line}
    other = replace(MENU, menu_id="menu-2")
    (taken,) = domain.restate(other, 1, AT + timedelta(hours=1), _need(400), known)
    assert (taken.menu_id, taken.quantity_g) == ("menu-2", 400)
    assert domain.restate(other, 1, AT - timedelta(hours=1), _need(400), known) == []
    assert domain.restate(other, 1, AT + timedelta(hours=1), {}, known) == []


def _need(quantity_g: int) -> dict[str, Demand]:
    need = Demand(
        food_code="rice",
        delivery_day=MONDAY,
        temperature_class=TemperatureClass.CHILLED,
        gross_g=quantity_g,
        from_stock_g=0,
        quantity_g=quantity_g,
    )
    return domain.stated(MENU, 1, [need])
