"""What nutrition tells the others: canteens, menus with their demand, meals served, a county's week being planned."""

from enum import StrEnum
from typing import Annotated

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
    Meal,
    Millipoints,
    Name,
    PositiveGrams,
    Reason,
    Round,
    TemperatureClass,
    Text,
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


class DayBudget(Part):
    """What there is to spend on the food of a canteen's day, for the meals its menu serves and all who are enrolled."""

    day: Day
    budget_fen: Annotated[int, Field(ge=0, le=10**12, description="fen (¥0.01)")]


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


@published(by="nutrition", aggregate="food", key="food_code")
class FoodRegistered(Event):
    """What a food is called, and how it travels (None: nobody has said, it cannot be bought). Highest version wins.

    Keyed by the food: it concerns everybody who buys, grows or carries it, and there are a few hundred.
    """

    food_code: Code
    version: Version
    name_zh: Name
    name_en: Name
    food_group: Code
    temperature_class: TemperatureClass | None
    registered_at: Instant


@published(by="nutrition", aggregate="menu", key="canteen_id")
class MenuPublished(Event):
    """A canteen published a week's menu: its whole demand, and what there is to spend by day (none: nobody said)."""

    menu_id: Id
    canteen_id: Id
    county_code: Code
    week_start: Day
    version: Version
    demand: tuple[Demand, ...] = Field(max_length=2000)
    budget: tuple[DayBudget, ...] = Field(default=(), max_length=7)
    published_at: Instant


@published(by="nutrition", aggregate="menu", key="canteen_id")
class MenuAmended(Event):
    """A published menu was changed; carries the whole new demand and budget, which replace those of lower versions."""

    menu_id: Id
    canteen_id: Id
    county_code: Code
    week_start: Day
    version: Version
    reason: Reason
    demand: tuple[Demand, ...] = Field(max_length=2000)
    budget: tuple[DayBudget, ...] = Field(default=(), max_length=7)
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


class DishProposed(Part):
    """A dish in the place of another: what it does to the week's score, and to the cost of a child's day in fen."""

    meal: Meal
    instead_of: Code
    dish_code: Code
    name_zh: Name
    name_en: Name
    score_change: Annotated[int, Field(ge=-1_000_000, le=1_000_000, description="points of the week's score")]
    more_fen: Fen
    over_budget: bool


class FoodProposed(Part):
    """A food in the place of the missing one, in every dish of the day that needs it.

    `edible_permille` is edible g of it for 1000 edible g of the missing one; `needed_g` and `available_g` are as
    bought, for the shortage asked about and on offer in the county (None: nobody limits it). `worst_target` is what
    the week's nutrition loses most of by it, `worst_permille` of what is asked.
    """

    food_code: Code
    name_zh: Name
    name_en: Name
    dish_codes: tuple[Code, ...] = Field(max_length=100)
    edible_permille: Annotated[int, Field(gt=0, le=100_000)]
    needed_g: PositiveGrams
    available_g: Grams | None
    price_fen_per_kg: FenPerKg
    score_change: Annotated[int, Field(ge=-1_000_000, le=1_000_000, description="points of the week's score")]
    worst_target: Text
    worst_permille: Annotated[int, Field(ge=0, le=1_000_000)]
    more_fen: Fen


@published(by="nutrition", aggregate="substitution", key="canteen_id")
class SubstitutionProposed(Event):
    """What could be served instead of a food nobody has: other dishes, or another food in the dishes that need it.

    They bring no new allergen, nothing banned, nothing out of season, nothing missing; `foods` are on offer in the
    county and within the budget. Neither, and the reason, where nothing can.
    """

    substitution_id: Id
    canteen_id: Id
    menu_id: Id | None
    menu_version: Version | None
    dishes: tuple[DishProposed, ...] = Field(max_length=100)
    foods: tuple[FoodProposed, ...] = Field(default=(), max_length=20)
    reason: Text
    proposed_at: Instant


@published(by="nutrition", aggregate="substitution", key="canteen_id")
class SubstitutionEnded(Event):
    """What an official chose is in the menu since `menu_version`; None, and the reason, where the menu took it not."""

    substitution_id: Id
    canteen_id: Id
    menu_version: Version | None
    reason: Text
    ended_at: Instant


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


class ForecastLine(Part):
    """Grams as bought of a food that a county's canteens will need in a week; what their stores hold is not taken off.

    `from_cycles_g` is what cycle menus come to if everybody enrolled eats, `from_menus_g` what menus published already
    ask for. A canteen counts in one of them only.
    """

    food_code: Code
    from_cycles_g: Grams
    from_menus_g: Grams


