"""What can happen to menus."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.nutrition.attendance import usecases as attendance
from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Canteen, Profile
from services.nutrition.closures import queries as closures
from services.nutrition.closures.domain import served
from services.nutrition.days import DayKind, has_begun, today
from services.nutrition.dishes import queries as dishes
from services.nutrition.foods import queries as foods
from services.nutrition.funding import queries as funding
from services.nutrition.market import queries as market
from services.nutrition.menus import domain, queries
from services.nutrition.menus.demand import Line, Need, cover, plan
from services.nutrition.menus.domain import Change, Menu, Planned, Status, Wish
from services.nutrition.stocks import queries as stocks
from services.nutrition.stocks.domain import Free, free_lots
from shared.events.nutrition import DayBudget, Demand, MenuAmended, MenuPublished, MenuWithdrawn
from shared.fields import Meal
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork

RESERVED_DAYS = 7
"""A meal nobody has recorded for so many days after its day was not cooked from the store: what it held is free."""


@dataclass(frozen=True, slots=True)
class _Week:
    """What a canteen is and what it serves in a week: menu and budget are made of it."""

    profile: Profile
    calendar: Mapping[date, DayKind]
    still_served: Mapping[date, Collection[Meal]]

    def served(self, day: date) -> tuple[Meal, ...]:
        """Return the meals served on a day of the week."""
        return served(self.profile.meals, day, self.calendar, self.still_served)


async def publish_menu(
    uow: UnitOfWork, canteen_id: str, week_start: date, wishes: Sequence[Wish]
) -> tuple[Menu, list[Demand]]:
    """Publish a week's menu: its demand less what is free in the store, which is reserved for it."""
    domain.check_week(week_start, uow.now)
    canteen = await canteens.lock(uow.session, canteen_id)
    week = await _week(uow, canteen, week_start)
    meals, needs = await _plan(uow, canteen, week_start, week, wishes)
    lines = cover(needs, await free_food(uow, canteen_id, needs))
    menu = Menu(new_id(), canteen_id, canteen.county_code, week_start, 1, Status.PUBLISHED, None, uow.now)
    if not await queries.insert_menu(uow, menu):
        raise domain.menu_exists(canteen_id, week_start, await queries.standing(uow.session, canteen_id, week_start))
    demand = [line.told for line in lines]
    prices = await _prices(uow, menu, meals)
    await queries.insert_version(uow.session, menu, Change.PUBLISHED, "", uow.now, meals, demand, prices)
    await queries.insert_lines(uow.session, menu, lines)
    uow.emit(
        MenuPublished(
            menu_id=menu.menu_id,
            canteen_id=canteen_id,
            county_code=menu.county_code,
            week_start=week_start,
            version=menu.version,
            demand=tuple(demand),
            budget=await _budget(uow, week, meals),
            published_at=uow.now,
        )
    )
    return menu, demand


async def _week(uow: UnitOfWork, canteen: Canteen, week_start: date) -> _Week:
    week_end = week_start + timedelta(days=6)
    closed = await closures.still_served(uow.session, [canteen.canteen_id], week_start, week_end)
    return _Week(
        profile=await canteens.profile(uow.session, canteen.canteen_id),
        calendar=await canteens.calendar(uow.session, canteen.county_code, week_start, week_end),
        still_served=closed.get(canteen.canteen_id, {}),
    )


async def _plan(
    uow: UnitOfWork,
    canteen: Canteen,
    week_start: date,
    week: _Week,
    wishes: Sequence[Wish],
    standing: Sequence[Planned] = (),
) -> tuple[list[Planned], list[Need]]:
    domain.check_wishes(week_start, wishes, canteen, week.calendar, uow.now)
    domain.check_open(wishes, week.still_served)
    codes = {code for wish in wishes for code in wish.dish_codes}
    recipes = await dishes.recipes(uow.session, codes, canteen.county_code)
    domain.check_dishes(wishes, canteen, recipes, {code for meal in standing for code, _ in meal.dishes})
    domain.check_equipment(wishes, recipes, week.profile.equipment, standing)
    return plan(await attendance.counted(uow, canteen.canteen_id, wishes), canteen, recipes)


async def _prices(uow: UnitOfWork, menu: Menu, meals: Sequence[Planned]) -> dict[str, list[int | str]]:
    """Return what the foods of a menu cost its county now, as far as anybody knows."""
    codes = {food for meal in meals for food in meal.planned_g}
    known = await foods.library(uow.session, menu.county_code, codes)
    quotes = await market.quotes(uow.session, menu.county_code, menu.week_start, known)
    return {code: market.price_row(quote) for code, quote in sorted(quotes.items())}


async def _budget(uow: UnitOfWork, week: _Week, meals: Sequence[Planned]) -> tuple[DayBudget, ...]:
    """Return what there is to spend on these meals, by day."""
    days = {meal.day: week.served(meal.day) for meal in meals}
    budgets = await funding.budget_of_served(uow.session, week.profile, days)
    told = dict.fromkeys(sorted(budgets), 0)
    for meal in meals:
        told[meal.day] += budgets[meal.day].by_meal.get(meal.meal, 0)
    return tuple(DayBudget(day=day, budget_fen=fen) for day, fen in told.items())


