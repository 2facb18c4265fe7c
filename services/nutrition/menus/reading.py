"""What people read of menus."""

from datetime import date

from services.nutrition.menus import queries
from services.nutrition.menus.domain import Menu, Planned
from services.nutrition.menus.schemas import (
    DishServed,
    LineRead,
    MealListed,
    MealRead,
    MenuListed,
    MenuRead,
    MenuTold,
    VersionListed,
    VersionRead,
)
from shared.errors import DomainError
from shared.events.nutrition import Demand
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


def _head(menu: Menu) -> dict[str, object]:
    return {name: getattr(menu, name) for name in Menu.__slots__}


def _listed(meal: Planned) -> MealListed:
    dishes = [DishServed(dish_code=code, version=version) for code, version in meal.dishes]
    return MealListed(
        day=meal.day, meal=meal.meal, headcount=meal.headcount, headcounts=dict(meal.headcounts), dishes=dishes
    )


def _meal(meal: Planned) -> MealRead:
    return MealRead(**dict(_listed(meal)), planned_g=dict(meal.planned_g))


def told(menu: Menu, demand: list[Demand]) -> MenuTold:
    """Return a menu as the others are told of it."""
    return MenuTold.model_validate({**_head(menu), "demand": demand})


async def list_menus(
    uow: UnitOfWork, paging: Paging, canteen_id: str | None, week_start: date | None
) -> list[MenuListed]:
    """Return a page of menus with their meals, withdrawn ones too."""
    menus = await queries.page(uow.session, paging.limit, paging.after, canteen_id, week_start)
    meals = await queries.meals_of(uow.session, [(menu.menu_id, menu.version) for menu in menus]) if menus else {}
    return [
        MenuListed.model_validate({**_head(menu), "days": [_listed(meal) for meal in meals.get(menu.menu_id, [])]})
        for menu in menus
    ]


async def read_menu(uow: UnitOfWork, menu_id: str) -> MenuRead:
    """Return a menu as it stands, and its history."""
    menu = await queries.one(uow.session, menu_id)
    days = [_meal(meal) for meal in await queries.meals(uow.session, menu_id, menu.version)]
    versions = [VersionListed(**row._mapping) for row in await queries.history(uow.session, menu_id)]
    return MenuRead.model_validate({**_head(menu), "days": days, "versions": versions})


async def read_version(uow: UnitOfWork, menu_id: str, version: int) -> VersionRead:
    """Return a menu as it was under a version."""
    row = await queries.told(uow.session, menu_id, version)
    days = [_meal(meal) for meal in await queries.meals(uow.session, menu_id, version)]
    return VersionRead(**row._mapping, days=days)


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
