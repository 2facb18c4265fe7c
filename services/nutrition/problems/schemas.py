"""Bodies and answers of the routes of problems."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.nutrition.problems.domain import Kind, State
from services.nutrition.samples.schemas import SampleRead
from services.nutrition.servings.schemas import UsedRead
from shared.fields import Code, Day, Id, Instant, Meal
from shared.routing import Input

Said = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True, pattern=r"^[^\x00]+$")]


class ProblemInput(Input):
    """A problem with a meal, or with one dish of it; names and numbers of people do not belong into `said`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "canteen_id": "sch-520628-0001",
                    "day": "2026-11-30",
                    "meal": "lunch",
                    "dish_code": "V07",
                    "kind": "foreign_body",
                    "said": "a piece of plastic in the cauliflower",
                    "people_affected": 1,
                }
            ]
        }
    )

    canteen_id: Id
    day: Day
    meal: Meal
    dish_code: Code | None = None
    kind: Kind
    said: Said
    people_affected: Annotated[int, Field(ge=1, le=50_000, description="people")] | None = None


class AnswerInput(Input):
    """What the canteen or the county says to it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"answer": "the sieve was torn and has been replaced", "answered_by": "county-7"}]
        }
    )

    answer: Said
    answered_by: Id


class ClosingInput(Input):
    """What came of it; from then on the meal's samples may go when their time is over."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "the sample was tested and is clean", "closed_by": "county-7"}]}
    )

    outcome: Said
    closed_by: Id


class ProblemListed(BaseModel):
    """A problem and how far it has got."""

    problem_id: str
    meal_id: str
    canteen_id: str
    county_code: str
    day: Day
    meal: Meal
    dish_code: str | None
    kind: Kind
    said: str
    people_affected: int | None
    state: State
    reported_at: Instant
    answer: str | None
    answered_by: str | None
    answered_at: Instant | None
    outcome: str | None
    closed_by: str | None
    closed_at: Instant | None


class ProblemRead(ProblemListed):
    """A problem with what its meal was cooked from (empty while it is not on record) and the samples kept of it."""

    headcount: int | None = Field(description="who ate, null while the meal is not on record")
    used: list[UsedRead]
    samples: list[SampleRead]
