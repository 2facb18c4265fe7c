"""Bodies and answers of the routes of meals served."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.leftovers.schemas import LeftoverRead
from services.nutrition.servings.domain import Consent, Eaters, eaters_of
from services.nutrition.temperatures.schemas import TemperatureInput, TemperatureRead
from shared.fields import AgeBand, Code, Day, Id, Instant, Meal, Reason
from shared.routing import Input

SERVING_EXAMPLE: dict[str, JsonValue] = {
    "canteen_id": "sch-520628-0001",
    "day": "2026-11-30",
    "meal": "lunch",
    "headcounts": {"12-14": 698},
    "cooked_by": ["cook-03"],
    "served_by": ["cook-03", "helper-11"],
    "temperatures": [{"dish_code": "V07", "core_c": 71.5, "measured_by": "cook-03"}],
}
Count = Annotated[int, Field(ge=0, le=50_000, description="people")]
People = Annotated[list[Id], Field(max_length=20, description="codes of people, never names")]


class ExpiredInput(Input):
    """Food past its day that the kitchen looked at and cooks all the same, and why; never food kept in the cold."""

    food_codes: list[Code] = Field(min_length=1, max_length=40)
    reason: Reason

    def consent(self) -> Consent:
        """Return what the kitchen says."""
        return Consent(tuple(self.food_codes), self.reason)


class EatersInput(Input):
    """How many ate: a number, or counts by age band, or both when they agree."""

    headcount: Annotated[int, Field(ge=1, le=50_000, description="people")] | None = None
    headcounts: dict[AgeBand, Count] | None = None

    def eaters(self) -> Eaters:
        """Return who ate; DomainError when nobody is named or the two disagree."""
        return eaters_of(self.headcount, self.headcounts)


class ServingInput(EatersInput):
    """A meal that was served to so many."""

    model_config = ConfigDict(json_schema_extra={"examples": [SERVING_EXAMPLE]})

    canteen_id: Id
    day: Day
    meal: Meal
    cooked_by: People = Field(default_factory=list)
    served_by: People = Field(default_factory=list)
    temperatures: list[TemperatureInput] = Field(default=[], max_length=40)
    expired: ExpiredInput | None = None


class CorrectionInput(EatersInput):
    """How many really ate, and why it was written down otherwise; after the month is closed the county corrects.

    Nobody (0) means that the meal never took place. Who corrects and approves is whose token it is; only a machine
    names them.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"headcount": 689, "reason": "two figures were swapped"}]}
    )

    headcount: Count | None = None
    reason: Reason
    corrected_by: Id | None = None
    approved_by: Id | None = None


class UsedRead(BaseModel):
    """Grams as bought taken from one lot; `lot_id` is null for food of unknown lot, `expired` food was past its day."""

    food_code: str
    lot_id: str | None
    quantity_g: int
    expired: bool = False


class ShortRead(BaseModel):
    """Grams as bought that were needed and not there; `expired_g` of them lay there past their day."""

    food_code: str
    short_g: int
    expired_g: int = 0


class ExpiredRead(BaseModel):
    """Food the kitchen was ready to cook past its day, and why."""

    food_codes: list[str]
    reason: str


class MealServedRead(BaseModel):
    """A meal that was served, as it stands, and what it took from the store."""

    meal_id: str
    version: int
    canteen_id: str
    menu_id: str
    menu_version: int
    day: Day
    meal: Meal
    planned_headcount: int
    headcount: int
    headcounts: dict[AgeBand, int] | None
    dish_codes: list[str]
    used: list[UsedRead]
    short: list[ShortRead]
    expired: ExpiredRead | None
    cooked_by: list[str]
    served_by: list[str]
    late: bool = Field(description="recorded after its day")
    served_at: Instant
    temperatures: list[TemperatureRead]


class CorrectionRead(BaseModel):
    """A version of a meal: why it is there, and the number it replaced."""

    version: int
    reason: str
    corrected_by: str | None
    approved_by: str | None
    corrected_at: Instant
    headcount_before: int
    headcounts_before: dict[AgeBand, int] | None
    used_before: list[UsedRead]
    short_before: list[ShortRead]


class MealRead(MealServedRead):
    """A meal with its corrections and what was left over; `leftovers` is null while nobody has weighed them."""

    corrections: list[CorrectionRead]
    leftovers: list[LeftoverRead] | None
