"""Bodies of the routes of rules."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from services.procurement.sourcing.rules.domain import Rules
from shared.fields import Code, Day, Permille, PositiveGrams, Reason, TemperatureClass
from shared.routing import Input

Weight = Annotated[int, Field(ge=1000, le=3000)]
Premium = Annotated[int, Field(ge=0, le=4000, description="1/1000 fen for each fen that reaches poor households")]


class RulesIn(Input):
    """The rules of a county from a day on, until its next ones; none can be set for days that have begun."""

    valid_from: Day = Field(examples=["2027-03-01"])
    tolerance_permille: Permille = Field(
        examples=[20], description="what reaching poor households may cost above the least cost, in 1/1000"
    )
    share_target_permille: Permille = Field(
        examples=[400], description="of the money for food, to reach poor households"
    )
    target_tolerance_permille: Permille = Field(
        examples=[30], description="what it may cost while the target is missed; not less than the tolerance"
    )
    most_premium_permille: Premium = Field(examples=[1000])
    reach_m: int = Field(
        ge=0, le=2_000_000, examples=[150_000], description="m, how far away an offer of another county may be"
    )
    stop_cost_fen: int = Field(
        ge=0, le=1_000_000, examples=[2000], description="fen, what a cooperative's stop at a school weighs"
    )
    freight_fen_per_tonne_km: int = Field(
        ge=0, le=100_000, examples=[100], description="fen, what carrying a tonne a kilometre weighs"
    )
    source: Reason = Field(examples=["county document 2027-3"], description="who decided so, and where it can be read")
    handling_g_per_day: PositiveGrams | None = Field(
        default=None, examples=[3_000_000], description="g, what a cooperative can deliver in a day"
    )
    household_cap_fen: Annotated[int, Field(gt=0, le=10**9)] | None = Field(
        default=None, examples=[2_000_000], description="fen, what a household may earn from schools in the season"
    )
    season_from: Day | None = Field(default=None, examples=["2027-03-01"])
    season_until: Day | None = Field(default=None, examples=["2027-07-15"])
    priority_permille: dict[Code, Weight] = Field(
        default_factory=dict,
        max_length=20,
        examples=[{"resettled": 1500}],
        description="by priority group: what a fen to its poor households counts, in 1/1000",
    )

    household_floor_fen: Annotated[int, Field(gt=0, le=10**9)] | None = Field(
        default=None, examples=[600_000], description="fen; who has earned less in the season is preferred"
    )
    floor_permille: Weight = Field(
        default=1500, examples=[1500], description="what a fen to households below the floor counts, in 1/1000"
    )
    suppliers_per_week: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, examples=[6], description="cooperatives that bring to a school in a week, at most"
    )
    whole_packs: bool = Field(default=False, description="a line is split between offers where a pack ends")
    class_reach_m: dict[TemperatureClass, Annotated[int, Field(gt=0, le=2_000_000)]] = Field(
        default_factory=dict,
        examples=[{"frozen": 60_000}],
        description="m, how far food of a temperature class may travel as the crow flies, own county or not",
    )
    school_budgets: bool = Field(
        default=False,
        examples=[True],
        description="a school's orders of a week cost no more than its menu says there is to spend; what that does not"
        " buy is unmet",
    )

    def rules(self, county_code: str, now: datetime) -> Rules:
        """Return the rules."""
        return Rules(county_code=county_code, set_at=now, **self.model_dump())


class RulesRead(BaseModel):
    """Rules in force from a day on; `valid_from` null: the rules that hold where a county has set none."""

    county_code: str
    valid_from: date | None
    tolerance_permille: int
    share_target_permille: int
    target_tolerance_permille: int
    most_premium_permille: int
    reach_m: int
    stop_cost_fen: int
    freight_fen_per_tonne_km: int
    source: str
    handling_g_per_day: int | None
    household_cap_fen: int | None
    season_from: date | None
    season_until: date | None
    priority_permille: dict[str, int]
    household_floor_fen: int | None
    floor_permille: int
    suppliers_per_week: int | None
    whole_packs: bool
    class_reach_m: dict[str, int]
    school_budgets: bool
    set_at: datetime | None

    @classmethod
    def of(cls, rules: Rules) -> Self:
        """Return the answer about rules."""
        return cls(**asdict(rules))
