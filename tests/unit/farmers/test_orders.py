"""Promises and answers, without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.farmers.contracts.schedule import Schedule
from services.farmers.offers.domain import Left
from services.farmers.orders import answers, domain
from services.farmers.orders.answers import Wanted
from services.farmers.orders.domain import Order, OrderStatus
from services.farmers.orders.promising import promise
from shared.errors import DomainError
from shared.events import Event
from shared.events.farmers import OrderAccepted, OrderPartlyAccepted
from shared.events.logistics import LineReceived, LotAccepted, ReceiptSigned
from shared.events.procurement import LineAmended, OrderAmended, OrderCancelled, OrderPlaced
from tests.api.farmers.builders import COOP, DEADLINE, MONDAY, line, placed
from tests.world import START

GRAMS = st.integers(0, 50)
OFFERS = ("off-1", "off-2")


def _orders(draw: st.DrawFn) -> list[OrderPlaced]:
    return [
        placed(
            f"order-{number}",
            *(
                line(f"line-{n}", draw(st.integers(1, 50)), offer_id=draw(st.sampled_from(OFFERS)))
                for n in range(draw(st.integers(1, 3)))
            ),
        )
        for number in range(draw(st.integers(1, 5)))
    ]


placed_orders = st.composite(_orders)()
lefts = st.fixed_dictionaries({each: st.builds(Left, st.just(COOP), st.just("napa_cabbage"), GRAMS) for each in OFFERS})


def held(orders: list[Order], offer_id: str) -> int:
    """Grams orders hold in an offer."""
    return sum(one.promised_g for order in orders for one in order.lines if one.offer_id == offer_id)


@given(placed_orders, lefts)
def test_offers_promise_as_much_as_they_can_and_never_more(events: list[OrderPlaced], offers: dict[str, Left]) -> None:
    """What orders hold in an offer is the lesser of what they order and what it has left."""
    orders = promise(events, offers)
    for offer_id, offer in offers.items():
        ordered = sum(one.ordered_g for event in events for one in event.lines if one.offer_id == offer_id)
        assert held(orders, offer_id) == min(ordered, offer.left_g)


@given(placed_orders, lefts, st.data())
def test_whatever_happens_an_order_holds_what_it_may(
    events: list[OrderPlaced], offers: dict[str, Left], data: st.DataObject
) -> None:
    """Promises only fall, offers get back just what was let go of, and dispatched ≤ confirmed ≤ ordered.

    What is answered holds exactly what it confirms; what is closed holds nothing.
    """
    for order in promise(events, offers):
        for version in range(2, 6):
            after, _ = _something(order, version, data)
            moved = domain.released(order, after)
            assert all(grams < 0 for grams in moved.values())
            assert sum(moved.values()) == after.promised_g - order.promised_g
            for one in after.lines:
                assert 0 <= one.dispatched_g <= one.confirmed_g <= one.ordered_g
                assert one.promised_g <= one.ordered_g
                if after.status in domain.CONFIRMED:
                    assert one.promised_g == one.confirmed_g
            if after.status not in domain.STANDING:
                assert after.promised_g == 0
            order = after


def _something(order: Order, version: int, data: st.DataObject) -> tuple[Order, Event | None]:
    what = data.draw(st.sampled_from(("accept", "part", "decline", "silence", "amend", "cancel")))
    try:
        return _do(order, what, version, data)
    except DomainError:
        return order, None


def _do(order: Order, what: str, version: int, data: st.DataObject) -> tuple[Order, Event | None]:
    match what:
        case "accept":
            return answers.accept(order, None, None, START)
        case "part":
            wanted = [Wanted(one.line_id, data.draw(GRAMS)) for one in order.lines]
            return answers.accept(order, wanted, "part", START)
        case "decline":
            return answers.decline(order, "no", START)
        case "silence" if order.status == OrderStatus.TO_ANSWER:
            return answers.decline_by_silence(order, START)
        case "amend":
            lines = [LineAmended(line_id=one.line_id, ordered_g=data.draw(GRAMS)) for one in order.lines]
            return answers.decline_when_exhausted(domain.amend(order, _amended(order, version, lines)), START)
        case _:
            return domain.cancel(order, _cancelled(order, version)), None


def _amended(order: Order, version: int, lines: list[LineAmended]) -> OrderAmended:
    return OrderAmended(
        order_id=order.order_id,
        version=version,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        lines=tuple(lines),
        reason="fewer pupils",
        amended_at=START,
    )


def _cancelled(order: Order, version: int) -> OrderCancelled:
    return OrderCancelled(
        order_id=order.order_id,
        version=version,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        reason="menu withdrawn",
        cancelled_at=START,
    )


def an_order(*ordered_g: int, left_g: int = 100) -> Order:
    """An order of napa cabbage from one offer with this much left."""
    lines = [line(f"line-{n}", grams) for n, grams in enumerate(ordered_g)]
    return promise([placed("order-1", *lines)], {"off-1": Left(COOP, "napa_cabbage", left_g)})[0]


def test_under_a_contract_no_more_is_promised_than_its_week_has_left() -> None:
    """Orders fill the contract's schedule one after the other; what is offered freely knows no schedule."""
    offers = {
        "off-1": Left(COOP, "napa_cabbage", 100, contract_id="contract-1"),
        "off-2": Left(COOP, "napa_cabbage", 100),
    }
    schedules = {"contract-1": Schedule({MONDAY: 70}, {})}
    events = [placed(f"order-{n}", line("a", 50), line("b", 50, offer_id="off-2")) for n in (1, 2)]
    orders = promise(events, offers, schedules)
    assert [[one.promised_g for one in order.lines] for order in orders] == [[50, 50], [20, 50]]
    assert schedules["contract-1"].promised == {MONDAY: 70}


