"""What people read of menus."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.nutrition.menus import queries
from services.nutrition.menus.domain import Menu, Planned, stage_of
from services.nutrition.menus.schemas import (
    LineRead,
    MenuListed,
    MenuRead,
    MenuTold,
    VersionListed,
    VersionRead,
)
from services.nutrition.servings import queries as servings
from shared.errors import DomainError
from shared.events.nutrition import Demand
from shared.fields import Meal
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

Recorded = Mapping[tuple[date, Meal], str]


def _head(menu: Menu, meals: Sequence[Planned] = (), recorded: Recorded | None = None) -> dict[str, object]:
    head = {name: getattr(menu, name) for name in Menu.__slots__}
    return head | {"status": stage_of(menu, meals, recorded or {})}


def _listed(meal: Planned, recorded: Recorded) -> dict[str, object]:
    return {
        "day": meal.day,
        "meal": meal.meal,
        "headcount": meal.headcount,
        "headcounts": meal.headcounts,
        "dishes": [{"dish_code": code, "version": version} for code, version in meal.dishes],
        "meal_id": recorded.get((meal.day, meal.meal)),
    }


def _meal(meal: Planned, recorded: Recorded) -> dict[str, object]:
    return {**_listed(meal, recorded), "planned_g": meal.planned_g}


def told(menu: Menu, demand: list[Demand]) -> MenuTold:
    """Return a menu as the others are told of it: just published, amended or withdrawn."""
    return MenuTold.model_validate({**_head(menu), "demand": demand})


async def list_menus(
    uow: UnitOfWork, paging: Paging, canteen_id: str | None, week_start: date | None, county_code: str | None
) -> list[MenuListed]:
    """Return a page of menus with their meals, withdrawn ones too."""
    found = await queries.page(
        uow.session,
        paging.limit,
        after=paging.after,
        canteen_id=canteen_id,
        week_start=week_start,
        county_code=county_code,
    )
    recorded = await servings.of_menus(uow, [menu for menu, _ in found])
    return [_menu(menu, meals, recorded[menu.menu_id]) for menu, meals in found]


def _menu(menu: Menu, meals: Sequence[Planned], recorded: Recorded) -> MenuListed:
    # Validated once, as plain values: models made of models cost several times as much.
    days = [_listed(meal, recorded) for meal in meals]
    return MenuListed.model_validate({**_head(menu, meals, recorded), "days": days})


async def read_menu(uow: UnitOfWork, menu_id: str) -> MenuRead:
    """Return a menu as it stands, and its history."""
    menu = await queries.one(uow.session, menu_id)
    meals = await queries.meals(uow.session, menu_id, menu.version)
    recorded = (await servings.of_menus(uow, [menu]))[menu_id]
    days = [_meal(meal, recorded) for meal in meals]
    versions = [VersionListed(**row._mapping) for row in await queries.history(uow.session, menu_id)]
    return MenuRead.model_validate({**_head(menu, meals, recorded), "days": days, "versions": versions})


async def read_version(uow: UnitOfWork, menu_id: str, version: int) -> VersionRead:
    """Return a menu as it was under a version."""
    menu, row = await queries.one(uow.session, menu_id), await queries.told(uow.session, menu_id, version)
    recorded = (await servings.of_menus(uow, [menu]))[menu_id]
    days = [_meal(meal, recorded) for meal in await queries.meals(uow.session, menu_id, version)]
    return VersionRead.model_validate({**row._mapping, "days": days})


def cursor_of(line: LineRead) -> str:
    """Return where a page of demand lines ended."""
    return f"{line.delivery_day}:{line.food_code}"


async def list_lines(uow: UnitOfWork, menu_id: str, paging: Paging) -> list[LineRead]:
    """Return a page of a menu's demand lines as they stand; the cursor is `day:food`."""
    await queries.one(uow.session, menu_id)
    lines = await queries.lines_page(uow.session, menu_id, paging.limit, _place(paging.after))
    names = LineRead.model_fields
    return [LineRead.model_validate({name: getattr(line, name) for name in names}) for line in lines]


def _place(after: str | None) -> tuple[date, str] | None:
    if after is None:
        return None
    day, _, food = after.partition(":")
    try:
        return date.fromisoformat(day), food
    except ValueError as error:
        raise DomainError("cursor", "after is what `next` named", field="after") from error