@published(by="nutrition", aggregate="forecast", key="county_code")
class DemandForecast(Event):
    """What the canteens of a county will need in a coming week: what planting can be guided by, no order.

    The whole of that county's week: the higher version replaces the lower; without lines nothing is foreseen any more.
    Told when a cycle or a group of canteens changes, and every week anew for a term ahead where there is news.
    `canteens` are counted in it; those without a cycle or a menu are not. `cycle_ids` are the cycles it comes from.
    """

    county_code: Code
    week_start: Day
    version: Version
    canteens: int = Field(ge=0, le=3000)
    cycle_ids: tuple[Id, ...] = Field(max_length=6000)
    lines: tuple[ForecastLine, ...] = Field(max_length=1000)
    forecast_at: Instant


class FoodWanted(Part):
    """A food that menus may use, and what the licensed market supplier takes for it, None where nobody knows."""

    food_code: Code
    reference_price_fen_per_kg: FenPerKg | None


@published(by="nutrition", aggregate="county-plan", key="planning_id")
class CountyPlanRequested(Event):
    """A county wants to plan a week with its farms: whoever buys tells what each food is worth, round by round.

    Each round of `MarginalPricesPublished` is answered by a `DemandDrafted` of every canteen and one `RoundDrafted`.
    After `most_rounds` rounds, or when no prices come until `wait_until` (told anew by each `RoundDrafted`), nutrition
    settles the week by itself. `CountyPlanEnded` ends it.
    """

    planning_id: Id
    county_code: Code
    week_start: Day
    canteen_ids: tuple[Id, ...] = Field(max_length=3000)
    foods: tuple[FoodWanted, ...] = Field(max_length=1000)
    most_rounds: Round
    wait_until: Instant
    requested_at: Instant


class DraftedLine(Part):
    """What a drafted menu would need of a food on a day, as bought; the store is looked at when a menu is published."""

    food_code: Code
    delivery_day: Day
    quantity_g: PositiveGrams


@published(by="nutrition", aggregate="draft", key="canteen_id")
class DemandDrafted(Event):
    """What a canteen would need for the best menu found for it at the prices of one round.

    A county's week is composed of one draft for each canteen. Of what a draft comes to, the less the better:
    (`shortfall_millipoints` + `taste_millipoints`) × `point_fen` / 1000 + the cost of its demand, in fen. The first is
    what its nutrition lacks, the second stands for dishes children like less. `cost_fen` is what the demand costs at
    the prices of the round; at these no menu of the canteen's class comes to less than `bound_fen`, None where
    nothing is proved.
    """

    planning_id: Id
    round: Round
    draft_id: Id
    canteen_id: Id
    county_code: Code
    week_start: Day
    demand: tuple[DraftedLine, ...] = Field(max_length=2000)
    shortfall_millipoints: Millipoints
    taste_millipoints: Millipoints
    point_fen: Fen
    cost_fen: Fen
    bound_fen: Fen | None
    drafted_at: Instant


@published(by="nutrition", aggregate="county-plan", key="planning_id")
class RoundDrafted(Event):
    """Every canteen of the county that can be planned at the prices of a round has told its draft: `drafts` of them.

    `without` are canteens for which no menu was found at these prices; their earlier drafts stand.
    """

    planning_id: Id
    round: Round
    drafts: int = Field(ge=0, le=3000)
    without: tuple[Id, ...] = Field(max_length=3000)
    wait_until: Instant
    drafted_at: Instant


class PlanOutcome(StrEnum):
    """How the planning of a county's week ended.

    SETTLED    at final prices
    BOUNDED    at the prices of the last round, as no final ones came
    ALONE      at offers and reference prices, as no prices came at all
    CANCELLED  by a person, without menus
    FAILED     without menus, for the reason told
    """

    SETTLED = "settled"
    BOUNDED = "bounded"
    ALONE = "alone"
    CANCELLED = "cancelled"
    FAILED = "failed"


@published(by="nutrition", aggregate="county-plan", key="planning_id")
class CountyPlanEnded(Event):
    """A county's week is planned, or will not be; prices for it are no longer answered."""

    planning_id: Id
    county_code: Code
    week_start: Day
    outcome: PlanOutcome
    rounds: int = Field(ge=0, le=100)
    menus: int = Field(ge=0, le=3000)
    reason: str = Field(max_length=500)
    ended_at: Instant
