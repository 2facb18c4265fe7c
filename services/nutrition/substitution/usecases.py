"""Answering which dishes could be served instead, and putting those an official chose into the menu."""

from collections.abc import Sequence
from datetime import date, timedelta

import structlog

from services.nutrition.analysis.mending import week_of
from services.nutrition.analysis.setting import read_setting
from services.nutrition.analysis.usecases import subject_of_version
from services.nutrition.days import today
from services.nutrition.dishes import queries as dishes
from services.nutrition.menus import queries as menus
from services.nutrition.menus import usecases as menu_usecases
from services.nutrition.menus.domain import Menu, Planned, Wish
from services.nutrition.substitution.finding import Lack, Substitute, substitutes
from shared.errors import DomainError, MissingDependency
from shared.events.nutrition import DishProposed, SubstitutionEnded, SubstitutionProposed
from shared.events.procurement import DishSwap, SubstitutionApproved, SubstitutionAsked
from shared.quantities import divide
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()
NO_DISH = "no dish of the same kind needs only what is there, in season and without new allergens"


async def propose(uow: UnitOfWork, asked: SubstitutionAsked) -> None:
    """Answer which dishes could be served instead; where there are none, why. Nothing is changed yet."""
    menu = await _standing(uow, asked.canteen_id, asked.delivery_day)
    found: list[Substitute] = []
    reason = ""
    if menu is None:
        reason = "no menu stands for the week any more"
    elif asked.delivery_day <= today(uow.now):
        reason = "the day has begun"
    else:
        found = await _substitutes(uow, menu, asked)
        reason = "" if found else NO_DISH
    names = await dishes.names(uow.session, {one.dish_code for one in found})
    uow.emit(
        SubstitutionProposed(
            substitution_id=asked.substitution_id,
            canteen_id=asked.canteen_id,
            menu_id=None if menu is None else menu.menu_id,
            menu_version=None if menu is None else menu.version,
            dishes=tuple(_proposed(one, names) for one in found),
            reason=reason,
            proposed_at=uow.now,
        )
    )


async def _standing(uow: UnitOfWork, canteen_id: str, day: date) -> Menu | None:
    monday = day - timedelta(days=day.weekday())
    menu_id = await menus.standing(uow.session, canteen_id, monday)
    return None if menu_id is None else await menus.one(uow.session, menu_id)


async def _substitutes(uow: UnitOfWork, menu: Menu, asked: SubstitutionAsked) -> list[Substitute]:
    subject = await subject_of_version(uow, menu, menu.version)
    if not subject.filled:
        return []
    library = await dishes.library(uow.session, menu.canteen_id, menu.county_code)
    usable = [one for one in library if not one.banned and not one.not_buyable]
    setting = await read_setting(uow, subject, usable)
    lack = Lack(asked.delivery_day, asked.food_code, frozenset(asked.without))
    return substitutes(week_of(setting), lack, setting.foods)


def _proposed(one: Substitute, names: dict[str, tuple[str, str]]) -> DishProposed:
    name_zh, name_en = names.get(one.dish_code, (one.dish_code, one.dish_code))
    return DishProposed(
        meal=one.meal,
        instead_of=one.instead_of,
        dish_code=one.dish_code,
        name_zh=name_zh,
        name_en=name_en,
        score_change=one.score_change,
        more_fen=divide(one.more_mfen, 1000),
        over_budget=one.over_budget,
    )


async def put_in(uow: UnitOfWork, approved: SubstitutionApproved) -> None:
    """Amend the menu by the dishes an official chose; a menu that no longer takes them says why, and stays."""
    version, reason = None, ""
    try:
        menu = await menus.one(uow.session, approved.menu_id)
        present = await menus.meals(uow.session, menu.menu_id, menu.version)
        wishes = swapped(present, approved.delivery_day, approved.swaps)
        amended, _ = await menu_usecases.amend_menu(uow, menu.menu_id, None, approved.reason, wishes)
        version = amended.version
    except MissingDependency:
        raise
    except DomainError as refusal:
        log.info("substitution-not-taken", substitution_id=approved.substitution_id, rule=refusal.rule)
        reason = refusal.detail
    uow.emit(
        SubstitutionEnded(
            substitution_id=approved.substitution_id,
            canteen_id=approved.canteen_id,
            menu_version=version,
            reason=reason,
            ended_at=uow.now,
        )
    )


def swapped(present: Sequence[Planned], day: date, swaps: Sequence[DishSwap]) -> list[Wish]:
    """Return a menu's meals as they are asked for with these dishes in the place of others.

    Raises DomainError `dish-not-there` where the menu no longer serves a dish that was to be replaced.
    """
    open_swaps = {(swap.meal, swap.instead_of): swap.dish_code for swap in swaps}
    wishes = []
    for place, meal in enumerate(present):
        codes = [code for code, _ in meal.dishes]
        if meal.day == day:
            codes = [open_swaps.pop((meal.meal, code), code) for code in codes]
        wishes.append(Wish(place, meal.day, meal.meal, tuple(codes), meal.headcounts))
    if open_swaps:
        _, gone = min(open_swaps)
        raise DomainError("dish-not-there", f"the menu no longer serves {gone} on {day}", field="swaps")
    return wishes
