"""Bodies and answers of everything that draws drafts from weeks without a date."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.drafts.domain import Draft
from services.nutrition.drafts.schemas import LeftEmptyRead
from services.nutrition.weekly.domain import Slot
from services.nutrition.weekly.making import Made
from shared.fields import Code, Day, Id, Meal
from shared.routing import Input

SLOTS_EXAMPLE: list[JsonValue] = [
    {"weekday": 1, "meal": "lunch", "dish_codes": ["S01", "V07"]},
    {"weekday": 2, "meal": "lunch", "dish_codes": ["S02", "V11"]},
]


class SlotInput(Input):
    """A meal of a weekday with its dishes."""

    weekday: Annotated[int, Field(ge=1, le=7, description="1 is Monday, 6 and 7 serve make-up days")]
    meal: Meal
    dish_codes: list[Code] = Field(min_length=1, max_length=20)

    @property
    def slot(self) -> Slot:
        """The meal as the rules know it."""
        return Slot(self.weekday, self.meal, tuple(self.dish_codes))


class SlotRead(BaseModel):
    """A meal of a weekday, 1 for Monday, with its dishes."""

    weekday: int
    meal: Meal
    dish_codes: list[str]


def slots_read(rows: list[dict[str, Any]]) -> list[SlotRead]:
    """Return meals by weekday from how they are kept."""
    return [SlotRead.model_validate(row) for row in rows]


class DraftingInput(Input):
    """For which week drafts are made, and by whom; without canteens by all the week is meant for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"week_start": "2026-11-30"}]})

    week_start: Day
    canteen_ids: Annotated[list[Id], Field(min_length=1, max_length=1000)] | None = None


class MadeRead(BaseModel):
    """A draft that was made, and what its canteen could not take over."""

    draft_id: str
    canteen_id: str
    meals: int
    left_empty: list[LeftEmptyRead]


class WithoutRead(BaseModel):
    """A canteen no draft was made for, and by which rule."""

    canteen_id: str
    rule: str
    detail: str


class DraftsMade(BaseModel):
    """The drafts that were made of a week, and the canteens that have none."""

    week_start: Day
    drafts: list[MadeRead]
    without: list[WithoutRead]


def drafts_made(week_start: Day, made: Made) -> DraftsMade:
    """Return what was made as people read it."""
    return DraftsMade(
        week_start=week_start,
        drafts=[_made(draft) for draft in made.drafts],
        without=[
            WithoutRead(canteen_id=one, rule=refused.rule, detail=refused.detail) for one, refused in made.without
        ],
    )


def _made(draft: Draft) -> MadeRead:
    left = [
        LeftEmptyRead(day=one.day, meal=one.meal, dish_code=one.dish_code, rule=one.rule, detail=one.detail)
        for one in draft.left_empty
    ]
    meals = len(draft.content.meals)
    return MadeRead(draft_id=draft.draft_id, canteen_id=draft.canteen_id, meals=meals, left_empty=left)
