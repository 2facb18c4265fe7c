"""Bodies and answers of the analyses' routes."""

from pydantic import BaseModel, ConfigDict, Field

from services.nutrition.analysis.comparing import How
from services.nutrition.drafts.schemas import DAYS_EXAMPLE, DraftMealInput
from services.nutrition.market.domain import PriceSource
from services.nutrition.menus.schemas import DishServed, VersionListed
from services.nutrition.standards.domain import Per, TargetKind
from shared.fields import AgeBand, Day, Id, Instant, Meal
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
    """What an average child's meals of a day cost in fen, beside what there is to spend.

    A published menu costs what its foods cost when it was told; `cost_now_fen` is what they cost now.
    """

    day: Day
    cost_fen: int
    cost_now_fen: int
    local_fen: int
    poor_fen: int
    budget_fen: int
    over_budget: bool
    shares_permille: dict[str, int] = Field(
        description="by nutrient that is known, of the least asked for, what this day alone gives; "
        "a week is judged by its mean day"
    )


class WarnedMeal(BaseModel):
    """A meal with what some must not eat: allergens, foods banned in school canteens, pupils whose diet it breaks."""

    day: Day
    meal: Meal
    allergens: list[str]
    banned_foods: list[str]
    diets_broken: dict[str, int] = Field(description="pupils by diet")


class AnalysisRead(BaseModel):
    """A week against its standard, for an average child of everybody enrolled, at the prices of now.

    A menu is judged as it was published: for those it is made for, at the prices of that day (`priced_at`).
    """

    canteen_id: str
    week_start: Day
    standard_id: str
    score: int = Field(description="1000 less the lost points of all targets")
    targets: list[MetRead]
    days: list[DaySpendingRead]
    dishes_fen: dict[str, int] = Field(
        description="a portion of each dish, at what the days are reckoned with: those of a day make up its cost"
    )
    over_budget: bool = Field(description="the days together cost more than there is to spend on them")
    priced_at: Instant | None = Field(description="when the menu was told, at whose prices it is judged; null is now")
    local_permille: int = Field(description="of the spending, to cooperatives of the county")
    poor_permille: int = Field(description="of the spending, expected to reach poor households")
    foods: list[str]
    out_of_season: list[str] = Field(description="farmed foods nobody around harvests then")
    priced_by: dict[PriceSource, int] = Field(description="foods by where their price comes from")
    unpriced: list[str] = Field(description="foods nobody has a price for: they count as free")
    meals: list[WarnedMeal]


class LiftRead(BaseModel):
    """A dish that would lift what the week lacks, put into a meal, in the place of another dish where one is named.

    All of it is an average child's, over the whole week, judged anew with the dish in its place.
    """

    day: Day
    meal: Meal
    dish_code: str
    instead_of: str | None
    value: float = Field(description="of the nutrient on the mean day, afterwards")
    miss_permille: int = Field(description="of what is asked, afterwards")
    more_fen: int = Field(description="it costs more; below 0 it saves")
    permille_per_fen: float | None = Field(description="of what is asked, mended per fen; null where it costs none")
    score: int
    over_budget: bool = Field(description="the day then costs more than there is to spend")


class LiftsRead(BaseModel):
    """The nutrient whose lack costs the most points, and what of the library mends the most of it for each fen.

    Each dish stands there once, in its best place; changes that lower the score are left out.
    """

    score: int
    lacking: MetRead | None = Field(description="null where no nutrient is lacking")
    lifts: list[LiftRead]


class LackRead(BaseModel):
    """The nutrient whose lack costs the most points, on the mean day of an average child."""

    key: str
    low: float
    value: float = Field(description="of what is known; what is unknown counts as nothing")
    miss_permille: int
    unknown_permille: int = Field(description="of the eaten weight, whose value of the nutrient nobody knows")


class OverviewRead(BaseModel):
    """A menu judged in short, for those it is made for, at the prices of now.

    Where the canteen's standard has nothing to judge it by, `unjudged` names the rule, and the figures are null.
    """

    menu_id: str
    canteen_id: str
    version: int
    score: int | None
    cost_fen_per_day: int | None = Field(description="an average child's meals, the mean of the menu's days")
    local_permille: int | None = Field(description="of the spending, to cooperatives of the county")
    poor_permille: int | None = Field(description="of the spending, expected to reach poor households")
    lacking: LackRead | None = Field(description="null where no nutrient is lacking, or nothing was judged")
    out_of_season: list[str]
    unjudged: str | None = Field(default=None, description="the rule for which nobody can judge it, else null")


class MealSide(BaseModel):
    """A meal under one version."""

    headcount: int
    headcounts: dict[AgeBand, int]
    dishes: list[DishServed]


class MealChanged(BaseModel):
    """A meal with other dishes, other versions of them or other eaters."""

    day: Day
    meal: Meal
    how: How
    before: MealSide | None
    after: MealSide | None


class LineChanged(BaseModel):
    """A demand line with other grams as bought; 0 where there is none."""

    delivery_day: Day
    food_code: str
    gross_g_before: int
    gross_g_after: int
    quantity_g_before: int
    quantity_g_after: int


class CostCompared(BaseModel):
    """Fen at the prices of now: an average child's week, and all the food of the demand lines."""

    per_child_fen_before: int
    per_child_fen_after: int
    demand_fen_before: int
    demand_fen_after: int
    unpriced: list[str] = Field(description="foods nobody has a price for: they count as free")


class TargetCompared(BaseModel):
    """What the week gives of a target, before and after; null where there is no meal at all."""

    key: str
    value_before: float | None
    value_after: float | None
    miss_permille_before: int | None
    miss_permille_after: int | None


class DifferencesRead(BaseModel):
    """What is not what it was from one version of a menu to another, and why."""

    menu_id: str
    from_version: int
    to_version: int
    why: list[VersionListed]
    meals: list[MealChanged]
    demand: list[LineChanged]
    cost: CostCompared
    score_before: int | None
    score_after: int | None
    targets: list[TargetCompared] = Field(description="those that changed")
