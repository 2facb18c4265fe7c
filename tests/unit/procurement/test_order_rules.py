"""What may follow on what, when ordering closes, what waits for an official, what late cancelling costs."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.orders import approving, domain, versions
from services.procurement.orders.domain import Line, Order, Party
from services.procurement.orders.states import ALLOWED, CAN_BE_TAKEN_BACK, OFF, Status
from services.procurement.orders.versions import Author
from services.procurement.rules.domain import NO_RULE, Rule, Rules, check_row
from shared.errors import Conflict, DomainError, StaleVersion

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RULE = Rule("520628", date(2026, 9, 1), 30_000, 12, 2, time(16, 0), 300, "fictional")
CLOSED = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)


def an_order(status: Status = Status.PLACED, ordered_g: int = 100_000, confirmed_g: int = 0) -> Order:
    """Return an order of cabbage at 4 yuan a kilogram for Monday."""
    line = Line("l1", "d1", "cabbage", "offer-1", "ambient", 400, ordered_g, 1, None, 500, confirmed_g)
    return Order("o1", "s1", "c1", "520628", MONDAY, status, 1, "r1", NOW, NOW, lines=(line,))


def test_every_state_has_its_row_in_the_table() -> None:
    """The table of changes is whole: every state stands in it, and every way leads to a state."""
    assert ALLOWED.keys() == set(Status)
    assert {wanted for ways in ALLOWED.values() for wanted in ways} <= set(Status)


@pytest.mark.parametrize("present", list(Status))
@pytest.mark.parametrize("wanted", list(Status))
def test_an_order_goes_only_where_the_table_lets_it(present: Status, wanted: Status) -> None:
    """A change that is not in the table is a mistake of the program and fails."""
    order = an_order(present)
    if wanted is present or wanted in ALLOWED[present]:
        assert order.becomes(wanted).status is wanted
    else:
        with pytest.raises(ValueError, match="cannot become"):
            order.becomes(wanted)


def test_the_way_from_draft_to_settled_is_open() -> None:
    """Draft, placed, confirmed, dispatched, loaded, received, settled follow on each other."""
    way = [Status.DRAFT, Status.PLACED, Status.CONFIRMED, Status.DISPATCHED, Status.LOADED, Status.RECEIVED]
    assert all(after in ALLOWED[before] for before, after in zip(way, [*way[1:], Status.SETTLED], strict=True))


def test_what_is_on_its_way_cannot_be_taken_back() -> None:
    """Only drafts, placed and confirmed orders can be cancelled; nothing that is off holds grams."""
    assert {status for status in Status if Status.CANCELLED in ALLOWED[status]} == CAN_BE_TAKEN_BACK
    assert all(not domain.standing(an_order(status, confirmed_g=100_000)) for status in OFF)


def test_above_the_limit_an_order_waits() -> None:
    """An order of exactly the limit is placed, one of a fen more waits until an official decides."""
    assert approving.submit(an_order(ordered_g=75_000), RULE, NOW).status is Status.PLACED
    waiting = approving.submit(an_order(), RULE, NOW)
    assert (waiting.status, waiting.amount_fen, waiting.approve_by) == (
        Status.DRAFT,
        40_000,
        NOW + timedelta(hours=12),
    )
    assert approving.submit(an_order(ordered_g=10**9), NO_RULE, NOW).status is Status.PLACED


def test_approving_starts_the_time_to_answer() -> None:
    """An approved draft is placed in a new version, and its supplier has its full time from then on."""
    later = NOW + timedelta(hours=5)
    placed = approving.approve(an_order(Status.DRAFT), 1, later, 24)
    assert (placed.status, placed.version, placed.placed_at) == (Status.PLACED, 2, later)
    assert placed.answer_by == later + timedelta(hours=24)


def test_only_what_waits_is_decided_on() -> None:
    """Placed orders are not approved or refused, and a decision on what was changed meanwhile is stale."""
    with pytest.raises(Conflict) as placed:
        approving.approve(an_order(), None, NOW, 24)
    assert placed.value.rule == "not-waiting"
    with pytest.raises(StaleVersion):
        approving.refuse(an_order(Status.DRAFT), 7)


def test_refusing_gives_everything_back() -> None:
    """A refused draft holds nothing."""
    refused, released = approving.refuse(an_order(Status.DRAFT), 1)
    assert (refused.status, [each.quantity_g for each in released]) == (Status.REFUSED, [100_000])
    assert domain.standing(refused) == []


def test_ordering_closes_at_the_county_s_hour() -> None:
    """Two days before delivery at 16:00 in Guizhou: a second before it is open, at the stroke it is closed."""
    assert RULE.closes_at(MONDAY) == CLOSED
    assert not RULE.has_closed(MONDAY, CLOSED - timedelta(seconds=1))
    assert RULE.has_closed(MONDAY, CLOSED)
    assert not NO_RULE.has_closed(MONDAY, CLOSED + timedelta(days=9))


def test_the_nearest_region_and_the_newest_day_hold() -> None:
    """A county's own rule goes before its province's, a later one before an earlier one; one to come does not count."""
    province = replace(RULE, region_code="52", valid_from=date(2026, 11, 1))
    old, coming = replace(RULE, valid_from=date(2025, 1, 1)), replace(RULE, valid_from=date(2026, 12, 1))
    rules = Rules((province, coming, RULE, old))
    assert rules.holding("520628", MONDAY) == RULE
    assert rules.holding("520628", date(2026, 8, 31)) == old
    assert rules.holding("520103", MONDAY) == province
    assert rules.holding("440100", MONDAY) == NO_RULE


def test_the_first_open_day_is_the_first_whose_ordering_has_not_closed() -> None:
    """With a cut-off two days before, Monday's ordering closes on Saturday afternoon; then Tuesday is the first."""
    rules, friday = Rules((RULE,)), MONDAY + timedelta(days=4)
    assert rules.first_open_day("520628", MONDAY, friday, CLOSED - timedelta(seconds=1)) == MONDAY
    assert rules.first_open_day("520628", MONDAY, friday, CLOSED) == MONDAY + timedelta(days=1)
    assert rules.first_open_day("520628", MONDAY, friday, CLOSED + timedelta(days=9)) == friday + timedelta(days=1)
    assert rules.first_open_day("440100", MONDAY, friday, CLOSED + timedelta(days=9)) == MONDAY


