"""What farmers tells the others: cooperatives, offers, answers to orders, lots, dispatches."""

from pydantic import Field

from shared.events.registry import Event, Part, published
from shared.fields import (
    Code,
    Day,
    Fen,
    FenPerKg,
    Grams,
    Headcount,
    Id,
    Instant,
    Latitude,
    Longitude,
    Name,
    PayoutMethod,
    Permille,
    PositiveGrams,
    Reason,
    TemperatureClass,
    Version,
)


@published(by="farmers", aggregate="cooperative", key="cooperative_id")
class CooperativeRegistered(Event):
    """A cooperative was registered or its particulars changed; whole state, the higher version wins.

    `vehicle_classes` are those of the vehicles that can fetch from it, its own or others; None: nobody has said.
    """

    cooperative_id: Id
    version: Version
    name_zh: Name
    name_en: Name
    county_code: Code
    town_code: Code
    lat: Latitude
    lon: Longitude
    priority_group: Code
    households: Headcount
    poor_households: Headcount
    vehicle_classes: tuple[TemperatureClass, ...] | None = Field(default=None, min_length=1, max_length=3)
    registered_at: Instant


@published(by="farmers", aggregate="offer", key="cooperative_id")
class OfferPublished(Event):
    """A cooperative can deliver `quantity_g` in all between two days, both included; the higher version wins.

    `poor_share_permille` is the share of it expected from poor households, `quantity_g` includes what is promised.
    `harvest_day` is None for what is still to be harvested, `pack_size_g` for what comes loose, `contract_id` for what
    is offered freely (and in what was told before there was this field).
    """

    offer_id: Id
    cooperative_id: Id
    county_code: Code
    version: Version
    food_code: Code
    available_from: Day
    available_until: Day
    quantity_g: Grams
    price_fen_per_kg: FenPerKg
    minimum_lot_g: Grams
    shelf_life_days: int = Field(ge=0, le=3650)
    harvest_day: Day | None = None
    pack_size_g: PositiveGrams | None = None
    contract_id: Id | None = None
    poor_share_permille: Permille
    published_at: Instant


@published(by="farmers", aggregate="offer", key="cooperative_id")
class OfferWithdrawn(Event):
    """An offer takes no further orders; what was promised from it stands."""

    offer_id: Id
    cooperative_id: Id
    version: Version
    withdrawn_at: Instant


@published(by="farmers", aggregate="offer", key="cooperative_id")
class OfferHeld(Event):
    """An offer takes no orders while its cooperative lacks certificates of these kinds for its food.

    It holds until a higher version is published or withdrawn. One that was published is withdrawn in the same version,
    so that who reads no more than that counts on it no longer; this says why, and what would change it.
    """

    offer_id: Id
    cooperative_id: Id
    county_code: Code
    version: Version
    food_code: Code
    available_from: Day
    available_until: Day
    quantity_g: Grams
    price_fen_per_kg: FenPerKg
    minimum_lot_g: Grams
    lacks: tuple[Code, ...] = Field(min_length=1, max_length=10)
    held_at: Instant


class ContractDelivery(Part):
    """What a contract delivers in the week from a Monday."""

    week_start: Day
    quantity_g: PositiveGrams


@published(by="farmers", aggregate="contract", key="cooperative_id")
class ContractChanged(Event):
    """How a contract stands after it was signed, amended or cancelled, or other grams are drawn from it.

    Whole state, the higher version wins; versions count what was told, not what was agreed. Of `quantity_g` there are
    `remaining_g` still to be offered, `promised_g` are promised to orders; once it is not `open` nothing more is
    offered. It pays `price_fen_per_kg`, or where that is None `difference_permille` above (below: negative) the
    reference price of the day; with the floor never less than the market mean. `poor_share_permille` is the share
    expected from poor households.
    """

    contract_id: Id
    cooperative_id: Id
    county_code: Code
    version: Version
    open: bool
    food_code: Code
    season_from: Day
    season_until: Day
    quantity_g: PositiveGrams
    remaining_g: Grams
    promised_g: Grams
    deliveries: tuple[ContractDelivery, ...] = Field(max_length=54)
    price_fen_per_kg: FenPerKg | None = None
    difference_permille: int | None = Field(default=None, ge=-1000, le=10_000, description="1/1000")
    floor_at_market_mean: bool
    poor_share_permille: Permille
    changed_at: Instant


