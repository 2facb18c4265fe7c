"""Bodies and answers of the analyses' routes."""

from pydantic import BaseModel, ConfigDict, Field

from services.nutrition.drafts.schemas import DAYS_EXAMPLE, DraftMealInput
from services.nutrition.market.domain import PriceSource
from services.nutrition.standards.domain import Per, TargetKind
from shared.fields import Day, Id, Meal
from shared.routing import Input


class AnalysisInput(Input):
    """A week that is kept nowhere: for totals while somebody composes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"canteen_id": "sch-520628-0001", "week_start": "2026-11-30", "days": DAYS_EXAMPLE}]
        }
    )

    canteen_id: Id
    week_start: Day
    days: list[DraftMealInput] = Field(max_length=21)


class MetRead(BaseModel):
    """What the week gives of one target: mean of its days or meals; `share_permille` is of the least asked for."""

    key: str = Field(examples=["calcium_mg"])
    kind: TargetKind
    of: str
    per: Per
    low: float | None
    high: float | None
    value: float
    share_permille: int | None
    miss_permille: int
    lost_points: int = Field(description="of the score's 1000")
    unknown_permille: int = Field(description="of the eaten weight, whose value of the nutrient nobody knows")
    verified: str


class DaySpendingRead(BaseModel):
    """What an average child's meals of a day cost in fen, beside what there is to spend."""

    day: Day
    cost_fen: int
    local_fen: int
    poor_fen: int
    budget_fen: int
    over_budget: bool


class WarnedMeal(BaseModel):
    """A meal with what some must not eat: allergens, foods banned in school canteens, pupils whose diet it breaks."""

    day: Day
    meal: Meal
    allergens: list[str]
    banned_foods: list[str]
    diets_broken: dict[str, int] = Field(description="pupils by diet")


class AnalysisRead(BaseModel):
    """A week against its standard, for an average child of everybody enrolled, at the prices of now."""

    canteen_id: str
    week_start: Day
    standard_id: str
    score: int = Field(description="1000 less the lost points of all targets")
    targets: list[MetRead]
    days: list[DaySpendingRead]
    over_budget: bool = Field(description="the days together cost more than there is to spend on them")
    local_permille: int = Field(description="of the spending, to cooperatives of the county")
    poor_permille: int = Field(description="of the spending, expected to reach poor households")
    foods: list[str]
    out_of_season: list[str] = Field(description="farmed foods nobody around harvests then")
    priced_by: dict[PriceSource, int] = Field(description="foods by where their price comes from")
    unpriced: list[str] = Field(description="foods nobody has a price for: they count as free")
    meals: list[WarnedMeal]
