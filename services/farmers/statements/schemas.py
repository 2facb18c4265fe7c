"""Answers about statements. Households by pseudonym only; money in fen, weights in g."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from services.farmers.income.domain import PartState
from services.farmers.statements.usecases import CooperativeShown, PartShown
from shared.fields import Code, Fen, FenPerKg, GramsChange, Headcount, Id, PayoutMethod

MonthText = Field(examples=["2026-12"])


class Totals(BaseModel):
    """What was earned, and how far it has come: amount_fen = paid_fen + waiting_fen + awaiting_cooperative_fen.

    `waiting_fen` is what the cooperative has and its households have not; `awaiting_cooperative_fen` what it was not
    paid itself.
    """

    model_config = ConfigDict(from_attributes=True)

    accepted_g: GramsChange
    amount_fen: Fen
    paid_fen: Fen
    waiting_fen: Fen
    awaiting_cooperative_fen: Fen


class LineShown(BaseModel):
    """A household's grams and fen of an order line and a lot (signed in a correction); null what is not known."""

    model_config = ConfigDict(from_attributes=True)

    line_id: Id | None
    food_code: Code | None
    lot_id: Id | None
    harvest_day: date | None
    accepted_g: GramsChange
    price_fen_per_kg: FenPerKg | None
    amount_fen: Fen


class PartRead(BaseModel):
    """A household's part of a settlement; its lines sum to it. A correction is a part of its own, with its sign.

    `waiting_days` are since the delivery while the cooperative awaits the money, then since it was paid.
    """

    settlement_id: Id
    order_id: Id
    canteen_id: Id
    cooperative_id: Id
    delivery_day: date
    poor: bool = Field(description="whether the household counted as poor at a harvest it is for")
    accepted_g: GramsChange
    amount_fen: Fen
    state: PartState
    waiting_days: int | None
    cooperative_paid_on: date | None
    payout_id: Id | None
    paid_on: date | None
    method: PayoutMethod | None
    lines: list[LineShown]

    @classmethod
    def of(cls, shown: PartShown, day: date) -> Self:
        """Return what is shown of a part on a day."""
        values = dict(shown.row._mapping) | {"state": shown.state, "waiting_days": days(shown.since, day)}
        return cls(**values, lines=[LineShown.model_validate(line) for line in shown.lines])


class HouseholdStatement(BaseModel):
    """A household's parts by delivery day; `next` is the `after` of the next page, null on the last one."""

    household_id: Id
    first_month: str = MonthText
    last_month: str = MonthText
    on: date
    totals: Totals
    items: list[PartRead]
    next: str | None


class HouseholdSums(Totals):
    """What a household earned with a cooperative, and since how many days the oldest of it waits there."""

    household_id: Id
    poor: bool = Field(description="whether it counted as poor at one of the harvests")
    waiting_days: int | None

    @classmethod
    def of(cls, row: Row[Any], day: date) -> Self:
        """Return what is shown of a household on a day."""
        return cls(**dict(row._mapping) | {"poor": bool(row.poor), "waiting_days": days(row.waiting_since, day)})


class CooperativeTotals(Totals):
    """What a cooperative's households earned; `own_fen` is the cooperative's own, for its own production base."""

    households: Headcount
    poor_households: Headcount
    poor_households_fen: Fen
    own_fen: Fen
    own_paid_fen: Fen
    settled_fen: Fen = Field(description="own_fen + amount_fen")


class CooperativeStatement(BaseModel):
    """A cooperative's households by id; `next` is the `after` of the next page, null on the last one."""

    cooperative_id: Id
    first_month: str = MonthText
    last_month: str = MonthText
    on: date
    totals: CooperativeTotals
    items: list[HouseholdSums]
    next: Id | None


def totals_of(shown: CooperativeShown) -> CooperativeTotals:
    """Return a cooperative's sums with its own part."""
    own, settled_fen = dict(shown.own._mapping), shown.own.own_fen + shown.totals.amount_fen
    return CooperativeTotals(**dict(shown.totals._mapping), **own, settled_fen=settled_fen)


class VillageSums(CooperativeTotals):
    """What the households of a village's cooperatives earned; `village` is empty where nobody named it."""

    town_code: Code
    village: str
    cooperatives: int
    waiting_days: int | None

    @classmethod
    def of_village(cls, row: Row[Any], own_fen: int, own_paid_fen: int, day: date) -> Self:
        """Return what is shown of a village on a day."""
        own = {"own_fen": own_fen, "own_paid_fen": own_paid_fen, "settled_fen": own_fen + row.amount_fen}
        return cls(**dict(row._mapping) | own | {"waiting_days": days(row.waiting_since, day)})


class VillageStatements(BaseModel):
    """A county's villages by town and name; `next` is the `after` of the next page, null on the last one."""

    county_code: Code
    first_month: str = MonthText
    last_month: str = MonthText
    on: date
    items: list[VillageSums]
    next: str | None


def days(since: date | None, day: date) -> int | None:
    """Return for how many days somebody waits, None for who does not."""
    return None if since is None else (day - since).days
