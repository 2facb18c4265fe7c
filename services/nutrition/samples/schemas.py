"""Bodies and answers of the routes of samples."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.limits import SAMPLE_MOST_G
from services.nutrition.samples.domain import Alarm, HoldKind, State
from shared.fields import Celsius, Code, Day, Id, Instant, Meal, Reason, Text
from shared.routing import Input

T = TypeVar("T")
EXAMPLE: dict[str, JsonValue] = {
    "canteen_id": "sch-520628-0001",
    "day": "2026-11-30",
    "meal": "lunch",
    "place": "sample-fridge-1",
    "temperature_c": 4.2,
    "taken_by": "cook-03",
    "samples": [
        {"dish_code": "S01", "quantity_g": 130},
        {"dish_code": "V07", "quantity_g": 90, "not_enough": "the last class took what was left"},
    ],
}


class SampleRow(Input):
    """Grams of a dish; fewer than the rule asks for only with `not_enough`."""

    dish_code: Code
    quantity_g: Annotated[int, Field(ge=1, le=SAMPLE_MOST_G.value, description="g")]
    not_enough: Reason | None = None


class SamplesInput(Input):
    """Samples of a meal that were put into one place at one time; `taken_at` left out is now."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    canteen_id: Id
    day: Day
    meal: Meal
    place: Code
    temperature_c: Celsius = Field(description="°C of the place")
    taken_by: Id
    taken_at: Instant | None = None
    remark: Text = ""
    samples: list[SampleRow] = Field(min_length=1, max_length=40)


class DiscardInput(Input):
    """Samples whose time is over."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"sample_ids": ["4b1c7c9e-7d0a-5c55-9b0e-1f2a3b4c5d6e"], "discarded_by": "cook-03"}]
        }
    )

    sample_ids: list[Id] = Field(min_length=1, max_length=200)
    discarded_by: Id


class HandOverInput(Input):
    """Who takes a sample to test it, and what for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"handed_to": "county-lab-2", "handed_by": "cook-03", "reason": "pupils felt sick"}]
        }
    )

    handed_to: Id
    handed_by: Id
    reason: Reason


class ReadingInput(Input):
    """How cold a place for samples is; `measured_at` left out is now. Too warm or frozen needs a remark."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "canteen_id": "sch-520628-0001",
                    "place": "sample-fridge-1",
                    "temperature_c": 5.0,
                    "measured_by": "cook-03",
                }
            ]
        }
    )

    canteen_id: Id
    place: Code
    temperature_c: Celsius
    measured_by: Id
    measured_at: Instant | None = None
    remark: Text = ""


class ReadingRead(BaseModel):
    """How cold a place was, in °C."""

    canteen_id: str
    place: str
    measured_at: Instant
    temperature_c: float
    alarm: Alarm | None
    remark: str
    measured_by: str


class HoldRead(BaseModel):
    """A recalled lot or a problem report a sample is kept for."""

    kind: HoldKind
    id: str


class SampleRead(BaseModel):
    """A sample; until `keep_until`, and as long as it is held, it must not be discarded."""

    sample_id: str
    meal_id: str
    canteen_id: str
    day: Day
    meal: Meal
    dish_code: str
    quantity_g: int
    not_enough: str | None
    place: str
    temperature_c: float
    remark: str
    taken_by: str
    taken_at: Instant
    late: bool = Field(description="written down after its day")
    keep_until: Instant
    state: State
    held_for: list[HoldRead]
    ended_at: Instant | None
    ended_by: str | None
    handed_to: str | None
    handed_for: str | None


class BadlyKept(BaseModel):
    """A sample whose place was too warm or too cold when it was looked at last."""

    sample: SampleRead
    alarm: Alarm
    latest_c: float
    measured_at: Instant


class MissingSample(BaseModel):
    """A dish that was served and of which nobody kept a sample."""

    meal_id: str
    canteen_id: str
    day: Day
    meal: Meal
    dish_code: str


class Some(BaseModel, Generic[T]):
    """The first of `total`."""

    total: int
    items: list[T]


class DueRead(BaseModel):
    """What is to be done about samples now: those kept longest come first."""

    now: Instant
    discardable: Some[SampleRead]
    held: Some[SampleRead]
    out_of_range: Some[BadlyKept]
    missing: Some[MissingSample]
    waiting: int = Field(description="samples whose time is not over")
    next_at: Instant | None = Field(description="when the next of them may go")
