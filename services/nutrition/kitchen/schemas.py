"""Answers of the kitchen's routes."""

from pydantic import BaseModel, Field

from services.nutrition.kitchen.domain import Task
from services.nutrition.samples.domain import Alarm
from services.nutrition.samples.schemas import HoldRead
from services.nutrition.servings.schemas import ShortRead
from services.nutrition.temperatures.schemas import TemperatureRead
from shared.fields import AgeBand, Day, Instant, Meal


class LimitRead(BaseModel):
    """A number serving is judged by, and where it is from."""

    name: str
    value: int
    unit: str
    says: str
    source: str
    verified: bool = Field(description="whether somebody has read the source")


class BandRead(BaseModel):
    """What one age band gets of a dish, in g of raw edible food: each of them, and all together."""

    age_band: AgeBand
    eaters: int
    portion_g: int
    net_g: int


class PartRead(BaseModel):
    """Grams of a raw edible food in a dish."""

    food_code: str
    name_zh: str
    name_en: str
    net_g: int


class DishToCook(BaseModel):
    """A dish of a meal, in g of raw edible food; bands and ingredients each sum to `net_g`."""

    dish_code: str
    version: int
    name_zh: str
    name_en: str
    hot: bool = Field(description="served hot, so its core temperature is measured")
    net_g: int
    bands: list[BandRead]
    ingredients: list[PartRead]
    sampled: bool
    temperature: TemperatureRead | None = Field(description="the last one measured")


class Recorded(BaseModel):
    """What is on record of a meal that was served."""

    version: int
    headcount: int = Field(description="0 when the meal never took place")
    late: bool
    short: list[ShortRead]
    leftovers_weighed: bool


class MealToCook(BaseModel):
    """A meal of the day: what is planned, and what is on record; `served` is null until it is recorded."""

    meal_id: str
    meal: Meal
    menu_id: str
    planned_headcount: int
    planned_headcounts: dict[AgeBand, int]
    dishes: list[DishToCook]
    planned_g: dict[str, int] = Field(description="g as bought by food")
    served: Recorded | None
    logged: bool = Field(description="a leader ate and wrote of it")
    open_problems: int


class FoodToCook(BaseModel):
    """A food the day's meals need, in g as bought, and what lies in the store of it."""

    food_code: str
    name_zh: str
    name_en: str
    needed_g: int = Field(description="for all meals of the day")
    usable_g: int = Field(description="on hand, neither recalled nor past its day")
    recalled_g: int
    expired_g: int


class Timer(BaseModel):
    """A sample in the cold: until when, whether it may go now, what it is held for, what is wrong with its place."""

    sample_id: str
    day: Day
    meal: Meal
    dish_code: str
    place: str
    keep_until: Instant
    ready: bool
    held_for: list[HoldRead]
    alarm: Alarm | None


class TaskRead(BaseModel):
    """Something that is to be done; meal and dish where it is about one."""

    task: Task
    meal: Meal | None = None
    dish_code: str | None = None


class KitchenDay(BaseModel):
    """A canteen's day in one answer: what is cooked, of what, for whom; samples, log, store; what is to be done."""

    canteen_id: str
    name_zh: str
    name_en: str
    day: Day
    now: Instant
    meals: list[MealToCook]
    foods: list[FoodToCook]
    timers: list[Timer]
    tasks: list[TaskRead]
