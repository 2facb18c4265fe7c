"""Answers about income. Months are those of the delivery days."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from shared.fields import Fen, Grams, Headcount, Id


class HouseholdMonth(BaseModel):
    """What a household earned in a month, for accepted grams of its lots."""

    model_config = ConfigDict(from_attributes=True)

    month: str = Field(examples=["2026-12"])
    settlements: int
    accepted_g: Grams
    amount_fen: Fen


class HouseholdIncomeRead(BaseModel):
    """A household's income by month; `next` is the `after` of the next page, null on the last one."""

    household_id: Id
    items: list[HouseholdMonth]
    next: str | None


class CooperativeMonth(BaseModel):
    """What a cooperative earned in a month: amount_fen = cooperative_fen + households_fen."""

    month: str = Field(examples=["2026-12"])
    settlements: int
    amount_fen: Fen
    cooperative_fen: Fen
    households_fen: Fen
    poor_households_fen: Fen
    households: Headcount
    households_g: Grams


class CooperativeIncomeRead(BaseModel):
    """A cooperative's income by month; `next` is the `after` of the next page, null on the last one."""

    cooperative_id: Id
    items: list[CooperativeMonth]
    next: str | None


def cooperative_months(settled: Sequence[Row[Any]], parts: Mapping[str, Row[Any]]) -> list[CooperativeMonth]:
    """Return a cooperative's months from what was settled and what its households got of it."""
    return [_cooperative_month(row, parts.get(row.month)) for row in settled]


def _cooperative_month(row: Row[Any], part: Row[Any] | None) -> CooperativeMonth:
    return CooperativeMonth(
        month=row.month,
        settlements=row.settlements,
        amount_fen=int(row.amount_fen),
        cooperative_fen=int(row.cooperative_fen),
        households_fen=int(row.amount_fen - row.cooperative_fen),
        poor_households_fen=int(part.poor_households_fen) if part else 0,
        households=part.households if part else 0,
        households_g=int(part.households_g) if part else 0,
    )
