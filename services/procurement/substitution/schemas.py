"""Bodies of the routes of substitutions. Examples are fictional."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from services.procurement.rows import row_of
from services.procurement.substitution.domain import Status, Substitution
from shared.errors import DomainError
from shared.fields import Code, Day, Meal, Name, Reason
from shared.routing import Input


class Question(Input):
    """Which county's week is short."""

    county_code: Code = Field(examples=["520628"])
    week_start: Day = Field(examples=["2026-11-30"])


class SwapIn(Input):
    """A proposed dish, in the place of one that needs what is missing."""

    meal: Meal
    instead_of: Code
    dish_code: Code


class SubstitutionApproval(Input):
    """The dishes, or the food, an official chose among those proposed.

    Without `swaps` or `food_code` the best of each dish, or the best food where no dish was proposed.
    """

    official: Name = Field(examples=["李主任（虚构）"])
    reason: Reason = Field(examples=["nobody has cabbage after the frost"])
    swaps: Annotated[list[SwapIn], Field(min_length=1, max_length=100)] | None = Field(
        default=None, examples=[[{"meal": "lunch", "instead_of": "cabbage_soup", "dish_code": "radish_soup"}]]
    )
    food_code: Code | None = Field(default=None, description="another food in the dishes that need the missing one")

    @property
    def chosen(self) -> dict[tuple[str, str], str] | None:
        """The choice by (meal, dish replaced). Raises DomainError for a dish replaced twice."""
        if self.swaps is None:
            return None
        if self.food_code is not None:
            raise DomainError("dishes-or-food", "other dishes are served, or another food is cooked", field="food_code")
        chosen = {(swap.meal.value, swap.instead_of): swap.dish_code for swap in self.swaps}
        if len(chosen) < len(self.swaps):
            raise DomainError("dish-twice", "a dish is replaced once", field="swaps")
        return chosen


class SubstitutionRefusal(Input):
    """The official who refuses what was proposed, and why."""

    official: Name = Field(examples=["李主任（虚构）"])
    reason: Reason = Field(examples=["the children would not eat it"])


class ProposedRead(BaseModel):
    """A dish in the place of another: what it does to the week's score, and to the cost of a child's day in fen."""

    meal: Meal
    instead_of: str
    dish_code: str
    name_zh: str
    name_en: str
    score_change: int
    more_fen: int
    over_budget: bool


class FoodProposedRead(BaseModel):
    """A food in the place of the missing one, in the dishes it is needed for.

    `edible_permille` is edible g of it for 1000 edible g of the other; `needed_g` and `available_g` (null: nobody
    limits it) are as bought. `worst_target` loses most by it, `worst_permille` of what is asked of the week.
    """

    food_code: str
    name_zh: str
    name_en: str
    dish_codes: list[str]
    edible_permille: int
    needed_g: int
    available_g: int | None
    price_fen_per_kg: int
    score_change: int
    worst_target: str
    worst_permille: int
    more_fen: int


class SubstitutionRead(BaseModel):
    """What nobody had, what is proposed to be served instead, and what became of it.

    With `county_unmet_g` a sourcing run asked for a whole county: a food approved is cooked by all who lack the other.
    """

    substitution_id: str
    demand_id: str
    canteen_id: str
    county_code: str
    food_code: str
    delivery_day: date
    unmet_g: int
    status: Status
    asked_at: datetime
    menu_id: str | None
    menu_version: int | None
    dishes: list[ProposedRead]
    foods: list[FoodProposedRead]
    chosen_food: str | None
    county_unmet_g: int | None
    reason: str
    official: str
    decided_at: datetime | None

    @classmethod
    def of(cls, one: Substitution) -> Self:
        """Return the answer about a substitution."""
        names = [name for name in cls.model_fields if name not in ("dishes", "foods")]
        dishes: list[Any] = [ProposedRead.model_validate(dict(dish)) for dish in one.dishes]
        foods: list[Any] = [FoodProposedRead.model_validate(dict(food)) for food in one.foods]
        return cls(**row_of(one, names), dishes=dishes, foods=foods)


class Asked(BaseModel):
    """What was newly asked."""

    items: list[SubstitutionRead]
