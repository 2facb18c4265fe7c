"""Bodies and answers of the overrides' routes."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.foods.schemas import Source
from shared.fields import Code, Instant, Reason
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "county_code": "520628",
    "food_code": "cauliflower",
    "field": "vitamin_c_mg",
    "value": 61.5,
    "source": "county laboratory, report 12 of 2026 (fictional)",
}


class OverrideRow(Input):
    """One value of a food in one county: `field` is one of FoodRow's, null says that the value is not known there."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    county_code: Code
    food_code: Code
    field: Code
    value: JsonValue = Field(description="as FoodRow has it")
    source: Source


class Removal(Input):
    """Why a value is taken back."""

    reason: Reason = Field(examples=["the laboratory withdrew its report (fictional)"])


class OverrideRead(BaseModel):
    """A value that holds in a county."""

    county_code: str
    food_code: str
    field: str
    value: Any
    source: str
    version: int


class OverrideVersionRead(OverrideRead):
    """What a county said under one version; of a removal, `source` is the reason."""

    removed: bool
    said_at: Instant