class LineAnswer(Part):
    """What a cooperative confirms of one order line."""

    line_id: Id
    confirmed_g: Grams


@published(by="farmers", aggregate="order", key="cooperative_id")
class OrderAccepted(Event):
    """A cooperative takes the whole order of that version."""

    order_id: Id
    order_version: Version
    cooperative_id: Id
    canteen_id: Id
    lines: tuple[LineAnswer, ...] = Field(max_length=200)
    answered_at: Instant


@published(by="farmers", aggregate="order", key="cooperative_id")
class OrderPartlyAccepted(Event):
    """A cooperative takes part of the order; the rest is to be sourced elsewhere."""

    order_id: Id
    order_version: Version
    cooperative_id: Id
    canteen_id: Id
    lines: tuple[LineAnswer, ...] = Field(max_length=200)
    reason: Reason
    answered_at: Instant


@published(by="farmers", aggregate="order", key="cooperative_id")
class OrderDeclined(Event):
    """A cooperative takes nothing of the order, by word or by silence past the deadline."""

    order_id: Id
    order_version: Version
    cooperative_id: Id
    canteen_id: Id
    reason: Reason
    by_silence: bool
    answered_at: Instant


class Contribution(Part):
    """What one household brought to a lot; `household_id` is a pseudonym, `poor` its status on the harvest day."""

    household_id: Id
    poor: bool
    quantity_g: PositiveGrams


class LotShare(Part):
    """Grams of one lot."""

    lot_id: Id
    quantity_g: PositiveGrams


@published(by="farmers", aggregate="lot", key="cooperative_id")
class LotHarvested(Event):
    """A lot came in, or was made of others: one product, one cooperative; contributions sum to `quantity_g` at most.

    `parents` are the grams of older lots it was mixed or split from, none when it came from the field. A mixed lot has
    its oldest part's harvest day.
    """

    lot_id: Id
    cooperative_id: Id
    food_code: Code
    harvest_day: Day
    quantity_g: PositiveGrams
    certificate_no: Code
    contributions: tuple[Contribution, ...] = Field(max_length=500)
    parents: tuple[LotShare, ...] = Field(default=(), max_length=50)
    harvested_at: Instant


class LineDispatched(Part):
    """What was packed for one order line, and from which lots; the lots sum to `dispatched_g`.

    `reason` says why it is less than was confirmed, None when it is not (and in what was told before there was this
    field).
    """

    line_id: Id
    dispatched_g: Grams
    lots: tuple[LotShare, ...] = Field(max_length=100)
    reason: Reason | None = None


@published(by="farmers", aggregate="order", key="cooperative_id")
class OrderDispatched(Event):
    """The cooperative packed the order and has it ready for the vehicle."""

    order_id: Id
    cooperative_id: Id
    canteen_id: Id
    lines: tuple[LineDispatched, ...] = Field(max_length=200)
    dispatched_at: Instant


class Payout(Part):
    """What one household got of one settlement; a pseudonym, never a name. Negative where a correction is netted."""

    household_id: Id
    settlement_id: Id
    amount_fen: Fen


@published(by="farmers", aggregate="payout", key="cooperative_id")
class HouseholdsPaid(Event):
    """A cooperative paid households their parts of settlements it was paid for; every payout is told once.

    One that was a mistake is taken back by another with its own id: it names the one it `reverses` and carries its
    amounts with the other sign.
    """

    payout_id: Id
    cooperative_id: Id
    payouts: tuple[Payout, ...] = Field(max_length=2000)
    paid_on: Day
    method: PayoutMethod
    reverses: Id | None = None
    reason: Reason | None = None
    confirmed_at: Instant
