"""What the planner can be asked."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from services.nutrition.planning.diets import FROM_PERMILLE
from services.nutrition.plans.domain import (
    ALTERNATIVES,
    MOST_CANTEENS,
    MOST_PROOF_SECONDS,
    MOST_SEED,
    MOST_WEEKS,
    Effort,
)
from shared.fields import Code, Day, Id, Meal
from shared.routing import Input

PLANNED_ON_PERMILLE = 900
ASK_EXAMPLE: dict[str, JsonValue] = {
    "canteen_id": "sch-520628-0001",
    "week_start": "2026-11-30",
    "pins": [{"day": "2026-12-02", "meal": "lunch", "dish_code": "M07"}],
    "excluded_dishes": ["X19"],
    "weights": {"cost": 1, "poor": 0.5, "local": 0.1, "rating": 0.2, "keep": 0},
    "seed": 7,
}
BATCH_EXAMPLE: dict[str, JsonValue] = {
    "canteen_ids": ["sch-520628-0001", "sch-520628-0002"],
    "week_start": "2026-11-30",
    "only_offered": True,
}
Weight = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False, description="points")]
DishCodes = Annotated[list[Code], Field(max_length=500)]


class PinInput(Input):
    """A dish that must stand in a meal: in the place `slot`, else in the first that suits it."""

    day: Day
    meal: Meal
    dish_code: Code
    slot: Code | None = None


class WeightsInput(Input):
    """What counts how many points beside nutrition, whose targets have the standard's weights.

    `poor / cost` is λ: ¥ of higher price worth paying for each ¥ that reaches poor households; `local / cost` the same
    for what stays in the county.
    """

    cost: Weight = 1.0
    poor: Weight = 0.5
    local: Weight = 0.1
    rating: Weight = 0.2
    keep: Weight = 0.0

    @model_validator(mode="after")
    def _nothing_is_worth_more_than_it_costs(self) -> Self:
        if self.poor + self.local > self.cost:
            raise ValueError("poor and local together are at most cost: else spending would earn points")
        return self


class Wanted(Input):
    """What one canteen or many can ask for.

    It is planned for everybody enrolled; who takes a menu with `headcount: "forecast"` gets it for those expected to
    come.
    `only_offered`: each food is on offer in the county, due under a contract or in the canteen's store, nothing comes
    from the market.
    `planned_on_permille` of what is on offer is planned on, for not every promise is kept.
    `diets_from_permille`: a special diet that so many of the pupils keep is kept by the whole menu.
    `epsilon_permille` asks for the largest share to poor households at a cost at most so much above the least.
    `alternatives` are clearly different menus beside the best. `effort`: a quick plan tries fewer menus, a thorough
    one more. The same seed, effort and facts give the same answer, proved by a linear program. `proof_seconds` above
    0 asks for a tighter proof, searched so long for each canteen; it may find a better menu, and as it is cut by the
    clock it may end differently another time.
    """

    week_start: Day
    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS)] = 1
    excluded_dishes: DishCodes = Field(default=[])
    weights: WeightsInput = WeightsInput()
    only_offered: bool = False
    planned_on_permille: Annotated[int, Field(ge=100, le=1000)] = PLANNED_ON_PERMILLE
    diets_from_permille: Annotated[int, Field(ge=1, le=1000)] = FROM_PERMILLE
    epsilon_permille: Annotated[int, Field(ge=0, le=200)] | None = None
    effort: Effort = Effort.THOROUGH
    alternatives: Annotated[int, Field(ge=0, le=ALTERNATIVES)] = ALTERNATIVES
    proof_seconds: Annotated[int, Field(ge=0, le=MOST_PROOF_SECONDS)] = 0
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 1


class PlanRequest(Wanted):
    """A plan for one canteen; it stays near `previous_plan_id` by the weight `keep`."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASK_EXAMPLE]})

    canteen_id: Id
    pins: list[PinInput] = Field(default=[], max_length=200)
    previous_plan_id: Id | None = None


class BatchRequest(Wanted):
    """Plans for canteens of one county, which share what is on offer there; at most 1,000 at a time."""

    model_config = ConfigDict(json_schema_extra={"examples": [BATCH_EXAMPLE]})

    canteen_ids: list[Id] = Field(min_length=1, max_length=MOST_CANTEENS)
    effort: Effort = Effort.QUICK

    @field_validator("canteen_ids")
    @classmethod
    def _each_once(cls, canteen_ids: list[str]) -> list[str]:
        if len(set(canteen_ids)) < len(canteen_ids):
            raise ValueError("each canteen once")
        return canteen_ids


class Asked(Wanted):
    """What is kept of a request: everything but for whom."""

    pins: list[PinInput] = Field(default=[])
    previous_plan_id: Id | None = None


class TakeInput(Input):
    """Which menu of a plan is wanted: 0 the best, 1 and 2 the alternatives.

    With `headcount: "forecast"` its meals are for those the attendance forecast expects today, else, as it was planned,
    for everybody enrolled.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"alternative": 0, "headcount": "forecast"}]})

    alternative: Annotated[int, Field(ge=0, le=2)] = 0
    headcount: Literal["forecast"] | None = None


class PlanQueued(BaseModel):
    """A plan that waits for a replica to take its run."""

    plan_id: str
    canteen_id: str


class RunQueued(BaseModel):
    """A run that waits for a replica to take it, with the plan it will make for each canteen."""

    run_id: str
    plans: list[PlanQueued]
