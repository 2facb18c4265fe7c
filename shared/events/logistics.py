"""What logistics tells the others: trips, consignments, the cold chain, receipts, recalls."""

from pydantic import Field

from shared.events.registry import Event, Part, published
from shared.fields import (
    Celsius,
    Code,
    Day,
    Fen,
    Grams,
    Id,
    Instant,
    PositiveGrams,
    Reason,
    TemperatureClass,
    Text,
    Version,
)


class StopPlanned(Part):
    """One stop of a trip: picking up at a cooperative or setting down at a canteen."""

    sequence: int = Field(ge=1, le=1000)
    kind: Code
    place_id: Id
    planned_at: Instant
    order_ids: tuple[Id, ...] = Field(max_length=500)


@published(by="logistics", aggregate="trip", key="trip_id")
class TripPlanned(Event):
    """A vehicle is to make these stops on a day; the higher version wins."""

    trip_id: Id
    version: Version
    county_code: Code
    day: Day
    vehicle_id: Id
    temperature_class: TemperatureClass
    load_g: Grams
    distance_m: int = Field(ge=0)
    stops: tuple[StopPlanned, ...] = Field(max_length=1000)
    planned_at: Instant


@published(by="logistics", aggregate="consignment", key="canteen_id")
class ConsignmentLoaded(Event):
    """What one order puts on a vehicle was loaded; the order can no longer be cancelled."""

    order_id: Id
    trip_id: Id
    canteen_id: Id
    cooperative_id: Id
    loaded_g: Grams
    loaded_at: Instant


@published(by="logistics", aggregate="consignment", key="canteen_id")
class ConsignmentGivenUp(Event):
    """What was packed for an order will not reach its school: nothing can bring it in time. Nothing of it rides on."""

    order_id: Id
    canteen_id: Id
    cooperative_id: Id
    county_code: Code
    delivery_day: Day
    reason: Reason
    given_up_at: Instant


@published(by="logistics", aggregate="trip", key="trip_id")
class DeliveryDeparted(Event):
    """The vehicle left with these orders on board."""

    trip_id: Id
    vehicle_id: Id
    order_ids: tuple[Id, ...] = Field(max_length=2000)
    departed_at: Instant


@published(by="logistics", aggregate="consignment", key="canteen_id")
class DeliveryArrived(Event):
    """The vehicle stands at the school's gate with these orders.

    With its last school a trip is completed: `distance_m` is what it drove, `cost_fen` what the fund of freight pays.
    One that ends at a collection point, or breaks down, tells that with no orders, in the name of a school they are
    for; a broken one tells what it drove until then.
    Told again with a higher `cost_version`, the cost is corrected; `cost_fen` is always that of the whole trip.
    """

    trip_id: Id
    canteen_id: Id
    order_ids: tuple[Id, ...] = Field(max_length=500)
    arrived_at: Instant
    distance_m: int | None = Field(default=None, ge=0)
    cost_fen: Fen | None = Field(default=None, ge=0)
    cost_version: Version = 1


@published(by="logistics", aggregate="trip", key="trip_id")
class ColdChainBroken(Event):
    """The load space was outside the limit of its class for longer than allowed."""

    trip_id: Id
    vehicle_id: Id
    temperature_class: TemperatureClass
    worst_c: Celsius
    since: Instant
    until: Instant
    order_ids: tuple[Id, ...] = Field(max_length=2000)


@published(by="logistics", aggregate="trip", key="trip_id")
class SensorSilent(Event):
    """A cooled trip's temperature has not been heard of since then; the orders on board are held for inspection."""

    trip_id: Id
    vehicle_id: Id
    temperature_class: TemperatureClass
    since: Instant
    told_at: Instant
    order_ids: tuple[Id, ...] = Field(max_length=2000)


@published(by="logistics", aggregate="consignment", key="canteen_id")
class DeliveryDelayed(Event):
    """These orders will reach the school at another time than was planned, or told last; the later telling holds."""

    trip_id: Id
    canteen_id: Id
    order_ids: tuple[Id, ...] = Field(max_length=500)
    planned_at: Instant
    expected_at: Instant
    told_at: Instant


class LotAccepted(Part):
    """Accepted grams of one lot."""

    lot_id: Id
    accepted_g: PositiveGrams


class LineReceived(Part):
    """Weighed and accepted grams of one order line; the lots sum to `accepted_g`."""

    line_id: Id
    food_code: Code
    received_g: Grams
    accepted_g: Grams
    reason: Text = ""
    lots: tuple[LotAccepted, ...] = Field(max_length=100)


@published(by="logistics", aggregate="receipt", key="canteen_id")
class ReceiptSigned(Event):
    """Two people weighed, looked at and signed for an order at the school."""

    receipt_id: Id
    version: Version
    order_id: Id
    canteen_id: Id
    cooperative_id: Id
    delivery_day: Day
    signers: tuple[Id, Id]
    lines: tuple[LineReceived, ...] = Field(max_length=200)
    signed_at: Instant


@published(by="logistics", aggregate="recall", key="cooperative_id")
class RecallRaised(Event):
    """A lot must not be loaded, received, cooked or eaten any more."""

    recall_id: Id
    lot_id: Id
    cooperative_id: Id
    reason: Reason
    raised_at: Instant
