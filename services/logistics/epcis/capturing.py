"""A document's events checked against what is known; all of them are taken, or none."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from services.logistics.epcis.domain import Graph, MadeLot, Reception, Share, Shipment
from services.logistics.epcis.reading import Told, Weighed
from shared.errors import AlreadyDone, Conflict, DomainError, NotFound


def new_of(told: Told, known: Graph, lots: set[str], waiting: set[str]) -> Graph:
    """Return what a document tells that is not known; refusals name the event's place.

    `known` holds what is known of the things told of, `lots` every known lot that is named, `waiting` the orders that
    are known and not packed.
    """
    shipments = _shipments(told, known, waiting)
    fresh = Graph(
        lots=_fresh(told, "lots", known.lots),
        shipments={key: each for key, each in shipments.items() if key not in known.shipments},
        receptions=_receptions(told, known, shipments),
        meals={
            key: meal
            for key, meal in told.meals.items()
            if key not in known.meals or known.meals[key].version < meal.version
        },
    )
    for key, meal in told.meals.items():
        if key in known.meals and known.meals[key].version == meal.version and known.meals[key] != meal:
            raise _differs("meal", key, told.places["meals", key])
    _require_lots(told, fresh, lots | fresh.lots.keys())
    return fresh


def _fresh(told: Told, kind: str, known: Mapping[str, MadeLot]) -> dict[str, MadeLot]:
    given: dict[str, MadeLot] = getattr(told, kind)
    for key, value in given.items():
        if key in known and known[key] != value:
            raise _differs("lot", key, told.places[kind, key])
    return {key: value for key, value in given.items() if key not in known}


def _shipments(told: Told, known: Graph, waiting: set[str]) -> dict[str, Shipment]:
    """Return the orders told of and known, with what they hold."""
    shipments = dict(known.shipments)
    for order_id, order in told.orders.items():
        place = told.places["orders", order_id]
        whole = replace(order, shares=told.packed.get(order_id, ()))
        if order_id in waiting:
            raise Conflict("order-not-packed", f"order {order_id} is here and not packed yet", field=place)
        if shipments.get(order_id, whole) != whole:
            raise _differs("order", order_id, place)
        shipments[order_id] = whole
    for order_id, shares in told.packed.items():
        place = told.places["packed", order_id]
        _require_order(order_id, shipments, place)
        if shipments[order_id].shares != shares:
            raise _differs("order", order_id, place)
        most = {line.line_id: line.dispatched_g for line in shipments[order_id].lines}
        _require_within(_by_line(shares), most, "more-than-dispatched", f"{place}.xn:contents")
    return shipments


def _receptions(told: Told, known: Graph, shipments: Mapping[str, Shipment]) -> dict[str, Reception]:
    for one, other in (("weighed", "unpacked"), ("unpacked", "weighed")):
        for order_id in getattr(told, one).keys() - getattr(told, other).keys():
            detail = f"receiving and unpacking of {order_id} belong together"
            raise DomainError("half-a-receipt", detail, field=told.places[one, order_id])
    fresh = {}
    for order_id, said in told.weighed.items():
        place = told.places["weighed", order_id]
        _require_order(order_id, shipments, place)
        made = Reception(
            order_id=order_id,
            receipt_id=said.receipt_id,
            version=said.version,
            canteen_id=said.canteen_id,
            signed_at=said.event.event_time,
            lines=said.lines,
            shares=told.unpacked[order_id],
        )
        before = known.receptions.get(order_id)
        if before is not None and before.version == made.version and before != made:
            raise _differs("receipt", order_id, place)
        _require_received(said, made, shipments[order_id], place, told.places["unpacked", order_id])
        if before is None or before.version < made.version:
            fresh[order_id] = made
    return fresh


def _require_received(said: Weighed, made: Reception, shipment: Shipment, place: str, unpacked: str) -> None:
    if said.canteen_id != shipment.canteen_id:
        raise Conflict("other-school", f"order {made.order_id} goes elsewhere", field=f"{place}.readPoint.id")
    dispatched = {line.line_id: line.dispatched_g for line in shipment.lines}
    at = f"{place}.xn:receipt.xn:lines"
    received = {line.line_id: line.received_g for line in made.lines}
    accepted = {line.line_id: line.accepted_g for line in made.lines}
    _require_within(received, dispatched, "more-than-dispatched", at)
    _require_within(accepted, received, "more-than-received", at)
    _require_within(_by_line(made.shares), accepted, "more-than-accepted", f"{unpacked}.xn:contents")
    packed = {f"{one.line_id} of lot {one.lot_id}": one.quantity_g for one in shipment.shares}
    parts = {f"{one.line_id} of lot {one.lot_id}": one.quantity_g for one in made.shares}
    _require_within(parts, packed, "more-than-dispatched", f"{unpacked}.xn:contents")


def _require_within(given: Mapping[str, int], most: Mapping[str, int], rule: str, field: str) -> None:
    for line_id, grams in given.items():
        if line_id not in most:
            raise NotFound("line", line_id, field=field)
        if grams > most[line_id]:
            raise DomainError(rule, f"line {line_id}: {grams} g are more than {most[line_id]} g", field=field)


def _require_lots(told: Told, fresh: Graph, known: set[str]) -> None:
    named: list[tuple[str, Iterable[str]]] = [
        *((told.places["lots", key], [each for each, _ in lot.parents]) for key, lot in fresh.lots.items()),
        *((told.places["packed", key], [each.lot_id for each in shares]) for key, shares in told.packed.items()),
        *(
            (told.places["meals", key], [each.lot_id for each in meal.used if each.lot_id is not None])
            for key, meal in fresh.meals.items()
        ),
    ]
    for place, lots in named:
        for lot_id in lots:
            if lot_id not in known:
                raise NotFound("lot", lot_id, field=place)
    try:
        TopologicalSorter({key: [each for each, _ in lot.parents] for key, lot in fresh.lots.items()}).prepare()
    except CycleError as circle:
        lot_id = circle.args[1][0]
        detail = f"lot {lot_id} is made of itself, by way of others"
        raise DomainError("lots-in-a-circle", detail, field=told.places["lots", lot_id]) from None


def _require_order(order_id: str, shipments: Mapping[str, Shipment], place: str) -> None:
    if order_id not in shipments:
        raise NotFound("consignment", order_id, field=place)


def _by_line(shares: Iterable[Share]) -> Mapping[str, int]:
    grams: Counter[str] = Counter()
    for share in shares:
        grams[share.line_id] += share.quantity_g
    return grams


def _differs(what: str, key: str, place: str) -> DomainError:
    return AlreadyDone(f"{what}-differs", f"{what} {key} is known, and not like this", field=place)
