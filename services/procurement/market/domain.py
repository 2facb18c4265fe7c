"""Who may supply what no cooperative has, and the orders for it. It is never counted as local or as poor."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.procurement.demand.domain import Line as DemandLine
from services.procurement.orders.domain import Line, Order, Supplier, answer_by
from services.procurement.orders.states import Status
from shared.errors import Conflict, DomainError
from shared.events.logistics import LineReceived, ReceiptSigned
from shared.events.procurement import GoodsReceived, MarketGoodsReceived
from shared.ids import derived_id
from shared.market import Asked, Reference

LINES_PER_ORDER = 200


@dataclass(frozen=True, slots=True)
class MarketSupplier:
    """A supplier of a county with a licence to sell food, until a day."""

    supplier_id: str
    county_code: str
    name_zh: str
    name_en: str
    licence_no: str
    licence_until: date


@dataclass(frozen=True, slots=True)
class Left:
    """Why a demand line is not ordered from the market either."""

    demand_id: str
    canteen_id: str
    food_code: str
    delivery_day: date
    unmet_g: int
    rule: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a supplier's note says of a line, and what was weighed and accepted at the gate, in grams."""

    line_id: str
    dispatched_g: int
    received_g: int
    accepted_g: int
    reason: str = ""


def check_row(supplier: MarketSupplier, earlier: Container[str], cooperatives: Container[str]) -> None:
    """Raise DomainError for a supplier an earlier row names, Conflict for what is a cooperative's id.

    Both are suppliers of orders, and earn on accounts that are called by their ids.
    """
    if supplier.supplier_id in earlier:
        raise DomainError("twice-in-request", "an earlier row names the supplier", field="supplier_id")
    if supplier.supplier_id in cooperatives:
        raise Conflict("is-a-cooperative", f"{supplier.supplier_id} is a cooperative", field="supplier_id")


def licensed(suppliers: Iterable[MarketSupplier], county_code: str, day: date) -> MarketSupplier | None:
    """Return the county's supplier for a day: of those whose licence holds, the one whose licence holds longest."""
    held = [each for each in suppliers if each.county_code == county_code and each.licence_until >= day]
    return max(held, key=lambda each: (each.licence_until, each.supplier_id), default=None)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the market is asked: an id that makes orders' ids, when, and how long the supplier has to answer."""

    cause_id: str
    now: datetime
    answer_hours: int


def order_rest(
    short: Iterable[DemandLine],
    suppliers: Sequence[MarketSupplier],
    references: Mapping[Asked, Reference],
    cause: Cause,
) -> tuple[list[Order], list[Left]]:
    """Return orders for what nobody had of these lines, at reference prices, and why the others are left.

    One order per school, day and supplier, of at most 200 lines.
    """
    groups: dict[tuple[str, date, str], list[tuple[DemandLine, int]]] = defaultdict(list)
    left = []
    for line in sorted(short, key=lambda each: each.demand_id):
        supplier = licensed(suppliers, line.county_code, line.delivery_day)
        reference = references.get((line.food_code, line.county_code, line.delivery_day))
        if supplier is None or reference is None:
            rule = "no-licensed-supplier" if supplier is None else "no-reference-price"
            left.append(_left(line, rule))
            continue
        key = (line.canteen_id, line.delivery_day, supplier.supplier_id)
        groups[key].append((line, reference.price_fen_per_kg))
    orders = []
    for (canteen_id, day, supplier_id), wanted in sorted(groups.items()):
        for number, start in enumerate(range(0, len(wanted), LINES_PER_ORDER)):
            order_id = derived_id("market-order", cause.cause_id, canteen_id, day, supplier_id, number)
            orders.append(_order(order_id, supplier_id, wanted[start : start + LINES_PER_ORDER], cause))
    return orders, left


def _left(line: DemandLine, rule: str) -> Left:
    return Left(line.demand_id, line.canteen_id, line.food_code, line.delivery_day, line.unmet_g, rule)


