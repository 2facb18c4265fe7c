"""Answers of the tracing routes: households are counted, never named."""

from datetime import date, datetime

from pydantic import BaseModel


class TripTaken(BaseModel):
    """The trip that brought an order to its school. The lowest and highest temperature, in °C, and whether the cold
    chain broke are of the time it was on board, also of trips before a collection point or a breakdown."""

    trip_id: str
    vehicle_id: str
    plate: str | None
    departed_at: datetime | None
    arrived_at: datetime | None
    lowest_c: float | None
    highest_c: float | None
    cold_chain_broken: bool


class Delivery(BaseModel):
    """An order that brought grams of a lot to the school, and its receipt."""

    order_id: str
    delivery_day: date
    dispatched_g: int
    accepted_g: int
    receipt_id: str | None
    trip: TripTaken | None


class LotRead(BaseModel):
    """A lot: who grew it, counted; when it was harvested; under which certificate."""

    lot_id: str
    food_code: str
    harvest_day: date
    quantity_g: int
    certificate_no: str
    cooperative_id: str
    cooperative_name_zh: str | None
    cooperative_name_en: str | None
    households: int
    poor_households: int
    recalled: bool


class SampleFound(BaseModel):
    """What a kitchen kept of a dish (g): `kept`, at least until `keep_until`, `discarded` or `handed_over` to a lab."""

    sample_id: str
    meal_id: str
    canteen_id: str
    day: date
    meal: str
    dish_code: str
    quantity_g: int
    keep_until: datetime
    state: str
    ended_at: datetime | None


class LotUsed(LotRead):
    """A lot in a meal, with the grams used of it and how it came to the school."""

    used_g: int
    deliveries: list[Delivery]


class FoodTrace(BaseModel):
    """One food of a meal, grams as bought, and how much of it is traced to lots."""

    food_code: str
    quantity_g: int
    traced_g: int
    lots: list[LotUsed]


class MealTrace(BaseModel):
    """A served meal, back to its lots, and the samples kept of it.

    `traced_share` (0–1) is the share of its grams with a known lot.
    """

    meal_id: str
    version: int
    canteen_id: str
    canteen_name_zh: str | None
    canteen_name_en: str | None
    county_code: str | None
    day: date
    meal: str
    headcount: int
    dish_codes: list[str]
    served_at: datetime
    quantity_g: int
    traced_g: int
    traced_share: float
    foods: list[FoodTrace]
    samples: list[SampleFound]


class LotOrigin(BaseModel):
    """A lot in a meal, as everybody may see it; the temperatures are those of its way, in °C."""

    lot_id: str
    cooperative_name_zh: str | None
    cooperative_name_en: str | None
    harvest_day: date
    certificate_no: str
    recalled: bool
    departed_at: datetime | None
    arrived_at: datetime | None
    received: bool
    lowest_c: float | None
    highest_c: float | None
    cold_chain_broken: bool


class FoodOrigin(BaseModel):
    """A food of a meal and the lots it was taken from; none where it came from the store untraced."""

    food_code: str
    lots: list[LotOrigin]


class PublicTrace(BaseModel):
    """Where a served meal came from, the heaviest food first; `traced_share` (0–1) of its grams have a known lot."""

    meal_id: str
    canteen_name_zh: str | None
    canteen_name_en: str | None
    county_code: str | None
    day: date
    meal: str
    dish_codes: list[str]
    served_at: datetime
    traced_share: float
    foods: list[FoodOrigin]


class OrderReached(BaseModel):
    """An order packed from a lot."""

    order_id: str
    canteen_id: str
    delivery_day: date
    status: str
    dispatched_g: int
    accepted_g: int
    trip_id: str | None
    receipt_id: str | None


class MealReached(BaseModel):
    """A meal cooked from a lot."""

    meal_id: str
    canteen_id: str
    day: date
    meal: str
    headcount: int
    quantity_g: int


class SchoolReached(BaseModel):
    """What of a lot reached a school, in g, and how many people ate of it (servings, over all meals)."""

    canteen_id: str
    name_zh: str | None
    name_en: str | None
    orders: int
    dispatched_g: int
    accepted_g: int
    meals: int
    headcount: int
    served_g: int


class Reach(BaseModel):
    """Sums over everything a lot reached, whether listed or not."""

    schools: int
    orders: int
    meals: int
    headcount: int
    dispatched_g: int
    accepted_g: int
    served_g: int


class LotLinked(BaseModel):
    """Grams that went from one lot into another: that other lot."""

    lot_id: str
    quantity_g: int


class LotForward(BaseModel):
    """A lot, forward to schools and meals; the lists hold the first 1,000 each, `totals` everything.

    `made_of` are the lots it was mixed or split from, `made_into` those made of it: what went into them is traced and
    recalled there; `totals_with_made` sums over the lot and all that was made of it, however often. `samples` are those
    of all dishes of its meals, kept ones first.
    """

    lot: LotRead
    made_of: list[LotLinked]
    made_into: list[LotLinked]
    totals: Reach
    totals_with_made: Reach
    schools: list[SchoolReached]
    orders: list[OrderReached]
    meals: list[MealReached]
    samples: list[SampleFound]