def test_offers_that_do_not_fit_promise_nothing() -> None:
    """Unknown, of another cooperative, or of another food: the other lines of the order are promised all the same."""
    offers = {
        "off-1": Left(COOP, "napa_cabbage", 100),
        "off-2": Left("coop-2", "napa_cabbage", 100),
        "off-3": Left(COOP, "potato", 100),
    }
    lines = [line(f"line-{n}", 10, offer_id=f"off-{n}") for n in (1, 2, 3, 4)]
    (order,) = promise([placed("order-1", *lines)], offers, heard={COOP})
    assert [(one.promised_g, one.confirmed_g, one.answered_g) for one in order.lines] == [
        (10, 0, None),
        *[(0, 0, None)] * 3,
    ]
    assert (order.status, order.heard) == (OrderStatus.TO_ANSWER, True)


@pytest.mark.parametrize("left_g", [0, 4])
def test_only_an_order_that_holds_nothing_is_answered_for_its_cooperative(left_g: int) -> None:
    """One that holds a gram waits for the cooperative's word, one that was answered keeps its answer."""
    order = an_order(10, left_g=left_g)
    answered = replace(order, status=OrderStatus.ACCEPTED)
    assert answers.decline_when_released(answered, "hail", START) == (answered, None)
    assert answers.decline_when_exhausted(answered, START) == (answered, None)
    for after, told in (
        answers.decline_when_released(order, "hail", START),
        answers.decline_when_exhausted(order, START),
    ):
        assert (after.status == OrderStatus.DECLINED, told is not None) == (left_g == 0, left_g == 0)


def test_a_whole_acceptance_is_told_as_one() -> None:
    """All that was ordered is an acceptance; a gram less of one line is a part, with a reason."""
    _, told = answers.accept(an_order(60, 40), None, None, START)
    assert isinstance(told, OrderAccepted)
    _, told = answers.accept(an_order(60, 40, left_g=99), None, None, START)
    assert isinstance(told, OrderPartlyAccepted)
    assert ([one.confirmed_g for one in told.lines], told.reason) == ([60, 39], answers.EXHAUSTED)


def test_the_deadline_itself_is_in_time() -> None:
    """An answer at the deadline counts; one instant later it is too late."""
    order = an_order(10)
    answered, _ = answers.accept(order, None, None, DEADLINE)
    assert answered.status == OrderStatus.ACCEPTED
    with pytest.raises(DomainError) as late:
        answers.accept(order, None, None, DEADLINE + timedelta(microseconds=1))
    assert late.value.rule == "too-late"


def test_the_same_answer_after_an_amendment_is_still_the_same() -> None:
    """A repeated answer is compared with what was said then, not with what amendments left of it."""
    answered, _ = answers.accept(an_order(60), [Wanted("line-0", 60)], None, START)
    lowered = domain.amend(answered, _amended(answered, 2, [LineAmended(line_id="line-0", ordered_g=5)]))
    again, told = answers.accept(lowered, [Wanted("line-0", 60)], None, START)
    assert (again, told) == (lowered, None)
    with pytest.raises(DomainError) as other:
        answers.accept(lowered, [Wanted("line-0", 5)], "less", START)
    assert other.value.rule == "already-answered"


def test_an_amendment_that_takes_the_promised_lines_away_is_answered() -> None:
    """When only lines without a promise are left, there is nothing to confirm: the system declines."""
    order = an_order(10, 10, left_g=10)
    lines = [LineAmended(line_id="line-0", ordered_g=0), LineAmended(line_id="line-1", ordered_g=10)]
    declined, told = answers.decline_when_exhausted(domain.amend(order, _amended(order, 2, lines)), START)
    assert (declined.status, told is not None) == (OrderStatus.DECLINED, True)


def test_a_closed_order_stays_closed() -> None:
    """Neither an amendment nor a cancellation wakes what is declined or dispatched; the latter keeps the reason."""
    declined, _ = answers.decline(an_order(10), "no", START)
    dispatched = replace(an_order(10), status=OrderStatus.DISPATCHED)
    for order in (declined, dispatched):
        assert domain.amend(order, _amended(order, 9, [])) == order
    assert domain.cancel(declined, _cancelled(declined, 9)) == declined
    noted = replace(dispatched, closing_reason="menu withdrawn")
    assert domain.cancel(dispatched, _cancelled(dispatched, 9)) == noted


def test_what_a_receipt_does_not_name_did_not_come() -> None:
    """Each line is weighed as the school says, with nothing where it says nothing; the same receipt changes no more."""
    offers = {each: Left(COOP, "napa_cabbage", 50) for each in OFFERS}
    (order,) = promise([placed("order-1", line("line-1", 10), line("line-2", 20))], offers)
    came = LineReceived(
        line_id="line-1",
        food_code="napa_cabbage",
        received_g=9,
        accepted_g=8,
        lots=(LotAccepted(lot_id="lot-1", accepted_g=8),),
    )
    receipt = ReceiptSigned(
        receipt_id="r-1",
        order_id="order-1",
        canteen_id="sch-1",
        cooperative_id=COOP,
        delivery_day=order.delivery_day,
        version=1,
        signers=("a", "b"),
        signed_at=START,
        lines=(came,),
    )
    weighed = domain.weigh(order, receipt)
    assert [(each.received_g, each.accepted_g) for each in weighed.lines] == [(9, 8), (0, 0)]
    assert domain.weigh(weighed, receipt.model_copy(update={"lines": ()})) == weighed
    assert domain.weigh(weighed, receipt.model_copy(update={"version": 2, "lines": ()})).lines[0].received_g == 0
