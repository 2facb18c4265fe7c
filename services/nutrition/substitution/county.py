"""A county's question: another food has to do for every school and day that lacks the one, not for the first alone."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby

from services.nutrition.analysis.setting import Setting, read_setting
from services.nutrition.analysis.usecases import subject_of_version
from services.nutrition.days import has_begun
from services.nutrition.foods.domain import Food
from services.nutrition.market.domain import Quote
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Menu
from services.nutrition.substitution.finding import Lack
from services.nutrition.substitution.replacing import Replacement, Short, concerned_by, replacements
from shared.events.procurement import AlsoShort, SubstitutionAsked
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of

MOST_DISHES = 100
"""So many dishes one answer names."""


async def standing(uow: UnitOfWork, canteen_id: str, day: date) -> Menu | None:
    """Return the menu that stands for a day's week, None where none does."""
    menu_id = await menus.standing(uow.session, canteen_id, monday_of(day))
    return None if menu_id is None else await menus.one(uow.session, menu_id)


async def that_do_for_all(
    uow: UnitOfWork,
    asked: SubstitutionAsked,
    found: Iterable[Replacement],
    foods: Mapping[str, Food],
    quotes: Mapping[str, Quote],
) -> list[Replacement]:
    """Return those of the foods found for the school asked about that do for all others, too.

    Bans, diets, allergens, budget and nutrients are those of each school's week; a food is told as it is where it does
    worst. A school whose menu no longer needs the missing food asks nothing, nor does a day that has begun.
    """
    left = {one.food_code: one for one in found}
    for canteen_id, lacks in groupby(sorted(asked.others, key=_canteen), key=_canteen):
        setting = await _week_of(uow, canteen_id, asked.delivery_day) if left else None
        if setting is None:
            continue
        for lack in lacks:
            if not has_begun(lack.delivery_day, uow.now):
                missing = Lack(lack.delivery_day, asked.food_code, frozenset(asked.without))
                left = that_do(setting, Short(missing, lack.unmet_g, asked.county_unmet_g or 0), left, foods, quotes)
    return list(left.values())


def _canteen(lack: AlsoShort) -> str:
    return lack.canteen_id


async def _week_of(uow: UnitOfWork, canteen_id: str, day: date) -> Setting | None:
    menu = await standing(uow, canteen_id, day)
    if menu is None:
        return None
    subject = await subject_of_version(uow, menu, menu.version)
    return await read_setting(uow, subject) if subject.filled else None


def that_do(
    setting: Setting,
    short: Short,
    left: Mapping[str, Replacement],
    foods: Mapping[str, Food],
    quotes: Mapping[str, Quote],
) -> dict[str, Replacement]:
    """Return those of the foods left that do for what a school is short of, each as it is where it does worst."""
    if not concerned_by(setting, short.lack):
        return dict(left)
    theirs = {one.food_code: one for one in replacements(setting, short, foods, quotes, left.keys(), None)}
    # All cook the same grams: where a school's standard counts the food otherwise, it is another answer.
    return {
        code: _worse(one, theirs[code])
        for code, one in left.items()
        if code in theirs and theirs[code].edible_permille == one.edible_permille
    }


def _worse(one: Replacement, other: Replacement) -> Replacement:
    hit = max(one, other, key=lambda each: each.worst_permille)
    return replace(
        one,
        dish_codes=tuple(sorted({*one.dish_codes, *other.dish_codes}))[:MOST_DISHES],
        score_change=min(one.score_change, other.score_change),
        more_mfen=max(one.more_mfen, other.more_mfen),
        worst_target=hit.worst_target,
        worst_permille=hit.worst_permille,
    )