def _order(order_id: str, supplier_id: str, wanted: Sequence[tuple[DemandLine, int]], cause: Cause) -> Order:
    first = wanted[0][0]
    lines = tuple(
        Line(
            line_id=derived_id("line", order_id, line.demand_id),
            demand_id=line.demand_id,
            food_code=line.food_code,
            offer_id=supplier_id,
            temperature_class=line.temperature_class,
            price_fen_per_kg=price,
            ordered_g=line.unmet_g,
            rank=0,
            distance_m=None,
            poor_share_permille=0,
        )
        for line, price in wanted
    )
    return Order(
        order_id=order_id,
        canteen_id=first.canteen_id,
        cooperative_id=supplier_id,
        county_code=first.county_code,
        delivery_day=first.delivery_day,
        status=Status.PLACED,
        version=1,
        run_id=cause.cause_id,
        answer_by=answer_by(cause.now, first.delivery_day, cause.answer_hours),
        placed_at=cause.now,
        supplier=Supplier.MARKET,
        lines=lines,
    )


def require_market(order: Order) -> None:
    """Raise Conflict for an order of a cooperative: it answers and delivers for itself."""
    if order.supplier is not Supplier.MARKET:
        raise Conflict("not-a-market-order", f"order {order.order_id} is a cooperative's", field="order_id")


def require_delivered(order: Order, delivered: Sequence[Delivered], signers: Sequence[str]) -> None:
    """Raise DomainError unless two people signed for lines of the order, none beyond what was confirmed and sent."""
    if len(set(signers)) != 2:
        raise DomainError("two-signers", "two different people sign", field="signers")
    if order.status not in (Status.CONFIRMED, Status.RECEIVED, Status.SETTLED):
        raise Conflict("not-confirmed", f"order {order.order_id} is {order.status}", field="order_id")
    confirmed = {line.line_id: line.confirmed_g for line in order.lines}
    if len({each.line_id for each in delivered}) < len(delivered):
        raise DomainError("line-twice", "a line is named once", field="lines")
    for each in delivered:
        if each.line_id not in confirmed:
            raise DomainError("unknown-line", f"the order has no line {each.line_id}", field="lines")
        if not each.accepted_g <= each.received_g <= each.dispatched_g <= confirmed[each.line_id]:
            detail = "accepted ≤ received ≤ dispatched ≤ confirmed does not hold"
            raise DomainError("quantities-out-of-order", f"{each.line_id}: {detail}", field="lines")


def receipt_of(
    order: Order, version: int, delivered: Sequence[Delivered], signers: Sequence[str], now: datetime
) -> ReceiptSigned:
    """Return the receipt by which market goods are settled: they have no lots, and so no households."""
    foods = {line.line_id: line.food_code for line in order.lines}
    lines = tuple(
        LineReceived(
            line_id=each.line_id,
            food_code=foods[each.line_id],
            received_g=each.received_g,
            accepted_g=each.accepted_g,
            reason=each.reason,
            lots=(),
        )
        for each in delivered
    )
    return ReceiptSigned(
        receipt_id=derived_id("market-receipt", order.order_id),
        version=version,
        order_id=order.order_id,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        delivery_day=order.delivery_day,
        signers=(signers[0], signers[1]),
        lines=lines,
        signed_at=now,
    )


def told_of_receiving(receipt: ReceiptSigned) -> MarketGoodsReceived:
    """Return the fact that the school has market goods."""
    lines = tuple(
        GoodsReceived(
            line_id=line.line_id, food_code=line.food_code, received_g=line.received_g, accepted_g=line.accepted_g
        )
        for line in receipt.lines
    )
    return MarketGoodsReceived(
        receipt_id=receipt.receipt_id,
        version=receipt.version,
        order_id=receipt.order_id,
        canteen_id=receipt.canteen_id,
        supplier_id=receipt.cooperative_id,
        delivery_day=receipt.delivery_day,
        signers=receipt.signers,
        lines=lines,
        signed_at=receipt.signed_at,
    )
