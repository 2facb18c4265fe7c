"""Answering which dishes or foods could be served instead, and putting those an official chose into the menu."""

from collections.abc import Sequence
from datetime import date

import structlog

from services.nutrition.analysis.mending import week_of
from services.nutrition.analysis.setting import read_setting
from services.nutrition.analysis.usecases import subject_of_version
from services.nutrition.canteens import queries as canteens
from services.nutrition.days import today
from services.nutrition.dishes import queries as dishes
from services.nutrition.foods import queries as foods
from services.nutrition.market import queries as market
from services.nutrition.menus import queries as menus
from services.nutrition.menus import usecases as menu_usecases
from services.nutrition.menus.domain import Menu, Planned, Wish
from services.nutrition.substitution import variants
from services.nutrition.substitution.county import standing, that_do_for_all
from services.nutrition.substitution.finding import Lack, Substitute, substitutes
from services.nutrition.substitution.replacing import (
    MOST_FOODS,
    Replacement,
    Short,
    conflict,
    in_order,
    replacements,
)
from shared.errors import DomainError, MissingDependency
from shared.events.nutrition import DishProposed, FoodProposed, SubstitutionEnded, SubstitutionProposed
from shared.events.procurement import DishSwap, SubstitutionApproved, SubstitutionAsked
from shared.quantities import divide
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()
NO_FOOD = "no food like it is there, harmless and within budget and standard for every school that lacks the one"
NO_DISH = "no dish of the same kind needs only what is there, in season and without new allergens, and no food like it"


async def propose(uow: UnitOfWork, asked: SubstitutionAsked) -> None:
    """Answer which dishes or foods could be served instead; where there are none, why. Nothing is changed yet."""
    menu = await standing(uow, asked.canteen_id, asked.delivery_day)
    found: list[Substitute] = []
    others: list[Replacement] = []
    reason = ""
    if menu is None:
        reason = "no menu stands for the week any more"
    elif asked.delivery_day <= today(uow.now):
        reason = "the day has begun"
    else:
        found, others = await _substitutes(uow, menu, asked)
        reason = "" if found or others else NO_FOOD if asked.others else NO_DISH
    names = await dishes.names(uow.session, {one.dish_code for one in found})
    uow.emit(
        SubstitutionProposed(
            substitution_id=asked.substitution_id,
            canteen_id=asked.canteen_id,
            menu_id=None if menu is None else menu.menu_id,
            menu_version=None if menu is None else menu.version,
            dishes=tuple(_proposed(one, names) for one in found),
            foods=await _foods_proposed(uow, others),
            reason=reason,
            proposed_at=uow.now,
        )
    )


async def _substitutes(
    uow: UnitOfWork, menu: Menu, asked: SubstitutionAsked
) -> tuple[list[Substitute], list[Replacement]]:
    """Return dishes and foods; to a county's question only foods, which do for all its schools that lack the one."""
    subject = await subject_of_version(uow, menu, menu.version)
    if not subject.filled:
        return [], []
    of_county = asked.county_unmet_g is not None
    library = [] if of_county else await dishes.library(uow.session, menu.canteen_id, menu.county_code)
    usable = [one for one in library if not one.banned and not one.not_buyable]
    setting = await read_setting(uow, subject, usable)
    lack = Lack(asked.delivery_day, asked.food_code, frozenset(asked.without))
    known = await foods.library(uow.session, menu.county_code)
    quotes = await market.quotes(uow.session, menu.county_code, menu.week_start, known)
    planned = await menus.meals(uow.session, menu.menu_id, menu.version)
    needed = sum(meal.planned_g.get(asked.food_code, 0) for meal in planned if meal.day == asked.delivery_day)
    short = Short(lack, max(needed, asked.unmet_g), asked.county_unmet_g or 0)
    if of_county:
        found = replacements(setting, short, known, quotes, most=None)
        return [], in_order(await that_do_for_all(uow, asked, found, known, quotes))[:MOST_FOODS]
    return substitutes(week_of(setting), lack, setting.foods), replacements(setting, short, known, quotes)


async def _foods_proposed(uow: UnitOfWork, found: Sequence[Replacement]) -> tuple[FoodProposed, ...]:
    named = {row.food_code: row for row in await foods.of(uow.session, {one.food_code for one in found})}
    return tuple(
        FoodProposed(
            food_code=one.food_code,
            name_zh=named[one.food_code].name_zh,
            name_en=named[one.food_code].name_en,
            dish_codes=one.dish_codes,
            edible_permille=one.edible_permille,
            needed_g=one.needed_g,
            available_g=one.quote.available_g,
            price_fen_per_kg=one.quote.price_fen_per_kg,
            score_change=one.score_change,
            worst_target=one.worst_target,
            worst_permille=one.worst_permille,
            more_fen=divide(one.more_mfen, 1000),
        )
        for one in found
    )


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
    """Amend the menu by what an official chose; a menu that no longer takes it says why, and stays."""
    version, reason = None, ""
    made: list[DishSwap] = []
    try:
        menu = await menus.one(uow.session, approved.menu_id)
        present = await menus.meals(uow.session, menu.menu_id, menu.version)
        made = await _with_foods(uow, menu, present, approved)
        wishes = swapped(present, approved.delivery_day, [*approved.swaps, *made])
        amended, _ = await menu_usecases.amend_menu(uow, menu.menu_id, None, approved.reason, wishes)
        version = amended.version
    except MissingDependency:
        raise
    except DomainError as refusal:
        log.info("substitution-not-taken", substitution_id=approved.substitution_id, rule=refusal.rule)
        reason = refusal.detail
    await variants.retire(uow, made, approved.reason)
    uow.emit(
        SubstitutionEnded(
            substitution_id=approved.substitution_id,
            canteen_id=approved.canteen_id,
            menu_version=version,
            reason=reason,
            ended_at=uow.now,
        )
    )


async def _with_foods(
    uow: UnitOfWork, menu: Menu, present: Sequence[Planned], approved: SubstitutionApproved
) -> list[DishSwap]:
    """Return the dishes of the day made with the foods chosen. Raises DomainError where somebody could not eat it."""
    made: list[DishSwap] = []
    for food in approved.foods:
        known = await foods.library(uow.session, menu.county_code, {food.food_code, food.instead_of})
        if len(known) < 2:
            raise DomainError("unknown-food", f"{food.food_code} or {food.instead_of} is not known", field="foods")
        profile = await canteens.profile(uow.session, menu.canteen_id)
        broken = conflict(known[food.food_code], known[food.instead_of], profile.diets)
        if broken is not None:
            raise DomainError("food-conflicts", broken, field="foods")
        named = await foods.one(uow.session, food.food_code)
        meals = [meal for meal in present if meal.day == approved.delivery_day]
        made += await variants.swaps_of(uow, menu, meals, food, (named.name_zh, named.name_en))
    return made


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
