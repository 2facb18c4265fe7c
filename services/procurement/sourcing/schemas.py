"""Bodies of the sourcing routes."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from services.procurement.sourcing.against import Against
from services.procurement.sourcing.domain import Kind, Run, Status
from services.procurement.sourcing.reasons.choices import about_choice, about_shortfall
from services.procurement.sourcing.usecases import Account
from shared.fields import Code, Day
from shared.routing import Input


class RunRequest(Input):
    """Which county's week is to be sourced."""

    county_code: Code = Field(examples=["520628"])
    week_start: Day = Field(description="a Monday", examples=["2026-11-30"])


class RunQueued(BaseModel):
    """A run that waits for a replica to take it."""

    run_id: str
    status: Status


class CountyRun(RunQueued):
    """A county's run that waits."""

    county_code: str


class ProvinceRunRequest(Input):
    """Which week of all counties is to be sourced."""

    week_start: Day = Field(description="a Monday", examples=["2026-11-30"])


class ProvinceRuns(BaseModel):
    """The runs that were queued: one for each county with demand to source and no run under way."""

    items: list[CountyRun]


class RunRead(BaseModel):
    """A run: grams ordered, fen they cost, and the share of the cost expected to reach poor households (0–1).

    `premium_permille` is λ: what was paid at most for each fen that reaches them, in 1/1000 fen. `weighed_fen` is food,
    freight and stops as computed, `least_weighed_fen` the same without a premium, `gap_ppm` how far at most it lies
    above the best there can be, in 1/1,000,000; null until they are computed. A run of kind `exact` only compares;
    one of kind `again` orders what fell short when suppliers of many counties answered at once, without a new premium.
    """

    run_id: str
    county_code: str
    week_start: date
    kind: Kind
    status: Status
    progress_permille: int
    demand_lines: int
    allocations: int
    orders: int
    allocated_g: int
    cost_fen: int
    poor_share: float
    premium_permille: int | None
    weighed_fen: int | None
    least_weighed_fen: int | None
    gap_ppm: int | None
    error: str
    queued_at: datetime
    finished_at: datetime | None

    @classmethod
    def fields_of(cls, run: Run) -> dict[str, Any]:
        """Return the fields this answer has of a run."""
        share = run.poor_cost_fen / run.cost_fen if run.cost_fen else 0.0
        own = {name: getattr(run, name) for name in RunRead.model_fields if name != "poor_share"}
        return own | {"poor_share": round(share, 4)}

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the answer about a run."""
        return cls(**cls.fields_of(run))


class RunAccount(RunRead):
    """A run, and what it found nobody for."""

    lines_unmet: int
    unmet_g: int

    @classmethod
    def about(cls, account: Account) -> Self:
        """Return the answer about a run and its shortfalls."""
        return cls(**cls.fields_of(account.run), lines_unmet=account.lines_unmet, unmet_g=account.unmet_g)


class AllocationRead(BaseModel):
    """What a run ordered of one offer for one demand line, and why that offer."""

    line_id: str
    order_id: str
    canteen_id: str
    cooperative_id: str
    delivery_day: date
    food_code: str
    offer_id: str
    ordered_g: int
    price_fen_per_kg: int
    rank: int
    distance_m: int | None
    poor_share_permille: int
    text_en: str
    text_zh: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        said = about_choice(row.rank, row.price_fen_per_kg, row.poor_share_permille, row.distance_m)
        return cls(**row._mapping, text_en=said.en, text_zh=said.zh)


class AgainstRead(BaseModel):
    """What stood against so many offers; 0: said of the line as a whole."""

    code: Against
    offers: int


class ShortfallRead(BaseModel):
    """What a run found nobody for of one demand line, and why: what stood against the offers of its food."""

    demand_id: str
    canteen_id: str
    food_code: str
    delivery_day: date
    unmet_g: int
    why: list[AgainstRead]
    text_en: str
    text_zh: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        why = {Against(code): offers for code, offers in sorted(row.why.items())}
        said = about_shortfall(why)
        told = [AgainstRead(code=code, offers=offers) for code, offers in why.items()]
        return cls(**dict(row._mapping) | {"why": told}, text_en=said.en, text_zh=said.zh)
