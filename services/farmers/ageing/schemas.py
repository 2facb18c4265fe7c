"""Answers about households that wait. By pseudonym only."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel, Field
from sqlalchemy import Row

from services.farmers.ageing.domain import BUCKETS
from shared.fields import Code, Fen, Headcount, Id


class BucketRead(BaseModel):
    """What waits for so many days, `from_day` to `until_day`, both included; the last bucket has no end."""

    from_day: int
    until_day: int | None
    households: Headcount
    amount_fen: Fen


class AgeingTotals(BaseModel):
    """All who wait. A household may stand in several buckets; their fen sum to `amount_fen`, corrections deducted."""

    households: Headcount
    amount_fen: Fen
    buckets: list[BucketRead]

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return what is shown of the sums."""
        values = row._mapping
        buckets = [
            BucketRead(
                from_day=bucket.from_day,
                until_day=bucket.until_day,
                households=values[f"households_{n}"],
                amount_fen=values[f"fen_{n}"],
            )
            for n, bucket in enumerate(BUCKETS)
        ]
        return cls(households=row.households, amount_fen=row.amount_fen, buckets=buckets)


class WaitingRead(BaseModel):
    """A household whose cooperative has its money: since when, for how many settlements, how much, by bucket."""

    cooperative_id: Id
    household_id: Id
    poor: bool = Field(description="as its status is today")
    since: date
    waiting_days: int
    settlements: int
    amount_fen: Fen
    buckets_fen: list[Fen]

    @classmethod
    def of(cls, row: Row[Any], day: date) -> Self:
        """Return what is shown of a household on a day."""
        values = dict(row._mapping)
        fen = [values[f"bucket_{n}"] for n in range(len(BUCKETS))]
        return cls(**values, waiting_days=(day - row.since).days, buckets_fen=fen)


class AgeingList(BaseModel):
    """Who waits, the longest first; `next` is the `after` of the next page, null on the last one."""

    on: date
    county_code: Code | None
    cooperative_id: Id | None
    totals: AgeingTotals
    items: list[WaitingRead]
    next: str | None
