"""What orders may draw from a contract in which week."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.farmers.contracts.domain import ContractTerms, Delivery
from services.farmers.contracts.pricing import PriceKind, PriceRule
from services.farmers.contracts.schedule import Schedule
from shared.errors import Conflict

MONDAY = date(2026, 11, 30)
WEEKS = [MONDAY + timedelta(weeks=number) for number in range(4)]


def a_schedule(*grams: int) -> Schedule:
    """A contract that delivers so many grams in one week after the other."""
    return Schedule(dict(zip(WEEKS, grams, strict=False)), {})


def test_what_orders_hold_in_a_week_is_summed() -> None:
    """Grams promised for days of one week count together against what the terms deliver in it."""
    price = PriceRule(PriceKind.FIXED, 400, None, floor_at_market_mean=False)
    deliveries = (Delivery(WEEKS[0], 100), Delivery(WEEKS[1], 50))
    terms = ContractTerms("rice", MONDAY, MONDAY + timedelta(days=13), 150, "A", price, deliveries)
    days = [MONDAY, MONDAY + timedelta(days=4), WEEKS[1]]
    schedule = Schedule.of(terms, zip(days, (30, 20, 10), strict=True))
    assert schedule == Schedule({WEEKS[0]: 100, WEEKS[1]: 50}, {WEEKS[0]: 50, WEEKS[1]: 10})


def test_a_week_gives_what_is_agreed_for_it() -> None:
    """Any day of the week counts; what is beyond the week's grams is not given."""
    schedule = a_schedule(100, 200)
    assert schedule.take(MONDAY + timedelta(days=6), 70) == 70
    assert schedule.take(MONDAY, 70) == 30
    assert schedule.take(MONDAY, 1) == 0
    assert schedule.take(WEEKS[1], 300) == 200


def test_what_a_week_leaves_stays_for_later_ones() -> None:
    """What was not drawn in its week can be drawn afterwards, also in a week nothing is agreed for."""
    schedule = a_schedule(100, 200)
    schedule.take(WEEKS[0], 40)
    assert [schedule.left_g(week) for week in WEEKS] == [60, 260, 260, 260]
    assert schedule.take(WEEKS[2], 250) == 250
    assert [schedule.left_g(week) for week in WEEKS] == [10, 10, 10, 10]


def test_nothing_is_drawn_before_its_time() -> None:
    """Before the first delivery there is nothing, however much is agreed for later."""
    schedule = Schedule({WEEKS[1]: 100}, {})
    assert (schedule.left_g(WEEKS[0]), schedule.left_g(WEEKS[1])) == (0, 100)


@given(
    st.lists(st.integers(0, 50), min_size=4, max_size=4),
    st.lists(st.tuples(st.sampled_from(WEEKS), st.integers(0, 80)), max_size=12),
)
def test_up_to_no_week_more_is_drawn_than_agreed(grams: list[int], wanted: list[tuple[date, int]]) -> None:
    """Whatever orders want in whatever order, up to the end of each week they get no more than is agreed up to then."""
    schedule = a_schedule(*grams)
    taken = dict.fromkeys(WEEKS, 0)
    for week, grams_wanted in wanted:
        left = schedule.left_g(week)
        got = schedule.take(week, grams_wanted)
        assert got == min(left, grams_wanted)
        taken[week] += got
        schedule.require_kept()
    for number in range(1, 5):
        assert sum(taken[week] for week in WEEKS[:number]) <= sum(grams[:number])


def test_what_is_promised_is_kept() -> None:
    """A schedule with less than orders hold up to some week is refused, though it has enough in all."""
    Schedule({WEEKS[0]: 100}, {WEEKS[1]: 100}).require_kept()
    with pytest.raises(Conflict) as refusal:
        Schedule({WEEKS[1]: 100}, {WEEKS[0]: 30}).require_kept()
    assert (refusal.value.rule, refusal.value.field) == ("below-promised", "deliveries")
