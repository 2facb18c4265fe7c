"""A cooperative's offers and orders against plain sums, whatever happens to them in whatever order."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.farmers.dispatches import domain as dispatches
from services.farmers.dispatches.packing import Store, taken_g
from services.farmers.lots.domain import OnHand
from services.farmers.offers import domain as offer_rules
from services.farmers.offers.domain import Left, Offer, OfferStatus, Terms
from services.farmers.orders import answers, domain
from services.farmers.orders.answers import Wanted
from services.farmers.orders.domain import CONFIRMED, STANDING, Order, OrderStatus
from services.farmers.orders.promising import promise
from services.farmers.orders.releases import release
from shared.errors import DomainError
from shared.events import Event
from shared.events.farmers import OrderAccepted, OrderDeclined, OrderDispatched, OrderPartlyAccepted
from shared.events.logistics import LineReceived, ReceiptSigned
from shared.events.procurement import LineAmended, OrderAmended, OrderCancelled
from tests.api.farmers.builders import COOP, DEADLINE, MONDAY, line, placed
from tests.machines import tried
from tests.world import START

TODAY = date(2026, 11, 23)
FOOD = "napa_cabbage"
GRAMS = st.integers(1, 60)
Each = TypeVar("Each")
ANSWERS = (OrderAccepted, OrderPartlyAccepted, OrderDeclined)


class Cooperative(RuleBasedStateMachine):
    """Every rule does to the domain what a use case would.

    The model: what each offer offers, and what each order line asks for at most.
    """

    def __init__(self) -> None:
        super().__init__()
        self.offers: dict[str, Offer] = {}
        self.orders: dict[str, Order] = {}
        self.told: list[Event] = []
        self.offered: dict[str, int] = {}
        self.asked_g: dict[tuple[str, str], int] = {}
        self._ids = count(1)

    @initialize(grams=st.lists(GRAMS, min_size=2, max_size=3))
    def begin(self, grams: list[int]) -> None:
        """A cooperative has offers before anybody orders."""
        for each in grams:
            self.publish(each)

    @rule(grams=GRAMS)
    def publish(self, grams: int) -> None:
        """A new offer has promised nothing."""
        offer_id = f"off-{next(self._ids)}"
        terms = Terms(FOOD, MONDAY, MONDAY + timedelta(days=6), grams, 154, 20, 1)
        self.offers[offer_id] = offer_rules.publish(offer_id, COOP, terms, 500, TODAY, START)
        self.offered[offer_id] = grams

    @rule(data=st.data(), grams=GRAMS)
    def amend_offer(self, data: st.DataObject, grams: int) -> None:
        """An open offer may be amended down to what it has promised, and no further."""
        offer = self._any(data, self.offers)
        terms = replace(offer.terms, quantity_g=grams)
        if offer.status == OfferStatus.WITHDRAWN or grams < self._held(offer.offer_id):
            with pytest.raises(DomainError):
                offer_rules.amend(offer, terms, 500, TODAY, START)
            return
        amended = offer_rules.amend(offer, terms, 500, TODAY, START)
        assert amended.version == offer.version + 1
        self.offers[offer.offer_id] = amended
        self.offered[offer.offer_id] = grams

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        """What is promised of a withdrawn offer stands; it is told once that it is withdrawn."""
        offer = self._any(data, self.offers)
        withdrawn, told = offer_rules.withdraw(offer, START)
        assert (told is None) == (offer.status == OfferStatus.WITHDRAWN)
        self.offers[offer.offer_id] = withdrawn

    @rule(data=st.data(), grams=GRAMS)
    def reduce(self, data: st.DataObject, grams: int) -> None:
        """Less was grown than offered: orders nobody answered lose it, what is confirmed stands."""
        offer = self._any(data, self.offers)
        confirmed = sum(
            one.promised_g
            for order in self.orders.values()
            if order.status != OrderStatus.TO_ANSWER
            for one in order.lines
            if one.offer_id == offer.offer_id
        )
        if offer.status == OfferStatus.WITHDRAWN or not confirmed <= grams < offer.terms.quantity_g:
            return
        reduced = offer_rules.reduce(offer, grams, START)
        self.offers[offer.offer_id] = replace(reduced, promised_g=offer.promised_g)
        for before, after, told in release(
            self.orders.values(), offer.offer_id, offer.promised_g - grams, "hail", START
        ):
            self._become(before, after, told)
        self.offered[offer.offer_id] = grams

    @rule(data=st.data(), grams=st.lists(GRAMS, min_size=1, max_size=3))
    def place(self, data: st.DataObject, grams: list[int]) -> None:
        """A new order is promised what its offers have left; one that gets nothing is declined at once."""
        order_id = f"order-{next(self._ids)}"
        lines = [
            line(f"line-{order_id}-{n}", each, offer_id=self._any(data, self.offers).offer_id)
            for n, each in enumerate(grams)
        ]
        left = {
            key: Left(COOP, FOOD, max(0, self.offered[key] - self._held(key)))
            for key, offer in self.offers.items()
            if offer.status == OfferStatus.OPEN
        }
        (order,) = promise([placed(order_id, *lines)], left)
        for offer_id in self.offers:
            asked = sum(one.ordered_g for one in order.lines if one.offer_id == offer_id)
            promised = sum(one.promised_g for one in order.lines if one.offer_id == offer_id)
            assert promised == min(asked, left[offer_id].left_g if offer_id in left else 0)
            offer = self.offers[offer_id]
            self.offers[offer_id] = replace(offer, promised_g=offer.promised_g + promised)
        self.orders[order_id] = order
        self.asked_g |= {(order_id, one.line_id): one.ordered_g for one in lines}
        self._become(order, *answers.decline_when_exhausted(order, START))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        """All that is promised is confirmed; said again it is told nothing."""
        order = self._any(data, self.orders)
        if order.status != OrderStatus.TO_ANSWER:
            return
        after, told = answers.accept(order, None, None, START)
        assert [one.confirmed_g for one in after.lines] == [one.promised_g for one in order.lines]
        assert answers.accept(after, None, None, START) == (after, None)
        self._become(order, after, told)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def accept_part(self, data: st.DataObject) -> None:
        """A part of what is promised is confirmed, the rest goes back to its offers; nothing of it is a decline."""
        order = self._any(data, self.orders)
        if order.status != OrderStatus.TO_ANSWER:
            return
        wanted = [Wanted(one.line_id, data.draw(st.integers(0, one.promised_g))) for one in order.lines]
        if not any(each.confirmed_g for each in wanted):
            with pytest.raises(DomainError):
                answers.accept(order, wanted, "hail", START)
            return
        after, told = answers.accept(order, wanted, "hail", START)
        assert [one.confirmed_g for one in after.lines] == [each.confirmed_g for each in wanted]
        self._become(order, after, told)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), late=st.booleans())
    def decline(self, data: st.DataObject, late: bool) -> None:
        """By word or by silence: the order holds nothing any more."""
        order = self._any(data, self.orders)
        if order.status != OrderStatus.TO_ANSWER:
            return
        after, told = answers.decline_by_silence(order, DEADLINE) if late else answers.decline(order, "hail", START)
        self._become(order, after, told)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), ahead=st.integers(0, 2))
    def amend_order(self, data: st.DataObject, ahead: int) -> None:
        """A later version lowers a standing order, an older one and one that comes too late change nothing."""
        order = self._any(data, self.orders)
        wanted = {one.line_id: data.draw(st.integers(0, 60)) for one in order.lines}
        amended = domain.amend(order, _amended(order, order.version + ahead, wanted))
        if not ahead or order.status not in STANDING:
            assert amended == order
            return
        for one in amended.lines:
            key = (order.order_id, one.line_id)
            self.asked_g[key] = min(self.asked_g[key], wanted[one.line_id])
            assert one.ordered_g == self.asked_g[key]
        self._become(order, *answers.decline_when_exhausted(amended, START))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """An order that is off holds nothing; one that is packed goes on its way."""
        order = self._any(data, self.orders)
        after = domain.cancel(order, _cancelled(order))
        assert (after.status == OrderStatus.CANCELLED) == (
            order.status in STANDING or order.status == OrderStatus.CANCELLED
        )
        self._become(order, after, None)

    @precondition(lambda self: any(order.status in CONFIRMED for order in self.orders.values()))
    @rule(data=st.data(), harvested=st.integers(0, 100))
    def dispatch(self, data: st.DataObject, harvested: int) -> None:
        """What was confirmed is packed, as far as the lot goes; packed again it is refused."""
        order = data.draw(st.sampled_from([each for each in self.orders.values() if each.status in CONFIRMED]))
        packing = Store([OnHand("lot-1", COOP, FOOD, TODAY, harvested)]).pack(order)
        if not taken_g([packing]):
            with pytest.raises(DomainError):
                dispatches.dispatch(order, packing, "hail", START)
            return
        after, told = dispatches.dispatch(order, packing, "hail", START)
        confirmed = sum(one.confirmed_g for one in order.lines)
        assert sum(one.dispatched_g for one in after.lines) == min(confirmed, harvested)
        self._become(order, after, told)
        with pytest.raises(DomainError):
            dispatches.dispatch(after, packing, "hail", START)

    @precondition(lambda self: any(order.dispatched_at for order in self.orders.values()))
    @rule(data=st.data(), ahead=st.integers(-1, 1))
    def weigh(self, data: st.DataObject, ahead: int) -> None:
        """The highest version of a receipt counts."""
        order = data.draw(st.sampled_from([each for each in self.orders.values() if each.dispatched_at]))
        version = max(1, (order.receipt_version or 0) + ahead)
        received = {one.line_id: data.draw(st.integers(0, one.dispatched_g)) for one in order.lines}
        after = domain.weigh(order, _receipt(order, version, received))
        assert (after == order) == (order.receipt_version is not None and version <= order.receipt_version)
        self._become(order, after, None)

    @invariant()
    def promises_are_within_offers(self) -> None:
        """An offer's promises are those its orders hold, and never more than it offers."""
        for offer_id, offer in self.offers.items():
            assert offer.promised_g == self._held(offer_id)
            assert offer.terms.quantity_g == self.offered[offer_id] >= offer.promised_g

    @invariant()
    def lines_fall(self) -> None:
        """accepted ≤ received ≤ dispatched ≤ confirmed ≤ ordered = what is asked for; who is off holds nothing."""
        for order in self.orders.values():
            for one in order.lines:
                grams = (one.accepted_g or 0, one.received_g or 0, one.dispatched_g, one.confirmed_g, one.ordered_g)
                assert list(grams) == sorted(grams)
                assert one.ordered_g <= self.asked_g[order.order_id, one.line_id]
                assert order.status not in CONFIRMED or one.promised_g == one.confirmed_g
            if order.status in (OrderStatus.DECLINED, OrderStatus.CANCELLED):
                assert order.promised_g == 0

    @invariant()
    def an_order_is_answered_and_packed_once(self) -> None:
        """Of an order one answer is told at most, and one dispatch."""
        for kinds in (ANSWERS, (OrderDispatched,)):
            told = Counter(event.order_id for event in self.told if isinstance(event, kinds))
            assert all(times == 1 for times in told.values())

    def _any(self, data: st.DataObject, among: dict[str, Each]) -> Each:
        return data.draw(st.sampled_from(list(among.values())))

    def _held(self, offer_id: str) -> int:
        return sum(one.promised_g for order in self.orders.values() for one in order.lines if one.offer_id == offer_id)

    def _become(self, before: Order, after: Order, told: Event | None) -> None:
        for offer_id, moved in domain.released(before, after).items():
            offer = self.offers[offer_id]
            self.offers[offer_id] = replace(offer, promised_g=offer.promised_g + moved)
        self.orders[after.order_id] = after
        self.told += [told] if told else []


