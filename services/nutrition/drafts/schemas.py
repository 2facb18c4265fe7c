"""Bodies and answers of the drafts' routes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.drafts.domain import Content, Draft, DraftStatus, Origin
from services.nutrition.menus.domain import Wish
from services.nutrition.menus.schemas import EatersInput
from shared.fields import AgeBand, Code, Day, Id, Instant, Meal
from shared.routing import Input

DAYS_EXAMPLE: list[JsonValue] = [
    {"day": "2026-11-30", "meal": "lunch", "dish_codes": ["S01", "V07"]},
    {"day": "2026-12-01", "meal": "lunch", "dish_codes": []},
]
DraftName = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class DraftMealInput(EatersInput):
    """A meal of a draft; one without dishes is still to be thought of. Without headcounts everybody enrolled eats."""

    dish_codes: list[Code] = Field(max_length=20)


def wishes_of(days: list[DraftMealInput]) -> tuple[Wish, ...]:
    """Return the meals asked for, numbered by their place in the request."""
    return tuple(asked.wish(place, asked.dish_codes) for place, asked in enumerate(days))


class EditInput(Input):
    """What a draft says: the whole of it. `diets_apart`: special diets are cooked for by themselves."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "with more milk", "days": DAYS_EXAMPLE}]})

    name: DraftName = ""
    days: list[DraftMealInput] = Field(max_length=21)
    diets_apart: bool = False

    @property
    def content(self) -> Content:
        """What is said, numbered by its place in the request."""
        return Content(self.name, wishes_of(self.days), self.diets_apart)


class DraftInput(EditInput):
    """A draft of one canteen's menu for the week that starts on the Monday `week_start`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"canteen_id": "sch-520628-0001", "week_start": "2026-11-30", "days": DAYS_EXAMPLE}]
        }
    )

    canteen_id: Id
    week_start: Day


class DraftMealRead(BaseModel):
    """A meal of a draft; `headcounts` null are everybody enrolled."""

    day: Day
    meal: Meal
    dish_codes: list[str]
    headcounts: dict[AgeBand, int] | None


class LeftEmptyRead(BaseModel):
    """What could not be taken over when the draft was made, and by which rule; `dish_code` null is the whole meal."""

    day: Day
    meal: Meal
    dish_code: str | None
    rule: str
    detail: str


class DraftRead(BaseModel):
    """A draft with its meals; `source_id` names the menu, draft, cycle, template or plan it was made from."""

    draft_id: str
    canteen_id: str
    week_start: Day
    version: int
    status: DraftStatus
    origin: Origin
    source_id: str | None
    name: str
    diets_apart: bool
    days: list[DraftMealRead]
    left_empty: list[LeftEmptyRead]
    menu_id: str | None = Field(description="the menu it was published as")
    created_at: Instant
    changed_at: Instant


def read_of(draft: Draft) -> DraftRead:
    """Return a draft as people read it."""
    names = ("draft_id", "canteen_id", "week_start", "version", "status", "origin", "source_id", "menu_id")
    return DraftRead(
        **{name: getattr(draft, name) for name in names},
        name=draft.content.name,
        diets_apart=draft.content.diets_apart,
        days=[
            DraftMealRead(
                day=wish.day,
                meal=wish.meal,
                dish_codes=list(wish.dish_codes),
                headcounts=None if wish.headcounts is None else dict(wish.headcounts),
            )
            for wish in draft.content.meals
        ],
        left_empty=[
            LeftEmptyRead(day=one.day, meal=one.meal, dish_code=one.dish_code, rule=one.rule, detail=one.detail)
            for one in draft.left_empty
        ],
        created_at=draft.created_at,
        changed_at=draft.changed_at,
    )


class ObjectionRead(BaseModel):
    """One thing that stands against publishing: the rule, and where in the draft."""

    rule: str
    field: str | None
    detail: str


class CheckRead(BaseModel):
    """What stands against a draft; with nothing against it, it is checked and can be published."""

    draft: DraftRead
    objections: list[ObjectionRead]
