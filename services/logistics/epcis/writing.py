"""The trace graph written as EPCIS events: what, when, where, why and, by sensors, how warm.

Ids of events are derived from what they tell of, with its version: told again, an event has the same id.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from services.logistics.epcis import identifiers as ids
from services.logistics.epcis.domain import Cooking, Graph, MadeLot, Reception, Ride, Share, Shipment
from services.logistics.epcis.identifiers import uri_of
from services.logistics.epcis.schemas import (
    AggregationEvent,
    BusinessTransaction,
    Destination,
    Event,
    LinePart,
    LotData,
    MealPart,
    ObjectEvent,
    OrderPart,
    Place,
    Quantity,
    ReceiptPart,
    SensorElement,
    SensorMetadata,
    SensorReport,
    SharePart,
    Source,
    TransactionEvent,
    TransformationEvent,
    UsedPart,
    WeighedPart,
)
from services.logistics.plans.domain import SCHOOL_TIME
from shared.fields import Meal
from shared.ids import derived_id

_OFFSET = "+08:00"


def events_of(graph: Graph) -> list[Event]:
    """Return the events that tell a part of the graph: lots, orders on their way, meals."""
    events: list[Event] = [_lot(lot) for lot in graph.lots.values()]
    for order_id, shipment in graph.shipments.items():
        # A cooperative may close an order that was called off by packing nothing: nothing travelled.
        if shipment.lines:
            events += _shipment(shipment)
        events += [_ride(ride) for ride in graph.rides.get(order_id, ())]
        if order_id in graph.receptions:
            events += _reception(graph.receptions[order_id])
    return events + [_meal(meal) for meal in graph.meals.values() if meal.used]


def _lot(lot: MadeLot) -> Event:
    made = grams(ids.LOT, [(lot.lot_id, lot.quantity_g)])
    data = LotData(
        lot_number=lot.lot_id,
        harvest_day=lot.harvest_day,
        food_code=lot.food_code,
        certificate_no=lot.certificate_no,
        households=lot.households,
        poor_households=lot.poor_households,
    )
    happened: dict[str, Any] = {
        "event_id": _id("lot", lot.lot_id),
        "event_time": datetime.combine(lot.harvest_day, time(), SCHOOL_TIME),
        "event_time_zone_offset": _OFFSET,
        "disposition": "active",
        "read_point": _place(ids.COOPERATIVE, lot.cooperative_id),
        "ilmd": data,
    }
    if lot.certificate_no:
        certificate = uri_of(ids.CERTIFICATE, lot.certificate_no)
        happened["biz_transaction_list"] = [BusinessTransaction(type="cert", biz_transaction=certificate)]
    if not lot.parents:
        return ObjectEvent(**happened, action="ADD", biz_step="commissioning", quantity_list=made)
    return TransformationEvent(
        **happened,
        biz_step="creating_class_instance",
        input_quantity_list=grams(ids.LOT, lot.parents),
        output_quantity_list=made,
    )


def _shipment(shipment: Shipment) -> Iterator[Event]:
    consignment = uri_of(ids.CONSIGNMENT, shipment.order_id)
    at = shipment.packed_at.astimezone(SCHOOL_TIME)
    here = _place(ids.COOPERATIVE, shipment.cooperative_id)
    there = uri_of(ids.CANTEEN, shipment.canteen_id)
    yield TransactionEvent(
        event_id=_id("order", shipment.order_id),
        event_time=at,
        event_time_zone_offset=_OFFSET,
        action="ADD",
        biz_step="picking",
        disposition="in_progress",
        read_point=here,
        biz_transaction_list=[_transaction("po", ids.ORDER, shipment.order_id)],
        epc_list=[consignment],
        source_list=[Source(type="possessing_party", source=here.id)],
        destination_list=[Destination(type="possessing_party", destination=there)],
        order=OrderPart(
            version=shipment.version,
            county_code=shipment.county_code,
            delivery_day=shipment.delivery_day,
            lines=[LinePart.model_validate(line, from_attributes=True) for line in shipment.lines],
        ),
    )
    if shipment.shares:
        yield AggregationEvent(
            event_id=_id("packing", shipment.order_id),
            event_time=at,
            event_time_zone_offset=_OFFSET,
            action="ADD",
            biz_step="packing",
            disposition="in_progress",
            read_point=here,
            parent_id=consignment,
            child_quantity_list=in_lots(shipment.shares),
            contents=_shares(shipment.shares),
        )


def _ride(ride: Ride) -> Event:
    measured = None
    if ride.lowest_c is not None:
        report = SensorReport(min_value=ride.lowest_c, max_value=ride.highest_c)
        when = SensorMetadata(start_time=ride.departed_at, end_time=ride.until)
        measured = [SensorElement(sensor_metadata=when, sensor_report=[report])]
    return ObjectEvent(
        event_id=_id("ride", ride.order_id, ride.trip_id),
        event_time=ride.departed_at.astimezone(SCHOOL_TIME),
        event_time_zone_offset=_OFFSET,
        action="OBSERVE",
        biz_step="departing",
        disposition="in_transit",
        read_point=None if ride.cooperative_id is None else _place(ids.COOPERATIVE, ride.cooperative_id),
        biz_transaction_list=[_transaction("desadv", ids.TRIP, ride.trip_id)],
        epc_list=[uri_of(ids.CONSIGNMENT, ride.order_id)],
        sensor_element_list=measured,
    )


def _reception(told: Reception) -> Iterator[Event]:
    consignment = uri_of(ids.CONSIGNMENT, told.order_id)
    at = told.signed_at.astimezone(SCHOOL_TIME)
    here = _place(ids.CANTEEN, told.canteen_id)
    sound = all(line.accepted_g == line.received_g for line in told.lines)
    reports = [SensorReport(value=line.temperature_c) for line in told.lines if line.temperature_c is not None]
    yield ObjectEvent(
        event_id=_id("receiving", told.order_id, str(told.version)),
        event_time=at,
        event_time_zone_offset=_OFFSET,
        action="OBSERVE",
        biz_step="receiving",
        disposition="conformant" if sound else "non_conformant",
        read_point=here,
        biz_transaction_list=[_transaction("recadv", ids.RECEIPT, told.receipt_id)],
        epc_list=[consignment],
        sensor_element_list=[SensorElement(sensor_report=reports)] if reports else None,
        receipt=ReceiptPart(
            version=told.version,
            lines=[WeighedPart.model_validate(line, from_attributes=True) for line in told.lines],
        ),
    )
    yield AggregationEvent(
        event_id=_id("unpacking", told.order_id, str(told.version)),
        event_time=at,
        event_time_zone_offset=_OFFSET,
        action="DELETE",
        biz_step="unpacking",
        disposition="container_open",
        read_point=here,
        parent_id=consignment,
        child_quantity_list=in_lots(told.shares),
        contents=_shares(told.shares),
    )


def _meal(meal: Cooking) -> Event:
    return TransformationEvent(
        event_id=_id("meal", meal.meal_id, str(meal.version)),
        event_time=meal.served_at.astimezone(SCHOOL_TIME),
        event_time_zone_offset=_OFFSET,
        biz_step="creating_class_instance",
        disposition="active",
        read_point=_place(ids.CANTEEN, meal.canteen_id),
        input_quantity_list=[
            *grams(ids.LOT, [(one.lot_id, one.quantity_g) for one in meal.used if one.lot_id is not None]),
            *grams(ids.FOOD, [(one.food_code, one.quantity_g) for one in meal.used if one.lot_id is None]),
        ],
        output_quantity_list=[Quantity(epc_class=uri_of(ids.SERVING, meal.meal_id), quantity=meal.headcount)],
        meal=MealPart(
            version=meal.version,
            menu_id=meal.menu_id,
            day=meal.day,
            meal=Meal(meal.meal),
            dish_codes=list(meal.dish_codes),
            used=[UsedPart.model_validate(one, from_attributes=True) for one in meal.used],
        ),
    )


def grams(kind: str, parts: Iterable[tuple[str, int]]) -> list[Quantity]:
    """Return grams by id as quantities; an id that is there twice is one."""
    sums: Counter[str] = Counter()
    for key, quantity_g in parts:
        sums[key] += quantity_g
    return [Quantity(epc_class=uri_of(kind, key), quantity=total, uom="GRM") for key, total in sums.items()]


def in_lots(shares: Iterable[Share]) -> list[Quantity]:
    """Return what lines hold as quantities of lots."""
    return grams(ids.LOT, [(share.lot_id, share.quantity_g) for share in shares])


def _shares(shares: Iterable[Share]) -> list[SharePart]:
    return [SharePart.model_validate(share, from_attributes=True) for share in shares]


def _transaction(kind: str, of: str, key: str) -> BusinessTransaction:
    return BusinessTransaction(type=kind, biz_transaction=uri_of(of, key))


def _place(kind: str, key: str) -> Place:
    return Place(id=uri_of(kind, key))


def _id(*what: str) -> str:
    return f"urn:uuid:{derived_id('epcis', *what)}"
