"""The rules of a draft: it may be incomplete and break soft rules; once published it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.nutrition.menus.domain import Wish, check_each_once, check_in_week, check_week
from shared.errors import Conflict, StaleVersion
from shared.fields import Meal

MOST_DRAFTS = 50
"""Drafts of one canteen and week: enough to compare, few enough to look through."""


class DraftStatus(StrEnum):
    """How far a draft has got: nothing stands against a CHECKED one as it is; an edit makes it DRAFT again."""

    DRAFT = "draft"
    CHECKED = "checked"
    PUBLISHED = "published"


class Origin(StrEnum):
    """How a draft came about."""

    HAND = "hand"
    COPY = "copy"
    CYCLE = "cycle"
    TEMPLATE = "template"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class LeftEmpty:
    """A place somebody wanted filled and nothing could fill; `dish_code` None where the whole meal is left out."""

    day: date
    meal: Meal
    dish_code: str | None
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a draft says. `diets_apart` means that special diets are cooked for by themselves."""

    name: str
    meals: tuple[Wish, ...]
    diets_apart: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft; `source_id` is what it was made from, `menu_id` the menu it became.

    `version` counts what it says: checking or publishing it changes none of that.
    """

    draft_id: str
    canteen_id: str
    week_start: date
    version: int
    status: DraftStatus
    origin: Origin
    source_id: str | None
    content: Content
    left_empty: tuple[LeftEmpty, ...]
    menu_id: str | None
    created_at: datetime
    changed_at: datetime


def check_content(week_start: date, content: Content, now: datetime) -> None:
    """Whatever else is missing: a draft's meals lie in its week, each once, no dish twice in a meal."""
    check_week(week_start, now)
    check_each_once(content.meals)
    for wish in content.meals:
        check_in_week(week_start, wish)


def check_open(draft: Draft, expected_version: int | None) -> None:
    """A draft can be changed by whoever read its present version, until it is published."""
    if expected_version is not None and expected_version != draft.version:
        raise StaleVersion(expected_version, draft.version)
    if draft.status is DraftStatus.PUBLISHED:
        raise Conflict("draft-published", f"it was published as menu {draft.menu_id}; amend that")


def check_publishable(draft: Draft, expected_version: int | None) -> None:
    """A draft is published as it was checked."""
    check_open(draft, expected_version)
    if draft.status is not DraftStatus.CHECKED:
        raise Conflict("draft-unchecked", "it was edited or never checked; check it first")


def edited(draft: Draft, content: Content, now: datetime) -> Draft:
    """Return the draft with other content: unchecked, and with nothing left empty by whatever made it."""
    return replace(
        draft, version=draft.version + 1, status=DraftStatus.DRAFT, content=content, left_empty=(), changed_at=now
    )


def renumbered(meals: Sequence[Wish]) -> tuple[Wish, ...]:
    """Return meals numbered by where they stand."""
    return tuple(replace(wish, place=place) for place, wish in enumerate(meals))


def meals_by_place(meals: Sequence[Wish]) -> Mapping[tuple[date, Meal], Wish]:
    """Return meals by day and meal."""
    return {(wish.day, wish.meal): wish for wish in meals}
