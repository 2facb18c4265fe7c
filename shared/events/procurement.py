"""What procurement tells the others: orders, unmet demand, settlements."""

from pydantic import Field

from shared.events.registry import Event, Part, published
from shared.fields import (
    Code,
    Day,
    Fen,
    FenPerKg,
    Grams,
    Id,
    Instant,
    PositiveGrams,
    Reason,
    TemperatureClass,
    Version,
)


class LineOrdered(Part):
    """One order line: grams as bought of one food from one offer."""

    line_id: Id
    food_code: Code
    offer_id: Id
    temperature_class: TemperatureClass
    ordered_g: PositiveGrams
    price_fen_per_kg: FenPerKg


@published(by="procurement", aggregate="order", key="cooperative_id")
class OrderPlaced(Event):
    """One school orders from one cooperative for one delivery day; to be answered by `answer_by`."""

    order_id: Id
    version: Version
    canteen_id: Id
    cooperative_id: Id
    county_code: Code
    delivery_day: Day
    answer_by: Instant
    lines: tuple[LineOrdered, ...] = Field(max_length=200)
    placed_at: Instant


class LineAmended(Part):
    """What a line orders now; an amendment only ever lowers it (more is a new order)."""

    line_id: Id
    ordered_g: Grams


@published(by="procurement", aggregate="order", key="cooperative_id")
class OrderAmended(Event):
    """An order was reduced; carries every line. An answer already given stands, up to the new grams."""

    order_id: Id
    version: Version
    canteen_id: Id
    cooperative_id: Id
    lines: tuple[LineAmended, ...] = Field(max_length=200)
    reason: Reason
    amended_at: Instant


@published(by="procurement", aggregate="order", key="cooperative_id")
class OrderCancelled(Event):
    """An order is off; its grams go back to the offers they were promised from."""

    order_id: Id
    version: Version
    canteen_id: Id
    cooperative_id: Id
    reason: Reason
    cancelled_at: Instant


class LineConfirmed(Part):
    """What a cooperative will deliver of one line."""

    line_id: Id
    food_code: Code
    temperature_class: TemperatureClass
    confirmed_g: Grams


@published(by="procurement", aggregate="order", key="cooperative_id")
class OrderConfirmed(Event):
    """The order stands with these grams; sent again with a higher version when it is reduced afterwards."""

    order_id: Id
    version: Version
    canteen_id: Id
    cooperative_id: Id
    county_code: Code
    delivery_day: Day
    lines: tuple[LineConfirmed, ...] = Field(max_length=200)
    confirmed_at: Instant


@published(by="procurement", aggregate="demand", key="canteen_id")
class DemandUnmet(Event):
    """What nobody offers: `unmet_g` of the demand line stays open (0 when a later source closed it)."""

    canteen_id: Id
    food_code: Code
    delivery_day: Day
    menu_version: Version
    quantity_g: Grams
    unmet_g: Grams
    found_at: Instant


class HouseholdShare(Part):
    """What one household is paid for what it brought; a pseudonym, never a name."""

    household_id: Id
    poor: bool
    accepted_g: Grams
    amount_fen: Fen


@published(by="procurement", aggregate="settlement", key="cooperative_id")
class SettlementRecorded(Event):
    """A receipt was matched and booked: amount = cooperative_fen + Σ households.amount_fen, in fen."""

    settlement_id: Id
    order_id: Id
    receipt_id: Id
    canteen_id: Id
    cooperative_id: Id
    delivery_day: Day
    amount_fen: Fen
    cooperative_fen: Fen
    households: tuple[HouseholdShare, ...] = Field(max_length=2000)
    recorded_at: Instant
