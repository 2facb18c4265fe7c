"""EPCIS events read as values of the trace graph; what a document says is checked in itself, place by place."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.logistics.epcis import identifiers as ids
from services.logistics.epcis.domain import Cooking, MadeLot, OrderedLine, Share, Shipment, Used, WeighedLine
from services.logistics.epcis.identifiers import key_of
from services.logistics.epcis.schemas import (
    AggregationEvent,
    Event,
    MealPart,
    ObjectEvent,
    Quantity,
    SharePart,
    TransactionEvent,
    TransformationEvent,
)
from shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a receiving event says of an order."""

    event: ObjectEvent
    receipt_id: str
    version: int
    canteen_id: str
    lines: tuple[WeighedLine, ...]


@dataclass(slots=True)
class Told:
    """What a document tells, by id, and in which place it tells it."""

    lots: dict[str, MadeLot] = field(default_factory=dict)
    orders: dict[str, Shipment] = field(default_factory=dict)
    packed: dict[str, tuple[Share, ...]] = field(default_factory=dict)
    weighed: dict[str, Weighed] = field(default_factory=dict)
    unpacked: dict[str, tuple[Share, ...]] = field(default_factory=dict)
    meals: dict[str, Cooking] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)

    def keep(self, kind: str, key: str, value: object, place: str) -> None:
        """Keep what an event tells of a thing; two events of one document that tell of the same are refused."""
        known = getattr(self, kind)
        if key in known:
            raise DomainError("told-twice", f"another event tells of {key}, too", field=place)
        known[key] = value
        self.places[kind, key] = place


def read(events: Iterable[tuple[str, Event]]) -> Told:
    """Return what events tell, each given with its place in the document. Raises DomainError for what is no event."""
    told = Told()
    for place, event in events:
        action = None if isinstance(event, TransformationEvent) else event.action
        reader = _READERS.get((event.type, action, event.biz_step))
        if reader is None:
            detail = f"{event.type} with action {action} and business step {event.biz_step} is not understood"
            raise DomainError("event-not-understood", detail, field=f"{place}.bizStep")
        reader(event, place, told)
    return told


def _harvest(event: ObjectEvent, place: str, told: Told) -> None:
    _keep_lot(event, event.quantity_list, (), f"{place}.quantityList", place, told)


def _made(event: TransformationEvent, place: str, told: Told) -> None:
    if event.meal is not None:
        _cooked(event, event.meal, place, told)
        return
    parts = event.input_quantity_list
    at = f"{place}.inputQuantityList"
    parents = tuple((key_of(ids.LOT, one.epc_class, f"{at}.{n}.epcClass"), one.quantity) for n, one in enumerate(parts))
    _keep_lot(event, event.output_quantity_list, parents, f"{place}.outputQuantityList", place, told)


def _keep_lot(
    event: ObjectEvent | TransformationEvent,
    made: Sequence[Quantity] | None,
    parents: tuple[tuple[str, int], ...],
    at: str,
    place: str,
    told: Told,
) -> None:
    one = _only(made, at)
    lot_id = key_of(ids.LOT, one.epc_class, f"{at}.0.epcClass")
    if event.ilmd is None:
        raise DomainError("needed", "a lot comes with its master data", field=f"{place}.ilmd")
    if event.ilmd.lot_number != lot_id:
        raise DomainError("lot-number", f"it is not {lot_id}", field=f"{place}.ilmd.cbvmda:lotNumber")
    if len({parent for parent, _ in parents}) < len(parents):
        raise DomainError("lot-twice", "a lot is there twice", field=f"{place}.inputQuantityList")
    lot = MadeLot(
        lot_id=lot_id,
        cooperative_id=_at(event, ids.COOPERATIVE, place),
        food_code=event.ilmd.food_code,
        harvest_day=event.ilmd.harvest_day,
        quantity_g=one.quantity,
        certificate_no=event.ilmd.certificate_no,
        households=event.ilmd.households,
        poor_households=event.ilmd.poor_households,
        parents=tuple(sorted(parents)),
    )
    told.keep("lots", lot_id, lot, place)


def _order(event: TransactionEvent, place: str, told: Told) -> None:
    order_id = _consignment(event.epc_list, place)
    if event.order is None:
        raise DomainError("needed", "an order comes with its lines", field=f"{place}.xn:order")
    bought = [one for one in event.biz_transaction_list if one.type == "po"]
    if not bought or key_of(ids.ORDER, bought[0].biz_transaction, f"{place}.bizTransactionList") != order_id:
        detail = f"the order (po) of consignment {order_id} is not named"
        raise DomainError("other-order", detail, field=f"{place}.bizTransactionList")
    if not event.destination_list:
        raise DomainError("needed", "an order goes to a school", field=f"{place}.destinationList")
    to = f"{place}.destinationList.0.destination"
    lines = tuple(OrderedLine(**line.model_dump(mode="json")) for line in event.order.lines)
    if len({line.line_id for line in lines}) < len(lines):
        raise DomainError("line-twice", "a line is there twice", field=f"{place}.xn:order.xn:lines")
    shipment = Shipment(
        order_id=order_id,
        version=event.order.version,
        canteen_id=key_of(ids.CANTEEN, event.destination_list[0].destination, to),
        cooperative_id=_at(event, ids.COOPERATIVE, place),
        county_code=event.order.county_code,
        delivery_day=event.order.delivery_day,
        packed_at=event.event_time,
        lines=tuple(sorted(lines, key=lambda line: line.line_id)),
        shares=(),
    )
    told.keep("orders", order_id, shipment, place)


