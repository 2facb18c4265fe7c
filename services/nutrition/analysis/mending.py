"""What would lift the nutrient a menu, a draft or an unsaved week lacks most, of the dishes its canteen may cook."""

from collections.abc import Sequence
from datetime import date

from services.nutrition.analysis.lifting import Lift, Week, lifts, worst_of
from services.nutrition.analysis.schemas import LiftRead, LiftsRead
from services.nutrition.analysis.setting import Setting, Subject, read_setting
from services.nutrition.analysis.usecases import met_read, subject_of_version, subject_of_wishes
from services.nutrition.canteens import queries as canteens
from services.nutrition.dishes import queries as dishes
from services.nutrition.drafts import queries as drafts
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Wish
from services.nutrition.planning.diets import avoided_foods
from shared.errors import DomainError
from shared.quantities import divide
from shared.unit_of_work import UnitOfWork

MOST = 10


async def of_menu(uow: UnitOfWork, menu_id: str) -> LiftsRead:
    """Return what would lift a menu as it was published. Raises NotFound."""
    menu = await menus.one(uow.session, menu_id)
    return await _lifts(uow, await subject_of_version(uow, menu, menu.version))


async def of_draft(uow: UnitOfWork, draft_id: str) -> LiftsRead:
    """Return what would lift a draft. Raises NotFound."""
    draft = await drafts.one(uow.session, draft_id)
    return await of_wishes(uow, draft.canteen_id, draft.week_start, draft.content.meals)


async def of_wishes(uow: UnitOfWork, canteen_id: str, week_start: date, wishes: Sequence[Wish]) -> LiftsRead:
    """Return what would lift a week that is kept nowhere. Raises NotFound, naming the field."""
    return await _lifts(uow, await subject_of_wishes(uow, canteen_id, week_start, wishes))


async def _lifts(uow: UnitOfWork, subject: Subject) -> LiftsRead:
    if not subject.filled:
        raise DomainError("nothing-planned", "there is no dish in the week", field="days")
    row = await canteens.one(uow.session, subject.canteen_id)
    library = await dishes.library(uow.session, subject.canteen_id, row.county_code)
    setting = await read_setting(uow, subject, [one for one in library if not one.banned and not one.not_buyable])
    analysis = setting.analyse()
    worst = worst_of(analysis)
    found = [] if worst is None else lifts(week_of(setting), worst, MOST)
    return LiftsRead(
        score=analysis.score,
        lacking=None if worst is None else met_read(worst),
        lifts=[_read(setting, lift, 0.0 if worst is None else worst.miss) for lift in found],
    )


def week_of(setting: Setting) -> Week:
    """Return the week to lift: with dishes that have a price and break no diet that is everybody's."""
    avoided = avoided_foods(setting.profile, setting.foods.values())
    open_to = setting.profile.canteen_id, setting.profile.county_code
    usable = frozenset(
        place
        for place, recipe in enumerate(setting.recipes)
        if recipe.is_open_to(*open_to)
        and not (recipe.retired or recipe.banned or recipe.not_buyable)
        and all(part.food_code in setting.quotes and part.food_code not in avoided for part in recipe.ingredients)
    )
    return Week(
        plates=setting.plates(),
        requirement=setting.requirement,
        days=setting.days,
        served=setting.served,
        usable=usable,
        dishes_per_meal=setting.profile.equipment,
        budget_mfen=setting.budget_mfen,
    )


def _read(setting: Setting, lift: Lift, miss: float) -> LiftRead:
    meal, old = setting.served[lift.change.meal], lift.change.instead_of
    mended, fen = 1000 * (miss - lift.miss), divide(lift.more_mfen, 1000)
    return LiftRead(
        day=meal.day,
        meal=meal.meal,
        dish_code=setting.recipes[lift.change.dish].dish_code,
        instead_of=None if old is None else setting.recipes[old].dish_code,
        value=round(lift.value, 3),
        miss_permille=round(1000 * lift.miss),
        more_fen=fen,
        permille_per_fen=round(1000 * mended / lift.more_mfen, 3) if lift.more_mfen > 0 else None,
        score=lift.score,
        over_budget=lift.over_budget,
    )