async def free_food(
    uow: UnitOfWork, canteen_id: str, needs: Sequence[Need], *, but_of: str | None = None
) -> dict[str, list[Free]]:
    """Return what is free of the foods needed; with `but_of`, what the open days of that menu hold is free as well."""
    day = today(uow.now)
    usable = await stocks.usable(uow.session, canteen_id, {need.food_code for need in needs}, day)
    if not usable:
        return {}
    since = day - timedelta(days=RESERVED_DAYS)
    held = await queries.reserved_g(uow.session, canteen_id, since, but_of=but_of, but_after=day)
    return {food: free_lots(lots, held.get(food, 0)) for food, lots in usable.items()}


async def amend_menu(
    uow: UnitOfWork, menu_id: str, expected_version: int | None, reason: str, wishes: Sequence[Wish]
) -> tuple[Menu, list[Demand]]:
    """Change what is planned for the days that have not begun; the demand of the others stays what it was."""
    menu, canteen = await _lock(uow, menu_id)
    domain.check_changeable(menu, expected_version)
    domain.check_each_once(wishes)
    closed = [wish for wish in wishes if has_begun(wish.day, uow.now)]
    coming = [wish for wish in wishes if not has_begun(wish.day, uow.now)]
    present = await queries.meals(uow.session, menu_id, menu.version)
    domain.first_open_day([meal.day for meal in present] + [wish.day for wish in coming], uow.now)
    stands = [meal for meal in present if has_begun(meal.day, uow.now)]
    domain.check_closed_unchanged(stands, closed)
    week = await _week(uow, canteen, menu.week_start)
    meals, needs = await _plan(uow, canteen, menu.week_start, week, coming, present)
    demand = [line.told for line in await _cover_again(uow, menu, needs)]
    amended = replace(menu, version=menu.version + 1)
    await queries.update_menu(uow.session, amended)
    kept = [*stands, *meals]
    prices = await _prices(uow, amended, kept)
    await queries.insert_version(uow.session, amended, Change.AMENDED, reason, uow.now, kept, demand, prices)
    uow.emit(
        MenuAmended(
            menu_id=menu_id,
            canteen_id=menu.canteen_id,
            county_code=menu.county_code,
            week_start=menu.week_start,
            version=amended.version,
            reason=reason,
            demand=tuple(demand),
            budget=await _budget(uow, week, kept),
            amended_at=uow.now,
        )
    )
    return amended, demand


async def _lock(uow: UnitOfWork, menu_id: str) -> tuple[Menu, Canteen]:
    """Return a menu and its canteen, locked: the menu is read again behind the lock."""
    canteen = await canteens.lock(uow.session, (await queries.one(uow.session, menu_id)).canteen_id)
    return await queries.one(uow.session, menu_id), canteen


async def _cover_again(uow: UnitOfWork, menu: Menu, needs: Sequence[Need]) -> list[Line]:
    """Replace the lines of the open days; return all of the menu's lines."""
    before = await queries.lines(uow.session, menu.menu_id)
    accepted = {(line.delivery_day, line.food_code): line.accepted_g for line in before}
    free = await free_food(uow, menu.canteen_id, needs, but_of=menu.menu_id)
    lines = cover(needs, free, accepted)
    await queries.delete_lines(uow.session, menu.menu_id, today(uow.now) + timedelta(days=1))
    await queries.insert_lines(uow.session, menu, lines)
    return [line for line in before if has_begun(line.delivery_day, uow.now)] + lines


async def withdraw_menu(
    uow: UnitOfWork, menu_id: str, expected_version: int | None, reason: str
) -> tuple[Menu, list[Demand]]:
    """Take a menu back from its first day that has not begun; what was reserved for it is free."""
    menu, _ = await _lock(uow, menu_id)
    domain.check_changeable(menu, expected_version)
    present = await queries.meals(uow.session, menu_id, menu.version)
    from_day = domain.first_open_day([meal.day for meal in present], uow.now)
    withdrawn = replace(menu, version=menu.version + 1, status=Status.WITHDRAWN, from_day=from_day)
    stands = [meal for meal in present if meal.day < from_day]
    await queries.delete_lines(uow.session, menu_id, from_day)
    demand = [line.told for line in await queries.lines(uow.session, menu_id)]
    await queries.update_menu(uow.session, withdrawn)
    await queries.insert_version(uow.session, withdrawn, Change.WITHDRAWN, reason, uow.now, stands, demand)
    uow.emit(
        MenuWithdrawn(
            menu_id=menu_id,
            canteen_id=menu.canteen_id,
            county_code=menu.county_code,
            week_start=menu.week_start,
            version=withdrawn.version,
            from_day=from_day,
            reason=reason,
            withdrawn_at=uow.now,
        )
    )
    return withdrawn, demand