def _contents(kind: str) -> Callable[[AggregationEvent, str, Told], None]:
    def reader(event: AggregationEvent, place: str, told: Told) -> None:
        order_id = key_of(ids.CONSIGNMENT, event.parent_id, f"{place}.parentID")
        listed: Counter[str] = Counter()
        for number, one in enumerate(event.child_quantity_list or ()):
            listed[key_of(ids.LOT, one.epc_class, f"{place}.childQuantityList.{number}.epcClass")] += one.quantity
        held: Counter[str] = Counter()
        for part in event.contents:
            held[part.lot_id] += part.quantity_g
        if listed != held:
            detail = "the lines do not hold what is listed as packed"
            raise DomainError("contents-differ", detail, field=f"{place}.xn:contents")
        told.keep(kind, order_id, _shares(event.contents, f"{place}.xn:contents"), place)

    return reader


def _shares(parts: Sequence[SharePart], place: str) -> tuple[Share, ...]:
    shares = [Share(part.line_id, part.lot_id, part.quantity_g) for part in parts]
    if len({(one.line_id, one.lot_id) for one in shares}) < len(shares):
        raise DomainError("lot-twice", "a line holds a lot twice", field=place)
    return tuple(sorted(shares, key=lambda one: (one.line_id, one.lot_id)))


def _weighed(event: ObjectEvent, place: str, told: Told) -> None:
    order_id = _consignment(event.epc_list, place)
    named = [one.biz_transaction for one in event.biz_transaction_list or () if one.type == "recadv"]
    if event.receipt is None or not named:
        raise DomainError("needed", "receiving comes with its receipt", field=f"{place}.xn:receipt")
    lines = tuple(WeighedLine(**line.model_dump()) for line in event.receipt.lines)
    if len({line.line_id for line in lines}) < len(lines):
        raise DomainError("line-twice", "a line is there twice", field=f"{place}.xn:receipt.xn:lines")
    said = Weighed(
        event=event,
        receipt_id=key_of(ids.RECEIPT, named[0], f"{place}.bizTransactionList"),
        version=event.receipt.version,
        canteen_id=_at(event, ids.CANTEEN, place),
        lines=lines,
    )
    told.keep("weighed", order_id, said, place)


def _cooked(event: TransformationEvent, meal: MealPart, place: str, told: Told) -> None:
    servings = _only(event.output_quantity_list, f"{place}.outputQuantityList")
    meal_id = key_of(ids.SERVING, servings.epc_class, f"{place}.outputQuantityList.0.epcClass")
    said = meal.model_dump(mode="json", exclude={"used"})
    used = tuple(Used(**one.model_dump()) for one in meal.used)
    cooking = Cooking(
        **(said | {"day": meal.day, "dish_codes": tuple(meal.dish_codes)}),
        meal_id=meal_id,
        canteen_id=_at(event, ids.CANTEEN, place),
        headcount=servings.quantity,
        served_at=event.event_time,
        used=used,
    )
    told.keep("meals", meal_id, cooking, place)


def _nothing(_event: Event, _place: str, _told: Told) -> None:
    """A consignment that departs changes nothing of what was made of what."""


def _consignment(epcs: Sequence[str] | None, place: str) -> str:
    if not epcs or len(epcs) > 1:
        raise DomainError("one-consignment", "an event is about one consignment", field=f"{place}.epcList")
    return key_of(ids.CONSIGNMENT, epcs[0], f"{place}.epcList.0")


def _only(made: Sequence[Quantity] | None, at: str) -> Quantity:
    if not made or len(made) > 1:
        raise DomainError("one-output", "an event makes one thing", field=at)
    return made[0]


def _at(event: Event, kind: str, place: str) -> str:
    if event.read_point is None:
        raise DomainError("needed", "it is not said where it happened", field=f"{place}.readPoint")
    return key_of(kind, event.read_point.id, f"{place}.readPoint.id")


_READERS: Mapping[tuple[str, str | None, str | None], Callable[..., None]] = {
    ("ObjectEvent", "ADD", "commissioning"): _harvest,
    ("TransformationEvent", None, "creating_class_instance"): _made,
    ("TransactionEvent", "ADD", "picking"): _order,
    ("AggregationEvent", "ADD", "packing"): _contents("packed"),
    ("ObjectEvent", "OBSERVE", "departing"): _nothing,
    ("ObjectEvent", "OBSERVE", "receiving"): _weighed,
    ("AggregationEvent", "DELETE", "unpacking"): _contents("unpacked"),
}
