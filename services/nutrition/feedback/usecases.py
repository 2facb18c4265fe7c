"""What can happen to feedback. Whatever changes is told to the dish as a difference, so that nothing counts twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.dishes import usecases as dishes
from services.nutrition.dishes.domain import Feedback, OfDish
from services.nutrition.feedback import domain, queries
from services.nutrition.feedback.domain import Votes
from services.nutrition.feedback.schemas import ClassInput, DishFeedbackRead, FeedbackRead, VotesInput, WasteInput
from services.nutrition.servings import queries as servings
from services.nutrition.servings.domain import check_dishes
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork


async def vote(uow: UnitOfWork, meal_id: str, body: VotesInput) -> FeedbackRead:
    """Take a voter's points for dishes of a meal; given before, they replace those."""
    meal, county_code = await _meal(uow, meal_id, [one.dish_code for one in body.votes], "votes")
    voter = derived_id("voter", meal_id, body.voter)
    points = {one.dish_code: one.points for one in body.votes}
    stand = await queries.lock(uow, meal_id, county_code, points)
    before = await queries.votes(uow.session, meal_id, voter)
    changes = {code: domain.of_points(given) - domain.of_points(before.get(code)) for code, given in points.items()}
    await _count(uow, meal, stand, changes)
    key = {"meal_id": meal_id, "voter": voter, "role": body.role.value}
    await queries.put_votes(uow, [key | {"dish_code": code, "points": given} for code, given in sorted(points.items())])
    return await read_feedback(uow, meal_id)


async def rate_by_class(uow: UnitOfWork, meal_id: str, class_code: str, body: ClassInput) -> FeedbackRead:
    """Take a class's show of hands; told again it replaces what the class said of these dishes."""
    meal, county_code = await _meal(uow, meal_id, [one.dish_code for one in body.ratings], "ratings")
    counts = {one.dish_code: one.by_points() for one in body.ratings}
    domain.check_class(counts.values(), meal.headcount)
    stand = await queries.lock(uow, meal_id, county_code, counts)
    before = await queries.class_counts(uow.session, meal_id, class_code)
    changes = {code: domain.of_counts(now) - domain.of_counts(before.get(code, {})) for code, now in counts.items()}
    await _count(uow, meal, stand, changes)
    key = {"meal_id": meal_id, "class_code": class_code, "told_by": body.told_by, "told_at": uow.now}
    rows = [
        key | {"dish_code": code, "counts": {str(points): n for points, n in now.items()}}
        for code, now in sorted(counts.items())
    ]
    await queries.put_class(uow, rows)
    return await read_feedback(uow, meal_id)


async def weigh_waste(uow: UnitOfWork, meal_id: str, body: WasteInput) -> FeedbackRead:
    """Take what was scraped from the plates; weighed again it replaces what was weighed of these dishes."""
    meal, county_code = await _meal(uow, meal_id, [one.dish_code for one in body.waste], "waste")
    domain.check_waste([one.quantity_g for one in body.waste], meal.headcount)
    grams = {one.dish_code: one.quantity_g for one in body.waste}
    stand = await queries.lock(uow, meal_id, county_code, grams)
    saved, told = [], {}
    for code, row in stand.items():
        more_g, more = grams[code] - (row.waste_g or 0), meal.headcount - row.portions
        if more_g or more or row.waste_g is None:
            weighed = {"waste_g": grams[code], "portions": meal.headcount}
            saved.append(row._asdict() | weighed | {"weighed_by": body.weighed_by, "weighed_at": uow.now})
            told[row.county_code, code] = Feedback(0, 0, more_g, more)
    await _save(uow, saved, told)
    return await read_feedback(uow, meal_id)


async def note_correction(uow: UnitOfWork, meal_id: str, headcount: int) -> None:
    """A meal's number was corrected: what was left on the plates was left of so many portions."""
    weighed = await queries.weighed(uow.session, meal_id)
    if not weighed:
        return
    stand = await queries.lock(uow, meal_id, "", weighed)
    saved = [row._asdict() | {"portions": headcount} for row in stand.values()]
    told = {(row.county_code, code): Feedback(0, 0, 0, headcount - row.portions) for code, row in stand.items()}
    await _save(uow, saved, told)


async def _meal(uow: UnitOfWork, meal_id: str, dish_codes: list[str], field: str) -> tuple[Row[Any], str]:
    """Return a meal that may still be spoken of, and its county; all dishes are its own, each named once."""
    meal = await servings.one_locked(uow.session, meal_id)
    domain.check_took_place(meal.headcount)
    domain.check_open(meal.day, uow.now)
    check_dishes(dish_codes, meal.dish_codes, field)
    domain.check_each_once(dish_codes, field)
    return meal, (await canteens.one(uow.session, meal.canteen_id)).county_code


async def _count(uow: UnitOfWork, meal: Row[Any], stand: Mapping[str, Row[Any]], changes: Mapping[str, Votes]) -> None:
    """Add changed votes to what stands of a meal's dishes, and tell the dishes."""
    saved, told = [], {}
    for code, row in stand.items():
        change = changes[code]
        if change == Votes():
            continue
        total = Votes(row.ratings, row.rating_sum) + change
        domain.check_votes(total, meal.headcount)
        saved.append(row._asdict() | {"ratings": total.ratings, "rating_sum": total.rating_sum})
        told[row.county_code, code] = Feedback(change.rating_sum, change.ratings, 0, 0)
    await _save(uow, saved, told)


async def _save(uow: UnitOfWork, saved: Sequence[Mapping[str, Any]], told: Mapping[OfDish, Feedback]) -> None:
    """Write how a meal's dishes stand now, and tell the county where each is counted by how much that is more."""
    if saved:
        await queries.save(uow.session, saved)
        await dishes.note_feedback(uow, told)


async def read_feedback(uow: UnitOfWork, meal_id: str) -> FeedbackRead:
    """Return what was said of a meal's dishes and left of them, in the order of the menu."""
    meal = await servings.one(uow.session, meal_id)
    stand = await queries.of_meal(uow.session, meal_id)
    dishes_read = [_read(code, stand.get(code)) for code in meal.dish_codes]
    return FeedbackRead(meal_id=meal_id, headcount=meal.headcount, dishes=dishes_read)


def _read(dish_code: str, row: Row[Any] | None) -> DishFeedbackRead:
    if row is None:
        unknown = dict.fromkeys(DishFeedbackRead.model_fields)
        return DishFeedbackRead.model_validate({**unknown, "dish_code": dish_code, "ratings": 0})
    return DishFeedbackRead(
        dish_code=dish_code,
        ratings=row.ratings,
        mean_points=row.rating_sum / row.ratings if row.ratings else None,
        waste_g=row.waste_g,
        waste_g_per_eater=None if row.waste_g is None else row.waste_g / row.portions,
        weighed_by=row.weighed_by,
        weighed_at=row.weighed_at,
    )
