"""What a menu makes of demand: whole-state replacement by version, and the orders that must follow."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from services.procurement.demand import domain, queries
from services.procurement.demand.book import Book
from services.procurement.demand.domain import Menu
from services.procurement.orders.usecases import take_back_surplus
from services.procurement.rules import queries as rules
from services.procurement.sourcing.placing import source_now
from services.procurement.turns import take_turn
from shared.events.nutrition import Demand, MenuAmended, MenuPublished, MenuWithdrawn
from shared.ids import derived_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_WEEK = timedelta(days=6)


async def state_demand(
    uow: UnitOfWork, event: MenuPublished | MenuAmended, at: datetime, reason: str, answer_hours: int
) -> None:
    """Replace a menu's demand by that of a version; an older version than was heard changes nothing."""
    menu = await queries.menu_for_update(uow, _unheard(event))
    if event.version <= menu.demand_version:
        return
    menu = replace(menu, demand_version=event.version, budget_fen=domain.by_day(event.budget))
    await queries.save_menu(uow.session, menu)
    wanted = domain.stated(menu, event.version, event.demand)
    week = await _week(uow, menu, event.demand)
    book = Book(week)
    for line in domain.restate(menu, event.version, at, wanted, week):
        book.put(line)
    await _follow(uow, book, f"{menu.menu_id} {event.version}", reason, answer_hours)


async def withdraw_demand(uow: UnitOfWork, event: MenuWithdrawn, answer_hours: int) -> None:
    """Take a menu's demand back from a day on; earlier days stand as served."""
    menu = await queries.menu_for_update(uow, _unheard(event))
    if event.version <= menu.withdrawn_version:
        return
    withdrawn = replace(menu, withdrawn_version=event.version, withdrawn_from=event.from_day)
    await queries.save_menu(uow.session, withdrawn)
    if event.version <= menu.demand_version:
        return
    await take_turn(uow)
    book = Book(await queries.week_for_update(uow.session, menu.canteen_id, event.from_day, menu.week_start + _WEEK))
    for line in list(book.lines.values()):
        if line.menu_id == menu.menu_id:
            book.put(domain.require(replace(line, menu_version=event.version, stated_at=event.withdrawn_at), 0))
    await _follow(uow, book, f"{menu.menu_id} {event.version}", event.reason, answer_hours)


def _unheard(event: MenuPublished | MenuAmended | MenuWithdrawn) -> Menu:
    return Menu(event.menu_id, event.canteen_id, event.county_code, event.week_start)


async def _week(uow: UnitOfWork, menu: Menu, demand: Sequence[Demand]) -> dict[str, domain.Line]:
    days: list[date] = [part.delivery_day for part in demand]
    first, last = min([menu.week_start, *days]), max([menu.week_start + _WEEK, *days])
    if not await queries.any_line(uow.session, menu.canteen_id, first, last):
        return {}
    await take_turn(uow)
    return await queries.week_for_update(uow.session, menu.canteen_id, first, last)


async def _follow(uow: UnitOfWork, book: Book, cause: str, reason: str, answer_hours: int) -> None:
    """Take orders back where less is needed; order at once what is needed more, if the school's week was sourced.

    For days whose ordering has closed neither happens: what is needed more stays short, for an official to order.
    """
    await take_back_surplus(uow, book, reason)
    if book.any_was_sourced:
        known = await rules.rules_of(uow.session, {line.county_code for line in book.lines.values()})
        waiting = []
        for key, line in list(book.lines.items()):
            if line.open_g and known.has_closed(line.county_code, line.delivery_day, uow.now):
                book.put(domain.source(line, 0, line.need_g))
            elif line.open_g:
                waiting.append(key)
        await source_now(uow, book, waiting, derived_id("menu", cause), answer_hours)
    await book.save(uow)


async def demand_page(
    uow: UnitOfWork, paging: Paging, wanted: dict[str, object], window: queries.Window
) -> list[domain.Line]:
    """Return a page of demand lines (one more than asked for)."""
    return await queries.page(uow.session, paging, wanted, window)
