"""SQL of the drafts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from services.nutrition.canteens.queries import lies_in
from services.nutrition.drafts.domain import Content, Draft, DraftStatus, LeftEmpty, Origin
from services.nutrition.drafts.models import MenuDraft
from services.nutrition.menus.domain import Wish
from services.nutrition.tables import table_of
from shared.auth.finding import finder
from shared.database import Session
from shared.errors import NotFound
from shared.fields import AgeBand, Meal
from shared.routing import Paging

draft = table_of(MenuDraft)
tenants_of = finder(draft.c.draft_id, canteen=draft.c.canteen_id)


async def one(session: Session, draft_id: str, *, lock: bool = False) -> Draft:
    """Return a draft; locked, nobody else changes it until the end of the unit of work."""
    statement = select(draft).where(draft.c.draft_id == draft_id)
    row = (await session.execute(statement.with_for_update() if lock else statement)).first()
    if row is None:
        raise NotFound("menu-draft", draft_id)
    return _draft(row)


async def page(
    session: Session,
    paging: Paging,
    canteen_id: str | None,
    county_code: str | None,
    week_start: date | None,
    status: DraftStatus | None,
) -> list[Draft]:
    """Return drafts ordered by id, of a canteen, a county, a week, a status or all."""
    statement = select(draft).order_by(draft.c.draft_id).limit(paging.limit)
    if canteen_id is not None:
        statement = statement.where(draft.c.canteen_id == canteen_id)
    if county_code is not None:
        statement = statement.where(lies_in(draft.c.canteen_id, county_code))
    if week_start is not None:
        statement = statement.where(draft.c.week_start == week_start)
    if status is not None:
        statement = statement.where(draft.c.status == status.value)
    if paging.after is not None:
        statement = statement.where(draft.c.draft_id > paging.after)
    return [_draft(row) for row in (await session.execute(statement)).all()]


async def counts(session: Session, canteen_ids: Sequence[str], week_start: date) -> dict[str, int]:
    """Return how many drafts canteens have for a week; those that have none are left out."""
    of_week = (draft.c.week_start == week_start) & draft.c.canteen_id.in_(canteen_ids)
    statement = select(draft.c.canteen_id, func.count()).where(of_week).group_by(draft.c.canteen_id)
    return {canteen_id: int(n) for canteen_id, n in (await session.execute(statement)).all()}


async def insert_all(session: Session, new: Sequence[Draft]) -> None:
    """Insert drafts."""
    if new:
        await session.execute(insert(draft), [_row(one) for one in new])


async def save(session: Session, changed: Draft) -> None:
    """Write down a draft that was locked."""
    await session.execute(update(draft).where(draft.c.draft_id == changed.draft_id).values(_row(changed)))


async def remove(session: Session, draft_id: str) -> None:
    """Delete a draft that was locked."""
    await session.execute(delete(draft).where(draft.c.draft_id == draft_id))


def meal_rows(meals: Sequence[Wish]) -> list[dict[str, Any]]:
    """Return meals as they are kept."""
    return [
        {
            "day": wish.day.isoformat(),
            "meal": wish.meal.value,
            "dish_codes": list(wish.dish_codes),
            "headcounts": None if wish.headcounts is None else {band.value: n for band, n in wish.headcounts.items()},
        }
        for wish in meals
    ]


def meals_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Wish, ...]:
    """Return meals from how they are kept."""
    return tuple(
        Wish(
            place,
            date.fromisoformat(row["day"]),
            Meal(row["meal"]),
            tuple(row["dish_codes"]),
            None if row["headcounts"] is None else {AgeBand(band): n for band, n in row["headcounts"].items()},
        )
        for place, row in enumerate(rows)
    )


def _row(one: Draft) -> dict[str, Any]:
    names = ("draft_id", "canteen_id", "week_start", "version", "source_id", "menu_id", "created_at", "changed_at")
    return {name: getattr(one, name) for name in names} | {
        "status": one.status.value,
        "origin": one.origin.value,
        "name": one.content.name,
        "diets_apart": one.content.diets_apart,
        "meals": meal_rows(one.content.meals),
        "left_empty": [
            {
                "day": left.day.isoformat(),
                "meal": left.meal.value,
                "dish_code": left.dish_code,
                "rule": left.rule,
                "detail": left.detail,
            }
            for left in one.left_empty
        ],
    }


def _draft(row: Row[Any]) -> Draft:
    left = (dict(one) | {"day": date.fromisoformat(one["day"]), "meal": Meal(one["meal"])} for one in row.left_empty)
    return Draft(
        draft_id=row.draft_id,
        canteen_id=row.canteen_id,
        week_start=row.week_start,
        version=row.version,
        status=DraftStatus(row.status),
        origin=Origin(row.origin),
        source_id=row.source_id,
        content=Content(row.name, meals_of(row.meals), row.diets_apart),
        left_empty=tuple(LeftEmpty(**one) for one in left),
        menu_id=row.menu_id,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
