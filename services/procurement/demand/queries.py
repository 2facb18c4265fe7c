"""All SQL of demand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update

from services.procurement.demand.domain import Line, Menu
from services.procurement.demand.models import demand_line, exclusion, menu
from services.procurement.rows import in_order, row_of
from services.procurement.tables import insert_into
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_LINE_NAMES = [field.name for field in fields(Line)]
_LINE = [demand_line.c[name] for name in _LINE_NAMES]
_MENU_NAMES = [field.name for field in fields(Menu)]
_MENU = [menu.c[name] for name in _MENU_NAMES]

Window = tuple[date | None, date | None]
"""The first and the last delivery day that are looked at, None: any."""


async def menu_for_update(uow: UnitOfWork, unheard: Menu) -> Menu:
    """Lock and return what was heard of a menu, `unheard` when this is the first of it."""
    await uow.session.execute(insert_into(uow, menu).values(row_of(unheard, _MENU_NAMES)).on_conflict_do_nothing())
    present = select(*_MENU).where(menu.c.menu_id == unheard.menu_id).with_for_update()
    return Menu(*(await uow.session.execute(present)).one())


async def save_menu(session: Session, heard: Menu) -> None:
    """Write what was heard of a menu."""
    await session.execute(update(menu).where(menu.c.menu_id == heard.menu_id).values(row_of(heard, _MENU_NAMES)))


async def menus_of(session: Session, canteen_ids: Iterable[str], first: date, last: date) -> list[Menu]:
    """Return what was heard of the menus of canteens for weeks that begin from `first` to `last`."""
    weeks, found = menu.c.week_start.between(first, last), []
    for ids in in_order(canteen_ids):
        rows = await session.execute(select(*_MENU).where(weeks, menu.c.canteen_id.in_(ids)))
        found += [Menu(*row) for row in rows]
    return found


async def any_line(session: Session, canteen_id: str, first: date, last: date) -> bool:
    """Whether a canteen has demand lines from `first` to `last`."""
    days = demand_line.c.delivery_day.between(first, last)
    statement = select(demand_line.c.demand_id).where(demand_line.c.canteen_id == canteen_id, days).limit(1)
    return await session.scalar(statement) is not None


async def week_for_update(session: Session, canteen_id: str, first: date, last: date) -> dict[str, Line]:
    """Lock and return a canteen's demand lines from `first` to `last`, by id."""
    days = demand_line.c.delivery_day.between(first, last)
    return await _lock(session, demand_line.c.canteen_id == canteen_id, days)


async def lines_for_update(session: Session, demand_ids: Iterable[str]) -> dict[str, Line]:
    """Lock and return these demand lines, by id; everybody locks them in this order."""
    lines: dict[str, Line] = {}
    for ids in in_order(demand_ids):
        lines |= await _lock(session, demand_line.c.demand_id.in_(ids))
    return lines


async def _lock(session: Session, *where: ColumnElement[bool]) -> dict[str, Line]:
    statement = select(*_LINE).where(*where).order_by(demand_line.c.demand_id).with_for_update()
    return {row[0]: Line(*row) for row in await session.execute(statement)}


async def add_lines(session: Session, lines: Sequence[Line]) -> None:
    """Add demand lines."""
    if lines:
        await session.execute(insert(demand_line), [row_of(line, _LINE_NAMES) for line in lines])


async def save_lines(session: Session, lines: Sequence[Line]) -> None:
    """Write demand lines that were locked."""
    if lines:
        written = [row_of(line, _LINE_NAMES[1:], id=line.demand_id) for line in lines]
        await session.execute(update(demand_line).where(demand_line.c.demand_id == bindparam("id")), written)


async def lines_to_source(
    session: Session, county_code: str, first: date, last: date, *, unmet_too: bool
) -> list[Line]:
    """Return a county's lines of these days that wait, and those that went short before when `unmet_too`."""
    needed = demand_line.c.open_g + demand_line.c.unmet_g if unmet_too else demand_line.c.open_g
    statement = select(*_LINE).where(
        demand_line.c.county_code == county_code, demand_line.c.delivery_day.between(first, last), needed > 0
    )
    return [Line(*row) for row in await session.execute(statement.order_by(demand_line.c.demand_id))]


async def displaced_lines(session: Session, county_code: str, first: date, last: date) -> list[Line]:
    """Return a county's lines of these days that wait because an offer they were ordered from cannot bring them."""
    given_up = select(exclusion.c.demand_id).where(exclusion.c.demand_id == demand_line.c.demand_id)
    statement = select(*_LINE).where(
        demand_line.c.county_code == county_code,
        demand_line.c.delivery_day.between(first, last),
        demand_line.c.open_g > 0,
        given_up.exists(),
    )
    return [Line(*row) for row in await session.execute(statement.order_by(demand_line.c.demand_id))]


async def lines_by_id(session: Session, demand_ids: Iterable[str]) -> list[Line]:
    """Return these demand lines."""
    lines: list[Line] = []
    for ids in in_order(demand_ids):
        rows = await session.execute(select(*_LINE).where(demand_line.c.demand_id.in_(ids)))
        lines += [Line(*row) for row in rows]
    return lines


async def exclude(uow: UnitOfWork, pairs: Iterable[tuple[str, str]], now: datetime) -> None:
    """Note that these demand lines do not go back to these offers: (demand_id, offer_id)."""
    rows = [{"demand_id": line, "offer_id": offer, "excluded_at": now} for line, offer in sorted(set(pairs))]
    if rows:
        await uow.session.execute(insert_into(uow, exclusion).on_conflict_do_nothing(), rows)


async def excluded(session: Session, demand_ids: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return which (demand_id, offer_id) among these lines are excluded."""
    pairs: set[tuple[str, str]] = set()
    for ids in in_order(demand_ids):
        statement = select(exclusion.c.demand_id, exclusion.c.offer_id).where(exclusion.c.demand_id.in_(ids))
        pairs |= {(row[0], row[1]) for row in await session.execute(statement)}
    return frozenset(pairs)


async def page(session: Session, paging: Paging, wanted: Mapping[str, Any], window: Window) -> list[Line]:
    """Return a page of demand lines, ordered by id; `wanted` names columns and their values, None: any."""
    first, last = window
    statement = select(*_LINE).order_by(demand_line.c.demand_id).limit(paging.limit + 1)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(demand_line.c[name] == value)
    if first is not None:
        statement = statement.where(demand_line.c.delivery_day >= first)
    if last is not None:
        statement = statement.where(demand_line.c.delivery_day <= last)
    if paging.after is not None:
        statement = statement.where(demand_line.c.demand_id > paging.after)
    return [Line(*row) for row in await session.execute(statement)]


async def unmet(session: Session, first: date, last: date) -> tuple[int, int]:
    """Return for how many lines of these delivery days nobody was found in whole or part, and for how many grams."""
    short = (demand_line.c.delivery_day.between(first, last), demand_line.c.unmet_g > 0)
    counted = select(func.count(), func.coalesce(func.sum(demand_line.c.unmet_g), 0)).where(*short)
    row = (await session.execute(counted)).one()
    return row[0], int(row[1])
