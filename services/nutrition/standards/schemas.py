"""Bodies and answers of the standards' routes."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.canteens.schemas import HeadcountRow
from services.nutrition.standards.domain import Per, TargetKind
from services.nutrition.standards.files import EquivalentRow, StandardFile
from shared.fields import Day, Meal
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "headcounts": [
        {"age_band": "6-8", "sex": "m", "pupils": 60},
        {"age_band": "6-8", "sex": "f", "pupils": 55},
        {"age_band": "9-11", "sex": "m", "pupils": 70},
    ],
    "meals": ["lunch"],
}


class StandardListed(BaseModel):
    """A standard, without its numbers."""

    standard_id: str = Field(examples=["wst554-2017"])
    name_zh: str
    name_en: str
    country: str
    in_force_from: date
    meals: list[Meal]


class HoleRead(BaseModel):
    """Why a file was not taken: where in it, and the rule it breaks."""

    file: str
    path: str
    rule: str
    detail: str


class StandardsRead(BaseModel):
    """The standards there are, and the files that could not be read as one."""

    items: list[StandardListed]
    refused: list[HoleRead]


class StandardRead(StandardFile):
    """A standard as its file says it, every number with its state of verification."""


class RequirementQuery(Input):
    """Who eats which meals; `day` is that of numbers that change with time, today when it is left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    headcounts: list[HeadcountRow] = Field(max_length=100)
    meals: list[Meal] = Field(max_length=3)
    day: Day | None = None
    school_days: Annotated[int, Field(ge=0, le=7, description="of the week")] = 5


class TargetRead(BaseModel):
    """One number a menu is judged by, for an average child; null is no bound on that side."""

    key: str = Field(examples=["calcium_mg"])
    kind: TargetKind
    of: str
    per: Per
    low: float | None
    high: float | None
    weight: float
    verified: str


class RequirementRead(BaseModel):
    """What a standard asks of the meals a canteen serves, weighted by who eats there; `banned` foods not at all."""

    standard_id: str
    canteen_id: str | None
    meals: list[Meal]
    pupils: int
    targets: list[TargetRead]
    banned: list[str]


class EquivalentRead(BaseModel):
    """How a food counts in one standard: in `group` with 1/1000 of its raw edible weight, null in none.

    `rows` are those of the standard's own table that are about it: `item_g` of the item stand for `anchor_g` of the
    anchor, as it is weighed.
    """

    standard_id: str
    group: str | None
    permille: int | None
    rows: list[EquivalentRow]
    verified: str


class FoodEquivalents(BaseModel):
    """What a food stands for, standard by standard."""

    food_code: str
    items: list[EquivalentRead]
