"""The rules of purchase orders."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.orders import dispatching, domain, facts
from services.procurement.orders.dispatching import Packing
from services.procurement.orders.domain import Line, Lost, Order, Status
from shared.errors import Conflict, StaleVersion
from shared.events.procurement import OrderAmended, OrderCancelled, OrderConfirmed

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def a_line(line_id: str = "l1", ordered_g: int = 1000, demand_id: str = "d1", price: int = 400) -> Line:
    """Return an order line that was not answered yet."""
    return Line(line_id, demand_id, "rice", f"offer-{line_id}", "ambient", price, ordered_g, 1, None, 500)


def an_order(*lines: Line, order_id: str = "o1", status: Status = Status.PLACED) -> Order:
    """Return an order for Monday."""
    return Order(order_id, "s1", "c1", "county-a", MONDAY, status, 1, "r1", NOW, NOW, lines=lines or (a_line(),))


def test_a_line_nobody_has_answered_holds_only_what_is_ordered() -> None:
    """Of the quantities that follow, and of money, a new line has none: a gram or fen too many would be paid."""
    new = a_line()
    later = (new.confirmed_g, new.dispatched_g, new.received_g, new.accepted_g, new.short_g, new.amount_fen)
    assert later == (0,) * 6


def test_the_answer_is_due_by_noon_of_the_day_before_at_the_latest() -> None:
    """`answer_hours` after placing, not after noon (Guizhou) of the day before; but two hours there always are."""
    assert domain.answer_by(NOW, MONDAY, 24) == NOW + timedelta(hours=24)
    noon = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)
    assert domain.answer_by(noon - timedelta(hours=3), MONDAY, 24) == noon
    for minutes in (119, 1, 0, -1):
        placed = noon - timedelta(minutes=minutes)
        assert domain.answer_by(placed, MONDAY, 24) == placed + timedelta(hours=2)
    assert domain.answer_by(noon - timedelta(minutes=90), MONDAY, 1) == noon - timedelta(minutes=30)


def test_an_answer_never_confirms_more_than_is_ordered() -> None:
    """confirmed = min(answer, ordered); lines that are not named are declined."""
    order, short = domain.answer(an_order(a_line("l1"), a_line("l2", 500, "d2")), {"l1": 2000}, NOW)
    assert [(line.confirmed_g, line.short_g) for line in order.lines] == [(1000, 0), (0, 500)]
    assert (order.status, order.version, [each.quantity_g for each in short]) == (Status.CONFIRMED, 2, [500])


def test_an_answer_of_nothing_declines_the_order() -> None:
    """An order of which nothing is confirmed is declined."""
    order, short = domain.answer(an_order(), {}, NOW)
    assert (order.status, short[0].quantity_g, order.standing_g(order.lines[0])) == (Status.DECLINED, 1000, 0)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PLACED])
def test_an_order_is_answered_once(status: Status) -> None:
    """An answer to an order that does not wait for one changes nothing."""
    order = an_order(status=status)
    assert domain.answer(order, {"l1": 1000}, NOW) == (order, [])


def test_cancelling_ends_with_the_dispatch() -> None:
    """What was dispatched can only be refused at the gate; cancelling twice is cancelling once."""
    order, released = domain.cancel(an_order(), None)
    assert (order.status, released[0].quantity_g) == (Status.CANCELLED, 1000)
    assert domain.cancel(order, None) == (order, [])
    for status in (Status.DISPATCHED, Status.LOADED, Status.SETTLED, Status.DECLINED):
        with pytest.raises(Conflict):
            domain.cancel(an_order(status=status), None)
    with pytest.raises(StaleVersion):
        domain.cancel(an_order(), 7)


def test_unanswered_orders_give_way_first_then_the_dearest() -> None:
    """A confirmed farmer keeps his order as long as an unanswered one can be reduced."""
    confirmed = an_order(
        replace(a_line("l1", 1000, price=900), confirmed_g=1000), order_id="o1", status=Status.CONFIRMED
    )
    cheap = an_order(a_line("l2", 300, price=300), order_id="o2")
    dear = an_order(a_line("l3", 300, price=500), order_id="o3")
    gone = an_order(replace(a_line("l4", 300), confirmed_g=300), order_id="o4", status=Status.DISPATCHED)
    assert domain.choose_cuts([confirmed, cheap, dear, gone], {"d1": 400}) == {"o3": {"l3": 300}, "o2": {"l2": 100}}
    assert domain.choose_cuts([gone], {"d1": 400}) == {}


def test_a_reduction_tells_farmers_and_logistics() -> None:
    """A confirmed order that is reduced is amended and confirmed anew; an emptied one is cancelled."""
    lines = (replace(a_line("l1"), confirmed_g=800), replace(a_line("l2", 500, "d2"), confirmed_g=500))
    order = an_order(*lines, status=Status.CONFIRMED)
    reduced, released = domain.reduce(order, {"l1": 300})
    assert [(line.ordered_g, line.confirmed_g) for line in reduced.lines] == [(500, 500), (500, 500)]
    assert released == [domain.Release("d1", "offer-l1", 300)]
    amended, confirmed = facts.told_of_taking_back(reduced, "snow", NOW)
    assert isinstance(amended, OrderAmended)
    assert isinstance(confirmed, OrderConfirmed)
    assert (amended.version, confirmed.version) == (2, 2)
    emptied, _ = domain.reduce(order, {"l1": 800, "l2": 500})
    (told,) = facts.told_of_taking_back(emptied, "snow", NOW)
    assert isinstance(told, OrderCancelled)


def test_a_dispatch_that_crossed_with_a_cancellation_stands() -> None:
    """What was packed in good faith is carried and paid: the order comes back to life, its grams are told again."""
    cancelled, _ = domain.cancel(an_order(replace(a_line(), confirmed_g=1000), status=Status.CONFIRMED), None)
    packed, extra, missing = dispatching.dispatch(cancelled, Packing("o1", {"l1": 900}, NOW))
    assert (packed.status, packed.version, packed.lines[0].dispatched_g) == (Status.DISPATCHED, 3, 900)
    assert (extra, missing) == ([domain.Release("d1", "offer-l1", 900)], [])
    assert dispatching.dispatch(packed, Packing("o1", {"l1": 100}, NOW)) == (packed, [], [])


def test_what_is_packed_short_is_missing_and_stays_promised() -> None:
    """Of a line that is packed short the packed grams stand; who promised more is told by the five quantities."""
    lines = [replace(a_line(key, 1000, demand), confirmed_g=800) for key, demand in (("l1", "d1"), ("l2", "d2"))]
    order = an_order(*lines, status=Status.CONFIRMED)
    said = Packing("o1", {"l1": 800, "l2": 300}, NOW, {"l1": "not short at all", "l2": "hail"})
    packed, extra, missing = dispatching.dispatch(order, said)
    assert (extra, missing) == ([], [domain.Release("d2", "offer-l2", 500)])
    assert [line.packed_short_reason for line in packed.lines] == [None, "hail"]
    assert [(line.ordered_g, line.confirmed_g, line.dispatched_g) for line in packed.lines] == [
        (1000, 800, 800),
        (1000, 800, 300),
    ]
    assert ([packed.standing_g(line) for line in packed.lines], packed.amount_fen) == ([800, 300], 440)
    unanswered, _, all_of_it = dispatching.dispatch(an_order(), Packing("o1", {}, NOW))
    assert (unanswered.standing_g(unanswered.lines[0]), all_of_it[0].quantity_g) == (0, 1000)


def test_the_market_supplier_packs_nothing_here() -> None:
    """What its note says of the goods comes with them: until then, and after, what it confirmed stands."""
    order = an_order(replace(a_line(), confirmed_g=1000), status=Status.CONFIRMED)
    at_the_gate = replace(order, supplier=domain.Supplier.MARKET, dispatched_at=NOW)
    assert at_the_gate.standing_g(at_the_gate.lines[0]) == 1000


_step = st.tuples(st.sampled_from(["answer", "reduce", "cancel", "dispatch", "load"]), st.integers(0, 1500))


@given(st.lists(_step, max_size=8))
def test_the_five_quantities_stay_in_order(steps: list[tuple[str, int]]) -> None:
    """accepted ≤ received ≤ dispatched ≤ confirmed ≤ ordered after any sequence of facts; what is released adds up."""
    order, standing = an_order(), 1000
    for step, grams in steps:
        line = order.lines[0]
        given_back: list[domain.Release] = []
        if step == "answer":
            order, given_back = domain.answer(order, {"l1": grams}, NOW)
        elif step == "reduce" and order.status in domain.CAN_BE_TAKEN_BACK:
            order, given_back = domain.reduce(order, {"l1": min(grams, order.standing_g(line))})
        elif step == "cancel" and order.status in domain.CAN_BE_TAKEN_BACK:
            order, given_back = domain.cancel(order, None)
        elif step == "dispatch":
            order, extra, given_back = dispatching.dispatch(order, Packing("o1", {"l1": grams}, NOW))
            standing += sum(each.quantity_g for each in extra)
        elif step == "load":
            order = dispatching.load(order)
        standing -= sum(each.quantity_g for each in given_back)
        line = order.lines[0]
        assert line.accepted_g <= line.received_g <= line.dispatched_g <= line.confirmed_g <= line.ordered_g
        assert order.standing_g(line) == standing


def packed(status: Status = Status.DISPATCHED) -> Order:
    """Return an order of two lines that was packed, one of them short."""
    order = an_order(a_line("l1"), a_line("l2", 500, "d2"), status=Status.CONFIRMED)
    confirmed = tuple(replace(line, confirmed_g=line.ordered_g) for line in order.lines)
    order, _, _ = dispatching.dispatch(replace(order, lines=confirmed), Packing("o1", {"l1": 1000, "l2": 300}, NOW))
    return replace(order, status=status)


@pytest.mark.parametrize("day", [MONDAY - timedelta(days=1), MONDAY])
def test_what_is_lost_holds_nothing(day: date) -> None:
    """A lost line gives back what was packed of it, keeps its five quantities, and is lost once; others stand."""
    order, missing = dispatching.lose(packed(), {"l2": "mould"}, Lost.RECALLED, day)
    assert [(each.demand_id, each.offer_id, each.quantity_g) for each in missing] == [("d2", "offer-l2", 300)]
    assert [order.standing_g(line) for line in order.lines] == [1000, 0]
    assert [(line.confirmed_g, line.dispatched_g, line.lost) for line in order.lines] == [
        (1000, 1000, None),
        (500, 300, Lost.RECALLED),
    ]
    assert (order.version, order.amount_fen) == (packed().version, 400)
    assert dispatching.lose(order, {"l2": "told again"}, Lost.UNDELIVERED, day) == (order, [])


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.SETTLED])
def test_what_was_received_is_lost_only_for_a_later_day(status: Status) -> None:
    """Received for today it is in the pot or in the store; received for tomorrow it has to be replaced."""
    order = packed(status)
    assert dispatching.lose(order, {"l1": "mould"}, Lost.RECALLED, MONDAY) == (order, [])
    later, missing = dispatching.lose(order, {"l1": "mould"}, Lost.RECALLED, MONDAY - timedelta(days=1))
    assert ([each.quantity_g for each in missing], later.status) == ([1000], status)


def test_nothing_is_lost_of_days_that_are_over_or_of_what_was_not_packed() -> None:
    """What was eaten, and what nobody has packed yet, is not looked for again because a lot is bad."""
    order, unpacked = packed(), an_order(status=Status.CONFIRMED)
    assert dispatching.lose(order, {"l1": "mould"}, Lost.RECALLED, MONDAY + timedelta(days=1)) == (order, [])
    assert dispatching.lose(unpacked, {"l1": "mould"}, Lost.RECALLED, NOW.date()) == (unpacked, [])