def test_half_a_cut_off_is_refused() -> None:
    """A cut-off has days and a time; a row that says half of it is named."""
    with pytest.raises(DomainError) as half:
        check_row(replace(RULE, cut_off_at=None), ())
    assert half.value.rule == "half-a-cut-off"


def test_cancelling_costs_only_after_ordering_closed() -> None:
    """Before: anybody, nothing owed. After: only an official, and what was confirmed is owed in part."""
    confirmed = an_order(Status.CONFIRMED, confirmed_g=100_000)
    before = CLOSED - timedelta(minutes=1)
    assert domain.owed_for_calling_off(confirmed, 40_000, RULE, Party.SCHOOL, before) == 0
    assert domain.owed_for_calling_off(confirmed, 40_000, RULE, Party.OFFICIAL, CLOSED) == 12_000
    assert domain.owed_for_calling_off(an_order(), 40_000, RULE, Party.OFFICIAL, CLOSED) == 0
    with pytest.raises(Conflict) as late:
        domain.owed_for_calling_off(confirmed, 40_000, RULE, Party.SCHOOL, CLOSED)
    assert late.value.rule == "ordering-closed"


def test_lowering_goes_down_only() -> None:
    """More of a food is another order; a line of another order is named; nothing left is a cancellation."""
    for lines, rule in (({"l1": 100_000}, "not-lower"), ({"l9": 1}, "unknown-line")):
        with pytest.raises(DomainError) as refused:
            domain.lower(an_order(), lines)
        assert refused.value.rule == rule
    lowered, released = domain.lower(an_order(), {"l1": 60_000})
    assert (lowered.lines[0].ordered_g, released[0].quantity_g, lowered.version) == (60_000, 40_000, 2)
    assert domain.lower(an_order(), {"l1": 0})[0].status is Status.CANCELLED
    with pytest.raises(Conflict) as gone:
        domain.lower(an_order(Status.DISPATCHED), {"l1": 1})
    assert gone.value.rule == "too-late-to-change"


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=6))
def test_differences_lead_from_each_version_to_the_next(history: list[tuple[int, int]]) -> None:
    """Whoever applies the differences of all versions to the first one has the last one."""
    kept = []
    for number, (ordered, confirmed) in enumerate(history, start=1):
        line = replace(an_order().lines[0], ordered_g=ordered, confirmed_g=confirmed)
        kept.append(versions.version_of(replace(an_order(), version=number, lines=(line,)), Author("a", "b"), NOW))
    reached = dict(zip(("ordered", "confirmed"), kept[0].grams["l1"], strict=True))
    for before, after in itertools.pairwise(kept):
        for each in versions.differences(before, after):
            assert reached[each.quantity] == each.before_g != each.after_g
            reached[each.quantity] = each.after_g
    assert tuple(reached.values()) == kept[-1].grams["l1"]


def test_an_order_from_before_versions_were_kept_shows_its_present_one() -> None:
    """What was not kept is not made up: such an order is known from its present version on."""
    order = replace(an_order(), version=4)
    assert [each.version for each in versions.with_present([], order)] == [4]
