"""Bodies and answers of the routes of funding."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from shared.fields import Code, Day, Headcount, Id, Meal, Name
from shared.routing import Input

CLASS_EXAMPLE: dict[str, JsonValue] = {
    "class_code": "base-subsidy",
    "name_zh": "营养改善计划国家基础标准",
    "name_en": "National nutrition subsidy",
    "amounts": [
        {
            "valid_from": "2021-09-01",
            "valid_until": None,
            "amount_fen_per_pupil_day": 500,
            "meals": ["lunch"],
            "source": "5 yuan a pupil and school day since autumn 2021",
        }
    ],
}
COUNT_EXAMPLE: dict[str, JsonValue] = {
    "canteen_id": "sch-520628-0001",
    "class_code": "base-subsidy",
    "valid_from": "2026-09-01",
    "pupils": 711,
    "source": "enrolment list of the county's education bureau",
}


class AmountRow(Input):
    """What a class pays for a pupil and day, from a day until another, both included; without an end it goes on."""

    valid_from: Day
    valid_until: Day | None = None
    amount_fen_per_pupil_day: Annotated[int, Field(ge=1, le=100_000, description="fen")]
    meals: list[Meal] = Field(min_length=1, max_length=3, description="what it pays for")
    source: Name = Field(description="who decided so, and where that can be read")

    @field_validator("meals")
    @classmethod
    def _in_the_order_of_the_day(cls, meals: list[Meal]) -> list[Meal]:
        return [meal for meal in Meal if meal in meals]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until must not be before valid_from")
        return self


class FundingClassRow(Input):
    """A funding class with all its amounts, past and coming; no day has two."""

    model_config = ConfigDict(json_schema_extra={"examples": [CLASS_EXAMPLE]})

    class_code: Code
    name_zh: Name
    name_en: Name
    amounts: list[AmountRow] = Field(min_length=1, max_length=100)

    @field_validator("amounts")
    @classmethod
    def _no_overlap(cls, amounts: list[AmountRow]) -> list[AmountRow]:
        ordered = sorted(amounts, key=lambda amount: amount.valid_from)
        for before, after in pairwise(ordered):
            if before.valid_until is None or before.valid_until >= after.valid_from:
                raise ValueError(f"two amounts are valid on {after.valid_from}")
        return ordered


class FundingCountRow(Input):
    """How many pupils of a canteen a class pays for, from a day until the next count; 0 ends it. Never names."""

    model_config = ConfigDict(json_schema_extra={"examples": [COUNT_EXAMPLE]})

    canteen_id: Id
    class_code: Code
    valid_from: Day
    pupils: Headcount
    source: Name | None = Field(default=None, description="who counted, and where that can be read")


class AmountRead(BaseModel):
    """What a class pays for a pupil and day."""

    valid_from: Day
    valid_until: Day | None
    amount_fen_per_pupil_day: int
    meals: list[Meal]
    source: str


class FundingClassRead(BaseModel):
    """A funding class with its amounts."""

    class_code: str
    version: int
    name_zh: str
    name_en: str
    amounts: list[AmountRead]


class FundingCountRead(BaseModel):
    """How many pupils of a canteen a class pays for."""

    canteen_id: str
    class_code: str
    valid_from: Day
    pupils: int
    source: str | None


class BudgetPart(BaseModel):
    """What one payer gives on one day; `class_code` is null for the canteen's flat budget, where no class pays."""

    class_code: str | None
    name_zh: str | None
    name_en: str | None
    counted: int = Field(description="pupils reported in the class")
    pupils: int = Field(description="pupils it pays for: no more than are enrolled")
    amount_fen_per_pupil_day: int
    by_meal_fen: dict[Meal, int]
    fen: int


class BudgetDay(BaseModel):
    """What may be spent on the food of one day; a meal nobody pays for, or that is not served, is left out."""

    day: Day
    heads: int = Field(description="everybody enrolled")
    by_meal_fen: dict[Meal, int]
    fen: int
    mfen_per_head: int = Field(description="1/1000 fen, rounded down")
    parts: list[BudgetPart]


class BudgetRead(BaseModel):
    """What may be spent on a canteen's week, with its parts."""

    canteen_id: str
    week_start: Day
    fen: int
    days: list[BudgetDay]
