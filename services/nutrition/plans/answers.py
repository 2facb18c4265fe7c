"""What people read of planning runs and plans."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.planning.problem import Unmendable
from services.nutrition.plans.domain import PlanStatus, ProofKind, RunStatus, Stage
from shared.fields import Day, Instant, Meal

CLASH_EXAMPLE: dict[str, JsonValue] = {
    "rule": "budget",
    "detail": "budget ¥4.10 a child and day; the cheapest menu that keeps everything else costs ¥4.63",
    "detail_zh": "预算每生每天¥4.10，满足其余规则的最便宜菜单需¥4.63",
    "field": "canteen_id",
    "proved": True,
    "dishes": [],
}
MENDING_EXAMPLE: dict[str, JsonValue] = {
    "words_zh": "每天纯牛奶：+¥2.00/生·天，钙 41 % → 68 %",
    "words_en": "Milk daily: +¥2.00 a child and day, calcium 41 % → 68 %",
    "target": "calcium_mg",
    "dish_code": "D01",
    "places": ["2026-11-30.lunch.dairy", "2026-12-01.lunch.dairy"],
    "value_before": 153.8,
    "value_after": 255.0,
    "share_before": 0.41,
    "share_after": 0.68,
    "met_before": 0.41,
    "met_after": 0.68,
    "cost_fen_per_day": 200,
    "over_budget_fen_per_day": 0,
}


class ClashRead(BaseModel):
    """A rule that leaves no menu, and where: a field of the request, a day's place, or a figure of the problem."""

    model_config = ConfigDict(json_schema_extra={"examples": [CLASH_EXAMPLE]})

    rule: str
    detail: str
    detail_zh: str = Field(default="", description="the same in Chinese, where the planner found the clash")
    field: str
    proved: bool = Field(default=True, description="certain that no menu keeps it with the others; else none was found")
    dishes: list[str] = Field(default=[], description="codes of the dishes named")


class DishPlanned(BaseModel):
    """A dish in its place."""

    slot: str
    dish_code: str
    version: int
    name_zh: str
    name_en: str


class MealPlanned(BaseModel):
    """A meal of a day."""

    meal: Meal
    dishes: list[DishPlanned]


class DayPlanned(BaseModel):
    """A day's meals, and what they cost for an average child (fen)."""

    day: Day
    cost_fen: int
    meals: list[MealPlanned]


class TargetMet(BaseModel):
    """What a menu holds of one target: the value, its share of what is asked, and the points it is missed by."""

    key: str
    name_zh: str
    name_en: str
    value: float
    low: float | None
    high: float | None
    share: float | None = Field(description="of the low bound, else of the high one")
    missed_points: float
    verified: str


class MenuPlanned(BaseModel):
    """One menu of a plan. Money is fen for an average child and school day; shares are of what is spent (0–1).

    `score` is the points of the objective, the less the better: `nutrition_points` and the `parts` make it up.
    """

    score: float
    nutrition_points: float
    parts: dict[str, float]
    cost_fen_per_day: int
    budget_fen_per_day: int
    poor_share: float
    local_share: float
    days: list[DayPlanned]
    targets: list[TargetMet]


class MendingRead(BaseModel):
    """The cheapest change found that lifts a missed target, in words and in figures.

    `over_budget_fen_per_day` above 0: the menu would then cost so much more than there is.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [MENDING_EXAMPLE]})

    words_zh: str
    words_en: str
    target: str
    dish_code: str | None
    places: list[str]
    value_before: float
    value_after: float
    share_before: float | None
    share_after: float | None
    met_before: float = Field(description="1 less the share of its bound by which it is missed, the mean of its units")
    met_after: float
    cost_fen_per_day: int
    over_budget_fen_per_day: int = Field(description="by how much the menu would cost more than there is")


class UnmendedRead(BaseModel):
    """A missed target that no other dish in one place, and no dish daily, lifts without worsening others by more."""

    words_zh: str
    words_en: str
    target: str
    reason: Unmendable
    worsens: str | None


class AnswerRead(BaseModel):
    """The planner's answer, proved by its checker. No menu can score below `bound`; `gap` is score / bound − 1.

    `proof` is what the bound rests on: a linear program's prices, which anybody can add up, or, where `proof_seconds`
    were asked for, those of as many cases as could be told apart in that time.

    `lambda_poor` is the ¥ of higher price each ¥ that reaches poor households was held worth. `left_out` says why each
    dish is in no menu; `beyond_offers_g` what the best menu needs beyond the canteen's share of what is on offer (g as
    bought), because no menu was possible with less.
    """

    menus: list[MenuPlanned]
    bound: float
    gap: float | None
    proof: ProofKind
    proof_seconds: float
    lambda_poor: float | None
    mendings: list[MendingRead]
    unmended: list[UnmendedRead]
    different_permille: int = Field(description="of the places with a choice; menus differ from one another in as many")
    left_out: dict[str, str]
    beyond_offers_g: dict[str, int]
    heads: int
    moves: int
    seconds: float


class PlanListed(BaseModel):
    """A plan without its answer; `draft_ids` are the drafts it became when it was taken."""

    plan_id: str
    run_id: str
    canteen_id: str
    county_code: str
    week_start: Day
    weeks: int
    status: PlanStatus
    queued_at: Instant
    clashes: list[ClashRead]
    taken: int | None
    taken_at: Instant | None
    draft_ids: list[str]


class PlanRead(PlanListed):
    """A plan: how far it is, and its answer. `inputs` says from what it was computed."""

    stage: Stage
    progress_permille: int
    error: str
    answer: AnswerRead | None
    inputs: dict[str, Any] | None


class RunRead(BaseModel):
    """How far a planning run is, and how many of its plans there are of each status."""

    run_id: str
    county_code: str
    week_start: Day
    weeks: int
    status: RunStatus
    stage: Stage
    progress_permille: int
    plans: dict[PlanStatus, int]
    asked: dict[str, Any]
    error: str
    queued_at: Instant
    finished_at: Instant | None
