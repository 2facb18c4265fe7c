"""What can happen to meals: what was written down wrong is corrected, and what stood before is kept.

A meal that never took place is corrected to nobody: all it took goes back, and nothing more is asked of it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.nutrition.feedback import queries as said
from services.nutrition.feedback import usecases as feedback
from services.nutrition.leftovers import queries as leftovers
from services.nutrition.menus import queries as menus
from services.nutrition.servings import domain, queries, reading
from services.nutrition.servings.domain import Consent, Eaters
from services.nutrition.servings.schemas import CorrectionInput, MealRead
from services.nutrition.servings.usecases import eaten, lots_there, needed_g, planned_meal, told
from services.nutrition.stocks import queries as stocks
from services.nutrition.stocks.domain import Taken
from services.nutrition.tenants import approver
from shared.auth.principal import signed_by
from shared.errors import Conflict, StaleVersion
from shared.fields import Meal
from shared.unit_of_work import UnitOfWork


async def correct_meal(uow: UnitOfWork, meal_id: str, expected_version: int | None, body: CorrectionInput) -> MealRead:
    """Give a meal the number that really ate: the store gets or gives the difference, the others are told again.

    A correction that changes nothing is answered with the meal as it stands.
    """
    eaters = body.eaters()
    meal = await queries.one_locked(uow.session, meal_id)
    if (eaters.headcount, _text(eaters)) == (meal.headcount, meal.headcounts):
        return await reading.read_meal(uow, meal_id)
    if expected_version is not None and expected_version != meal.version:
        raise StaleVersion(expected_version, meal.version)
    approved_by = approver(uow.principal, body.approved_by)
    domain.check_correction(meal.day, uow.now, approved_by)
    domain.check_headcount(eaters, meal.planned_headcount, least=0)
    if not eaters.headcount:
        await _check_nobody_ate(uow, meal_id)
    taken = [
        Taken(one["food_code"], one["lot_id"] or "", one["quantity_g"], one.get("expired", False)) for one in meal.used
    ]
    _, planned = await planned_meal(uow, meal.canteen_id, meal.day, Meal(meal.meal))
    consent = Consent(tuple(meal.expired["food_codes"]), meal.expired["reason"]) if meal.expired else None
    lots = await lots_there(uow, meal.canteen_id, planned)
    cooked = domain.cook(meal.day, await needed_g(uow, planned, eaters), lots, consent, taken)
    await _book(uow, meal, domain.difference(taken, cooked.taken))
    values = eaten(eaters, cooked) | {"version": meal.version + 1}
    await feedback.note_correction(uow, meal_id, eaters.headcount)
    await queries.correct(uow.session, meal_id, values, cooked.taken, _why(uow, meal, body, approved_by))
    uow.emit(told({**meal._mapping, **values}))
    return await reading.read_meal(uow, meal_id)


async def _check_nobody_ate(uow: UnitOfWork, meal_id: str) -> None:
    """What somebody rated, or left on the plates, took place."""
    weighed = await leftovers.last(uow.session, meal_id)
    if (weighed is not None and weighed.leftovers) or await said.of_meal(uow.session, meal_id):
        detail = "the meal was rated, or what was left of it was weighed: somebody ate"
        raise Conflict("somebody-ate", detail, field="headcount")


def _text(eaters: Eaters) -> dict[str, int] | None:
    return None if eaters.by_band is None else {band.value: n for band, n in eaters.by_band.items()}


async def _book(uow: UnitOfWork, meal: Any, change: Sequence[Taken]) -> None:
    """Book the difference in the store and on the demand lines of the meal's day."""
    if not change:
        return
    day: date = meal.day
    foods = {one.food_code for one in change}
    counted_on = await stocks.counted_on(uow.session, meal.canteen_id, foods)
    await stocks.use(uow.session, meal.canteen_id, domain.booked(change, counted_on, day))
    used = domain.by_food(change)
    progress = [
        (meal.menu_id, domain.advance(line, 0, max(-line.used_g, used[line.food_code])))
        for line in await menus.lines_of_day(uow.session, meal.menu_id, day)
        if line.food_code in used
    ]
    await menus.save_progress(uow.session, progress)


def _why(uow: UnitOfWork, meal: Any, body: CorrectionInput, approved_by: str | None) -> dict[str, Any]:
    before = {name: getattr(meal, name) for name in ("headcount", "headcounts", "used", "short")}
    return {
        "version": meal.version + 1,
        "reason": body.reason,
        "corrected_by": signed_by(uow.principal, body.corrected_by),
        "approved_by": approved_by,
        "corrected_at": uow.now,
        "before": before,
    }
