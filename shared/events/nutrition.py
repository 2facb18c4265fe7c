"""What nutrition tells the others: canteens, menus with their demand, meals served."""

from pydantic import Field

from shared.events.registry import Event, Part, published
from shared.fields import (
    Code,
    Day,
    Grams,
    Headcount,
    Id,
    Instant,
    Latitude,
    Longitude,
    Meal,
    Name,
    PositiveGrams,
    Reason,
    TemperatureClass,
    Version,
)


class Demand(Part):
    """One demand line: school × food × delivery day. `quantity_g` is as bought, stock on hand subtracted.

    gross_g = quantity_g + from_stock_g, all as bought.
    """

    food_code: Code
    delivery_day: Day
    temperature_class: TemperatureClass
    gross_g: PositiveGrams
    from_stock_g: Grams
    quantity_g: Grams


@published(by="nutrition", aggregate="canteen", key="canteen_id")
class CanteenRegistered(Event):
    """A canteen was registered or its particulars changed; carries its whole state, the higher version wins."""

    canteen_id: Id
    version: Version
    name_zh: Name
    name_en: Name
    county_code: Code
    town_code: Code
    lat: Latitude
    lon: Longitude
    meals: tuple[Meal, ...]
    pupils: Headcount
    registered_at: Instant


@published(by="nutrition", aggregate="menu", key="canteen_id")
class MenuPublished(Event):
    """A canteen published a week's menu; carries the whole demand of that week."""

    menu_id: Id
    canteen_id: Id
    county_code: Code
    week_start: Day
    version: Version
    demand: tuple[Demand, ...] = Field(max_length=2000)
    published_at: Instant


@published(by="nutrition", aggregate="menu", key="canteen_id")
class MenuAmended(Event):
    """A published menu was changed; carries the whole new demand, which replaces that of every lower version."""

    menu_id: Id
    canteen_id: Id
    county_code: Code
    week_start: Day
    version: Version
    reason: Reason
    demand: tuple[Demand, ...] = Field(max_length=2000)
    amended_at: Instant


@published(by="nutrition", aggregate="menu", key="canteen_id")
class MenuWithdrawn(Event):
    """A published menu was taken back; its demand from `from_day` on is gone, earlier days stand as served."""

    menu_id: Id
    canteen_id: Id
    county_code: Code
    week_start: Day
    version: Version
    from_day: Day
    reason: Reason
    withdrawn_at: Instant


class FoodUsed(Part):
    """Grams as bought of one food taken from the store for a meal; `lot_id` is empty for food of unknown origin."""

    food_code: Code
    lot_id: Id | None
    quantity_g: PositiveGrams


@published(by="nutrition", aggregate="meal", key="canteen_id")
class MealServed(Event):
    """A meal was served from these lots to so many people; corrected, it is told again and the higher version wins."""

    meal_id: Id
    version: Version = 1
    canteen_id: Id
    menu_id: Id
    day: Day
    meal: Meal
    headcount: Headcount
    dish_codes: tuple[Code, ...] = Field(max_length=40)
    used: tuple[FoodUsed, ...] = Field(max_length=1000)
    served_at: Instant
