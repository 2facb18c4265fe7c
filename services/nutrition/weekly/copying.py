"""Copying a menu or a draft to another week, or to another canteen of the county."""

from collections.abc import Sequence
from datetime import date

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import check_monday
from services.nutrition.drafts import queries as drafts
from services.nutrition.drafts.domain import Draft, Origin
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Planned, Wish
from services.nutrition.weekly.domain import moved
from services.nutrition.weekly.making import Source, make_drafts
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork


async def copy_menu(uow: UnitOfWork, menu_id: str, week_start: date, canteen_id: str | None) -> Draft:
    """Make a draft of what a menu plans, as it stands, for everybody who will be enrolled. Raises NotFound."""
    menu = await menus.one(uow.session, menu_id)
    planned = await menus.meals(uow.session, menu_id, menu.version)
    meals = moved(_wishes(planned), _weeks(menu.week_start, week_start), with_headcounts=False)
    source = Source(Origin.COPY, menu_id, "", meals)
    return await _copy(uow, source, menu.canteen_id, canteen_id, week_start)


async def copy_draft(uow: UnitOfWork, draft_id: str, week_start: date, canteen_id: str | None) -> Draft:
    """Make a draft of another; its headcounts go with it where the canteen stays the same. Raises NotFound."""
    draft = await drafts.one(uow.session, draft_id)
    own = canteen_id in (None, draft.canteen_id)
    meals = moved(draft.content.meals, _weeks(draft.week_start, week_start), with_headcounts=own)
    source = Source(Origin.COPY, draft_id, draft.content.name, meals, draft.content.diets_apart)
    return await _copy(uow, source, draft.canteen_id, canteen_id, week_start)


async def _copy(uow: UnitOfWork, source: Source, from_id: str, canteen_id: str | None, week_start: date) -> Draft:
    to_id = canteen_id or from_id
    county = (await canteens.one(uow.session, from_id)).county_code
    other = (await canteens.one(uow.session, to_id, "canteen_id")).county_code
    if other != county:
        detail = f"{to_id} lies in county {other}, {from_id} in {county}: they cook from other libraries"
        raise DomainError("other-county", detail, field="canteen_id")
    return (await make_drafts(uow, source, [to_id], county, week_start)).only


def _wishes(planned: Sequence[Planned]) -> list[Wish]:
    return [
        Wish(place, meal.day, meal.meal, tuple(code for code, _ in meal.dishes)) for place, meal in enumerate(planned)
    ]


def _weeks(from_week: date, to_week: date) -> int:
    check_monday(to_week)
    return (to_week - from_week).days // 7
