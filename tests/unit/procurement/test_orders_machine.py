"""Demand, orders and the ledger against plain sums, whatever suppliers, schools and gates say in whatever order."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.procurement.demand import domain as demand
from services.procurement.ledger.domain import Account, Booked, Kind, Transaction
from services.procurement.orders import dispatching, domain
from services.procurement.orders.dispatching import Packing
from services.procurement.orders.domain import Line, Order, Release, Status
from services.procurement.orders.states import CAN_BE_TAKEN_BACK, OFF
from services.procurement.settlement import domain as settling
from services.procurement.settlement.domain import Lot
from shared.events.logistics import LineReceived, LotAccepted, ReceiptSigned
from tests.machines import tried

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FOODS = ("rice", "pork")
PRICES = {"rice": 333, "pork": 2_005}
LOTS = {food: Lot(100, (("hh-1", True, 40), ("hh-2", False, 35))) for food in FOODS}


class Orders(RuleBasedStateMachine):
    """One school's Monday. The model: what it needs, what each order may bring at most, and what was last accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, demand.Line] = {}
        self.orders: dict[str, Order] = {}
        self.ledger: dict[str, Counter[Account]] = {}
        self.needed_g: dict[str, int] = {}
        self.placed_g: dict[str, int] = {}
        self.accepted_g: dict[str, int] = {}
        self._ids = count(1)

    @initialize(grams=st.tuples(st.integers(0, 90), st.integers(0, 90)))
    def publish(self, grams: tuple[int, int]) -> None:
        """A menu states demand, which waits to be sourced."""
        for food, quantity in zip(FOODS, grams, strict=True):
            self.lines[food] = demand.Line(
                food, "s1", food, MONDAY, "c", "m1", 1, "ambient", quantity, 0, quantity, 0, 0, "open", 1, NOW
            )
            self.needed_g[food] = quantity

    @rule(food=st.sampled_from(FOODS), quantity=st.integers(0, 90))
    def amend(self, food: str, quantity: int) -> None:
        """What is needed no more is taken back from orders, as far as that can be done; the rest comes as surplus."""
        self.needed_g[food] = quantity
        self.lines[food] = demand.require(self.lines[food], quantity)
        cuts = domain.choose_cuts(self.orders.values(), {food: self.lines[food].surplus_g})
        for order_id, cut in cuts.items():
            self._give_back(*domain.reduce(self.orders[order_id], cut))
        open_to_cuts = [order for order in self.orders.values() if order.status in CAN_BE_TAKEN_BACK]
        left = sum(order.standing_g(line) for order in open_to_cuts for line in order.lines if line.food_code == food)
        assert not (left and self.lines[food].surplus_g)

    @rule(data=st.data())
    def source(self, data: st.DataObject) -> None:
        """What is still wanted is ordered, as far as somebody has it."""
        order_id, lines = f"o{next(self._ids)}", []
        for food in FOODS:
            need = self.lines[food].need_g
            taken = data.draw(st.integers(0, need))
            self.lines[food] = demand.source(self.lines[food], taken, need - taken)
            if taken:
                line_id = f"{order_id}-{food}"
                self.placed_g[line_id] = taken
                lines.append(Line(line_id, food, food, f"f-{food}", "ambient", PRICES[food], taken, 1, None, 500))
        if lines:
            self.orders[order_id] = Order(
                order_id, "s1", "c1", "c", MONDAY, Status.PLACED, 1, "r1", NOW, NOW, lines=tuple(lines)
            )

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """The first answer counts; what it leaves out waits to be sourced again."""
        order = self._any(data)
        said = {line.line_id: data.draw(st.integers(0, 90)) for line in order.lines}
        answered, short = domain.answer(order, said, NOW)
        assert (answered is order) == (order.status is not Status.PLACED)
        self._give_back(answered, short)
        assert domain.answer(answered, said, NOW) == (answered, [])

    @precondition(lambda self: any(order.status in CAN_BE_TAKEN_BACK for order in self.orders.values()))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """An order that is off holds nothing; called off again it stays as it is."""
        order = data.draw(st.sampled_from([each for each in self.orders.values() if each.status in CAN_BE_TAKEN_BACK]))
        cancelled, released = domain.cancel(order, order.version)
        assert domain.cancel(cancelled, None) == (cancelled, [])
        self._give_back(cancelled, released)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def dispatch(self, data: st.DataObject) -> None:
        """What was packed is carried, whatever was taken back; what is missing of it waits to be sourced again."""
        order = self._any(data)
        packed = {line.line_id: data.draw(st.integers(0, self.placed_g[line.line_id])) for line in order.lines}
        after, extra, missing = dispatching.dispatch(order, Packing(order.order_id, packed, NOW))
        assert (after is order) == (order.dispatched_at is not None)
        for each in extra:
            self.lines[each.demand_id] = demand.take_in(self.lines[each.demand_id], each.quantity_g)
        self._give_back(after, missing)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def load(self, data: st.DataObject) -> None:
        """What is on a vehicle can no longer be taken back."""
        order = dispatching.load(self._any(data))
        assert order.status not in CAN_BE_TAKEN_BACK or order.status in (Status.DRAFT, Status.PLACED)
        self.orders[order.order_id] = order

    @precondition(lambda self: any(order.dispatched_at for order in self.orders.values()))
    @rule(data=st.data())
    def receive(self, data: st.DataObject) -> None:
        """A receipt, or a later version of it: what was accepted is paid, a correction books the difference."""
        order = data.draw(st.sampled_from([each for each in self.orders.values() if each.dispatched_at]))
        received = {line.line_id: data.draw(st.integers(0, line.dispatched_g)) for line in order.lines}
        accepted = {line_id: data.draw(st.integers(0, grams)) for line_id, grams in received.items()}
        receipt = _receipt(order, received, accepted)
        matched = settling.match(order, receipt)
        booked = self.ledger.setdefault(order.order_id, Counter())
        due = settling.owed(matched, receipt, LOTS)
        before = {account: Booked(fen, 0) for account, fen in booked.items()}
        entries = {key: each for key, each in settling.correction(due, before).items() if each.amount_fen}
        Transaction("t", receipt.receipt_id, receipt.version, order.order_id, "c", MONDAY, NOW, entries)
        for account, each in entries.items():
            booked[account] += each.amount_fen
        assert {account: fen for account, fen in booked.items() if fen} == {
            account: each.amount_fen for account, each in due.items() if each.amount_fen
        }
        self.accepted_g |= accepted
        self.orders[order.order_id] = matched

    @invariant()
    def demand_is_conserved(self) -> None:
        """Demand + surplus = allocated + unmet + open, and what is allocated stands in orders."""
        for food, line in self.lines.items():
            assert line.quantity_g == self.needed_g[food]
            assert line.quantity_g + line.surplus_g == line.allocated_g + line.unmet_g + line.open_g
            assert min(line.surplus_g, line.allocated_g, line.unmet_g, line.open_g) >= 0
            assert line.allocated_g == sum(
                order.standing_g(each)
                for order in self.orders.values()
                for each in order.lines
                if each.food_code == food
            )

    @invariant()
    def lines_fall(self) -> None:
        """accepted ≤ received ≤ dispatched ≤ confirmed ≤ ordered ≤ what was placed; what is off was not packed."""
        for order in self.orders.values():
            for line in order.lines:
                grams = (line.accepted_g, line.received_g, line.dispatched_g, line.confirmed_g, line.ordered_g)
                assert list(grams) == sorted(grams)
                assert line.ordered_g <= self.placed_g[line.line_id]
            assert order.status not in OFF or order.dispatched_at is None

    @invariant()
    def the_school_pays_what_it_accepted(self) -> None:
        """The ledger sums to zero; the school paid accepted grams × price, rounded half up, of every line."""
        paid = sum(
            fen for booked in self.ledger.values() for account, fen in booked.items() if account.kind is Kind.SCHOOL
        )
        assert sum(sum(booked.values()) for booked in self.ledger.values()) == 0
        prices = {line.line_id: line.price_fen_per_kg for order in self.orders.values() for line in order.lines}
        assert -paid == sum((2 * grams * prices[key] + 1000) // 2000 for key, grams in self.accepted_g.items())

    def _any(self, data: st.DataObject) -> Order:
        return data.draw(st.sampled_from(list(self.orders.values())))

    def _give_back(self, order: Order, released: list[Release]) -> None:
        for each in released:
            self.lines[each.demand_id] = demand.give_back(self.lines[each.demand_id], each.quantity_g)
        assert order.version - self.orders[order.order_id].version in (0, 1)
        self.orders[order.order_id] = order


def _receipt(order: Order, received: Mapping[str, int], accepted: Mapping[str, int]) -> ReceiptSigned:
    lines = tuple(
        LineReceived(
            line_id=line.line_id,
            food_code=line.food_code,
            received_g=received[line.line_id],
            accepted_g=accepted[line.line_id],
            lots=tuple(LotAccepted(lot_id=line.food_code, accepted_g=g) for g in [accepted[line.line_id]] if g),
        )
        for line in order.lines
    )
    return ReceiptSigned(
        receipt_id=f"receipt-{order.order_id}",
        version=1,
        order_id=order.order_id,
        canteen_id="s1",
        cooperative_id="c1",
        delivery_day=MONDAY,
        signers=("a", "b"),
        lines=lines,
        signed_at=NOW,
    )


TestOrders = tried(Orders)
