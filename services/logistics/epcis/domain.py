"""Values of the trace graph, as they are told to and taken from others. Nobody is named: households are counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class MadeLot:
    """A lot, harvested or (with `parents`: lot id, g) made of others."""

    lot_id: str
    cooperative_id: str
    food_code: str
    harvest_day: date
    quantity_g: int
    certificate_no: str
    households: int
    poor_households: int
    parents: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """Grams of a lot in an order's line."""

    line_id: str
    lot_id: str
    quantity_g: int


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line of an order: what was confirmed, and packed of it, in g."""

    line_id: str
    food_code: str
    temperature_class: str
    confirmed_g: int
    dispatched_g: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """An order as it was packed, from which lots."""

    order_id: str
    version: int
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    packed_at: datetime
    lines: tuple[OrderedLine, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Ride:
    """How an order travelled by a trip, with the lowest and highest temperature measured meanwhile, in °C.

    Only the first trip of an order departs from its cooperative.
    """

    order_id: str
    trip_id: str
    cooperative_id: str | None
    departed_at: datetime
    until: datetime
    lowest_c: float | None
    highest_c: float | None


@dataclass(frozen=True, slots=True)
class WeighedLine:
    """What was weighed and accepted of a line, in g; how warm it was, in °C."""

    line_id: str
    received_g: int
    accepted_g: int
    temperature_c: float | None


@dataclass(frozen=True, slots=True)
class Reception:
    """The present version of an order's receipt."""

    order_id: str
    receipt_id: str
    version: int
    canteen_id: str
    signed_at: datetime
    lines: tuple[WeighedLine, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """Grams as bought of a food, and of which lot, in a meal; no lot means unknown origin."""

    food_code: str
    lot_id: str | None
    quantity_g: int


@dataclass(frozen=True, slots=True)
class Cooking:
    """A served meal."""

    meal_id: str
    version: int
    canteen_id: str
    menu_id: str
    day: date
    meal: str
    headcount: int
    dish_codes: tuple[str, ...]
    served_at: datetime
    used: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """A part of the trace graph, each kind by its id (rides and receptions by order)."""

    lots: Mapping[str, MadeLot] = field(default_factory=dict)
    shipments: Mapping[str, Shipment] = field(default_factory=dict)
    rides: Mapping[str, Sequence[Ride]] = field(default_factory=dict)
    receptions: Mapping[str, Reception] = field(default_factory=dict)
    meals: Mapping[str, Cooking] = field(default_factory=dict)
