"""Answers of the routes of planning with the farms."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, JsonValue

from services.procurement.joint import domain
from services.procurement.joint.domain import JointPlan, Status
from services.procurement.joint.steps import Next
from services.procurement.rows import row_of
from shared.events.nutrition import PlanOutcome
from shared.fields import Instant

EXAMPLE: dict[str, JsonValue] = {
    "planning_id": "01935e3a-7c00-7000-8000-000000000003",
    "county_code": "520628",
    "week_start": "2026-11-30",
    "status": "done",
    "canteens": 212,
    "most_rounds": 8,
    "round": 5,
    "progress_permille": 1000,
    "premium_permille": 640,
    "gap_ppm": 81000,
    "cost_change": -0.0124,
    "poor_share_change": 0.0361,
    "shortfall_change_millipoints": -4,
    "cost_fen": 41208800,
    "first_cost_fen": 41726200,
    "poor_share": 0.4612,
    "first_poor_share": 0.4251,
    "weighed_fen": 55101200,
    "first_weighed_fen": 56002300,
    "outcome": "settled",
    "menus": 212,
    "reason": "",
    "wait_until": "2026-11-23T01:40:00Z",
    "requested_at": "2026-11-23T01:30:00Z",
    "ended_at": "2026-11-23T01:31:10Z",
}


class JointPlanListed(BaseModel):
    """How far planning a county's week with its farms is, and what it gains against menus first.

    Menus first are everybody's drafts of the first round, made at what offers cost before anybody knows what is scarce,
    and supplied as well as it can be done. `cost_change` is by which share the whole menus chosen cost more (below 0:
    less), `poor_share_change` by how much the share reaching poor households differs (0.01: a percentage point),
    `shortfall_change_millipoints` what a canteen's menu lacks more. `weighed_fen` counts money, nutrition and taste
    together, with `premium_permille` (λ, 1/1000 fen for each fen that reaches poor households) taken off: by that
    nothing worse than menus first is ever chosen. `gap_ppm` is how far at most it lies above the best there can be, in
    1/1,000,000. Null is not yet known. `outcome` and `menus` are what nutrition made of it.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    planning_id: str
    county_code: str
    week_start: date
    status: Status
    canteens: int
    most_rounds: int
    round: int
    progress_permille: int
    premium_permille: int | None
    gap_ppm: int | None
    cost_change: float | None
    poor_share_change: float | None
    shortfall_change_millipoints: int | None
    cost_fen: int | None
    first_cost_fen: int | None
    poor_share: float | None
    first_poor_share: float | None
    weighed_fen: int | None
    first_weighed_fen: int | None
    outcome: PlanOutcome | None
    menus: int | None
    reason: str
    wait_until: Instant
    requested_at: Instant
    ended_at: Instant | None

    @classmethod
    def fields_of(cls, plan: JointPlan) -> dict[str, Any]:
        """Return the fields this answer has of a plan."""
        gain = domain.gain_of(plan)
        own = [name for name in JointPlanListed.model_fields if name not in gain]
        return row_of(plan, own) | gain

    @classmethod
    def of(cls, plan: JointPlan) -> Self:
        """Return the answer about a plan."""
        return cls(**cls.fields_of(plan))


class JointRoundRead(BaseModel):
    """A round: when its prices were told, how many drafts came, and how good a week can be made of all so far.

    `unsettled_ppm` is how much another round could still better if nobody found better drafts at the same prices.
    """

    round: int
    final: bool
    told_at: Instant
    foods: int
    drafts: int | None
    premium_permille: int | None
    weighed_fen: int | None
    bound_fen: int | None
    gap_ppm: int | None
    unsettled_ppm: int | None
    taken_at: Instant | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields if name != "foods"}, foods=len(row.prices))


class JointPlanRead(JointPlanListed):
    """A plan with its rounds."""

    rounds: list[JointRoundRead]

    @classmethod
    def about(cls, plan: JointPlan, rounds: Iterable[Any]) -> Self:
        """Return the answer about a plan and its rounds."""
        return cls(**cls.fields_of(plan), rounds=[JointRoundRead.of(row) for row in rounds])


class WorthRead(BaseModel):
    """What one more kilogram of a food is worth in a round; `market_fen_per_kg` is what the market takes.

    Of what the next kilogram costs, 1/1000 reach poor households and stay in the county; `left_g` is offered and not
    asked for, null where nobody offers it.
    """

    food_code: str
    price_fen_per_kg: int
    market_fen_per_kg: int | None
    poor_permille: int
    local_permille: int
    left_g: int | None

    @classmethod
    def of(cls, food_code: str, worth: Next, market_fen_per_kg: int | None) -> Self:
        """Return the answer about a food."""
        return cls(
            food_code=food_code,
            price_fen_per_kg=worth.fen,
            market_fen_per_kg=market_fen_per_kg,
            poor_permille=worth.poor_permille,
            local_permille=worth.local_permille,
            left_g=worth.left_g,
        )


class DraftRead(BaseModel):
    """A draft told by nutrition; when the plan is done only those chosen are left, one for each canteen."""

    draft_id: str
    canteen_id: str
    round: int
    shortfall_millipoints: int

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**row._mapping)