def _amended(order: Order, version: int, ordered_g: dict[str, int]) -> OrderAmended:
    return OrderAmended(
        order_id=order.order_id,
        version=version,
        canteen_id=order.canteen_id,
        cooperative_id=COOP,
        lines=tuple(LineAmended(line_id=key, ordered_g=grams) for key, grams in ordered_g.items()),
        reason="fewer pupils",
        amended_at=START,
    )


def _cancelled(order: Order) -> OrderCancelled:
    return OrderCancelled(
        order_id=order.order_id,
        version=order.version + 1,
        canteen_id=order.canteen_id,
        cooperative_id=COOP,
        reason="flood",
        cancelled_at=START,
    )


def _receipt(order: Order, version: int, received_g: dict[str, int]) -> ReceiptSigned:
    lines = tuple(
        LineReceived(line_id=key, food_code=FOOD, received_g=grams, accepted_g=grams // 2, lots=())
        for key, grams in received_g.items()
    )
    return ReceiptSigned(
        receipt_id=f"receipt-{order.order_id}",
        version=version,
        order_id=order.order_id,
        canteen_id=order.canteen_id,
        cooperative_id=COOP,
        delivery_day=MONDAY,
        signers=("cook", "head"),
        lines=lines,
        signed_at=START,
    )


TestCooperative = tried(Cooperative)
