"""What procurement tells the others: orders, unmet demand, settlements, what food is worth to a county's week."""

from typing import Annotated

from pydantic import Field

from shared.events.registry import Event, Part, published
from shared.fields import (
    Code,
    Day,
    Fen,
    FenPerKg,
    Grams,
    GramsChange,
    Id,
    Instant,
    Meal,
    Name,
    Permille,
    PositiveGrams,
    Reason,
    Round,
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


class AlsoShort(Part):
    """Another school, or another day, of a county's week that lacks the food asked about."""

    canteen_id: Id
    delivery_day: Day
    unmet_g: PositiveGrams


@published(by="procurement", aggregate="substitution", key="canteen_id")
class SubstitutionAsked(Event):
    """Nobody has a food for a school and day: which dishes could be served instead of those that need it?

    `without` is all that nobody has for the school that day; a dish that needs any of it is no help. With
    `county_unmet_g`, what the county's schools lack of the food in that week, it is asked for all of them, and about
    foods alone: another food must be there for them all, and do for each of the `others` as for the school named first.
    `without` is then what any of them lacks.
    """

    substitution_id: Id
    canteen_id: Id
    county_code: Code
    food_code: Code
    delivery_day: Day
    unmet_g: PositiveGrams
    without: tuple[Code, ...] = Field(max_length=500)
    county_unmet_g: PositiveGrams | None = None
    others: tuple[AlsoShort, ...] = Field(default=(), max_length=5000)
    asked_at: Instant


class DishSwap(Part):
    """A dish to be served in the place of another."""

    meal: Meal
    instead_of: Code
    dish_code: Code


class FoodSwap(Part):
    """A food to be cooked in the place of another: `edible_permille` edible g of it for 1000 edible g of the other."""

    instead_of: Code
    food_code: Code
    edible_permille: Annotated[int, Field(gt=0, le=100_000)]


@published(by="procurement", aggregate="substitution", key="canteen_id")
class SubstitutionApproved(Event):
    """An official chose dishes to be served, or foods to be cooked, instead; the menu is to be amended by them."""

    substitution_id: Id
    canteen_id: Id
    menu_id: Id
    delivery_day: Day
    swaps: tuple[DishSwap, ...] = Field(max_length=100)
    foods: tuple[FoodSwap, ...] = Field(default=(), max_length=1)
    reason: Reason
    approved_at: Instant


class GoodsReceived(Part):
    """Weighed and accepted grams of one line of an order at the market supplier; such goods have no lots."""

    line_id: Id
    food_code: Code
    received_g: Grams
    accepted_g: Grams


@published(by="procurement", aggregate="market-receipt", key="canteen_id")
class MarketGoodsReceived(Event):
    """Two people signed at the school for what the licensed market supplier brought: food no cooperative had."""

    receipt_id: Id
    version: Version
    order_id: Id
    canteen_id: Id
    supplier_id: Id
    delivery_day: Day
    signers: tuple[Id, Id]
    lines: tuple[GoodsReceived, ...] = Field(max_length=200)
    signed_at: Instant


class HouseholdShare(Part):
    """What one household is paid for what it brought; a pseudonym, never a name.

    Of a correction it is the difference. `accepted_g` cannot say that there are fewer grams, and is 0 then;
    `accepted_change_g` can. None: told before there was this field.
    """

    household_id: Id
    poor: bool
    accepted_g: Grams
    amount_fen: Fen
    accepted_change_g: GramsChange | None = None


class LineSettled(Part):
    """By how much a settlement changes what was accepted of an order line, and what is paid for it."""

    line_id: Id
    accepted_change_g: GramsChange
    amount_fen: Fen


@published(by="procurement", aggregate="settlement", key="cooperative_id")
class SettlementRecorded(Event):
    """A receipt was matched and booked: amount = cooperative_fen + Σ households.amount_fen = Σ lines.amount_fen.

    A receipt that was corrected is booked again, with the differences. `lines` is empty in what was told before there
    was this field.
    """

    settlement_id: Id
    order_id: Id
    receipt_id: Id
    canteen_id: Id
    cooperative_id: Id
    delivery_day: Day
    amount_fen: Fen
    cooperative_fen: Fen
    households: tuple[HouseholdShare, ...] = Field(max_length=2000)
    lines: tuple[LineSettled, ...] = Field(default=(), max_length=200)
    recorded_at: Instant


class SettlementPaid(Part):
    """What a payment paid of one settlement; less than nothing where it sets off a correction that took back."""

    settlement_id: Id
    amount_fen: Fen


@published(by="procurement", aggregate="payment", key="cooperative_id")
class PaymentConfirmed(Event):
    """An official confirmed that a cooperative was paid: amount = Σ settlements.amount_fen, in fen.

    Never more than a settlement is due. `reference` is the bank's, never an account number. Of what was paid, each
    household's part is held by its cooperative until it is passed on.
    """

    payment_id: Id
    cooperative_id: Id
    county_code: Code
    settlements: tuple[SettlementPaid, ...] = Field(max_length=5000)
    amount_fen: Fen
    paid_on: Day
    reference: Name
    confirmed_at: Instant


class MarginalPrice(Part):
    """What one more kilogram of a food is worth, as bought, what reaches poor households being counted in.

    Of what the next kilogram costs, 1/1000 reach poor households and stay in the county; `available_g` is offered and
    not asked for, None where nobody limits it.
    """

    food_code: Code
    price_fen_per_kg: Annotated[int, Field(ge=0, le=10_000_000, description="fen per kg")]
    poor_permille: Permille
    local_permille: Permille
    available_g: Grams | None


class DraftChosen(Part):
    """The draft that becomes a canteen's menu."""

    canteen_id: Id
    draft_id: Id


@published(by="procurement", aggregate="price", key="planning_id")
class MarginalPricesPublished(Event):
    """What each food is worth in a county's week, in one round of planning it; the first round is 1.

    Keyed by the planning: it concerns a whole county, its rounds must stay in order, and there are few of them. The
    `final` round settles the week: each canteen's menu is the draft `chosen` for it, or else its best at these prices.
    `gap_permille` is how far at most the best composition so far lies above the best there can be, which is proved not
    to come to less than `bound_fen`. `premium_permille` is λ: what was held worth paying for each fen that reaches poor
    households, in 1/1000 fen. None: not known, or told before there were these fields.
    """

    planning_id: Id
    county_code: Code
    week_start: Day
    round: Round
    final: bool
    gap_permille: Annotated[int, Field(ge=0, le=1_000_000, description="1/1000")] | None
    premium_permille: Annotated[int, Field(ge=0, le=1_000_000, description="1/1000")] | None = None
    bound_fen: Fen | None = None
    prices: tuple[MarginalPrice, ...] = Field(max_length=1000)
    chosen: tuple[DraftChosen, ...] = Field(max_length=3000)
    published_at: Instant


@published(by="procurement", aggregate="reference-price", key="food_code")
class ReferencePricePublished(Event):
    """What a food costs on the public market of a region from a day on; the higher version of the three wins.

    Keyed by the food: a price concerns a whole province, and there are a few hundred a week. `region_code` is a
    province, prefecture or county (GB/T 2260).
    """

    food_code: Code
    region_code: Code
    day: Day
    version: Version
    price_fen_per_kg: FenPerKg
    source: Name
    verified: bool
    published_at: Instant
