"""The answer about days."""

from datetime import date

from pydantic import BaseModel, Field


class DaysNear(BaseModel):
    """The last day before, and the first after, on which there is something; None where there is none."""

    before: date | None = Field(examples=["2026-11-27"])
    after: date | None = Field(examples=["2026-12-01"])
