"""Answers about needs."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.procurement.orders.domain import Supplier
from services.procurement.sourcing.reasons.limits import OfferLimit
from shared.market import ReferenceRead


class Sums(BaseModel):
    """Grams as bought: what is needed, of it ordered, waiting for a run, and what nobody had."""

    quantity_g: int
    allocated_g: int
    open_g: int
    unmet_g: int


class DayNeed(Sums):
    """What is needed of a food on a delivery day."""

    delivery_day: date


class FoodNeed(Sums):
    """A food in the window asked for. `offered_g` is what is left on offers of the county for it, null for one school.

    The price is the mean of what is ordered, else the cheapest offer's; null where neither is there.
    """

    food_code: str
    name_zh: str | None
    name_en: str | None
    offered_g: int | None
    price_fen_per_kg: int | None
    poor_permille: int | None = Field(description="of what is ordered, expected to reach poor households")
    reference: ReferenceRead | None = Field(description="null where food or price has none")
    days: list[DayNeed]


class DayClosing(BaseModel):
    """A delivery day, and until when it can be ordered for; null: until the day."""

    delivery_day: date
    closes_at: datetime | None
    closed: bool


class NeedsRead(BaseModel):
    """What is needed in a window of days: the delivery days there are, and the foods, by code."""

    first_day: date
    last_day: date
    days: list[DayClosing]
    foods: list[FoodNeed]


class OfferSupply(BaseModel):
    """An offer of a food: what is ordered of it in the window, what is left of it, and why it was taken or was not.

    `rank` is its best place among the offers a line could choose from (1: the first), `reason` and its texts are those
    of the last run that looked at it; null where nothing was ordered or no run looked. `offer_id` is null for what was
    ordered by hand of a market supplier.
    """

    offer_id: str | None
    supplier: Supplier
    supplier_id: str
    name_zh: str | None
    name_en: str | None
    ordered_g: int
    schools: int
    price_fen_per_kg: int
    poor_share_permille: int
    rank: int | None
    nearest_m: int | None
    farthest_m: int | None
    left_g: int
    available_from: date | None
    available_until: date | None
    reason: OfferLimit | None
    text_zh: str | None
    text_en: str | None


class FoodSupply(BaseModel):
    """Who supplies a food: what most is ordered of first, then what is left on offer, the cheapest first."""

    food_code: str
    name_zh: str | None
    name_en: str | None
    offers: list[OfferSupply]
