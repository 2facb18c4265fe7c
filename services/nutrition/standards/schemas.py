"""Answers of the standards' routes."""

from datetime import date

from pydantic import BaseModel, Field

from services.nutrition.standards.domain import Per, TargetKind
from services.nutrition.standards.files import StandardFile
from shared.fields import Meal


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
    """What a standard asks of the meals a canteen serves, weighted by who eats there."""

    standard_id: str
    canteen_id: str
    meals: list[Meal]
    pupils: int
    targets: list[TargetRead]
