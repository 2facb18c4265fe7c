"""What happened to a food in a canteen's store: what came, was cooked, was disposed of and was counted."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import today
from services.nutrition.stocks import history
from services.nutrition.stocks.schemas import Movement, MovementRead
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork

MOST_DAYS = 62


async def list_movements(
    uow: UnitOfWork, canteen_id: str, food_code: str, first: date, last: date, lot_id: str | None
) -> list[MovementRead]:
    """Return what happened to a food between two days, both included, in the order of its days.

    Receipts and meals are shown as they stand after their corrections.
    """
    if last < first:
        raise DomainError("ends-before-it-begins", f"{last} is before {first}", field="to")
    if (last - first).days >= MOST_DAYS:
        raise DomainError("too-many-days", f"at most {MOST_DAYS} days at once", field="to")
    await canteens.one(uow.session, canteen_id)
    session = uow.session
    found = [
        *(
            _of(Movement.RECEIVED, row.delivery_day, food_code, row.lot_id, row.accepted_g, row.receipt_id)
            for row in await history.received(session, canteen_id, food_code, first, last)
        ),
        *_cooked(await history.meals(session, canteen_id, first, last), food_code),
        *(
            _of(Movement.DISPOSED, today(row.disposed_at), food_code, row.lot_id, -row.quantity_g, row.disposal_id)
            for row in await history.disposed(session, canteen_id, food_code)
        ),
        *(
            _of(
                Movement.COUNTED,
                today(row.counted_at),
                food_code,
                row.lot_id,
                row.counted_g - row.before_g,
                row.count_id,
            )
            for row in await history.counted(session, canteen_id, food_code)
        ),
    ]
    within = [one for one in found if first <= one.day <= last and lot_id in (None, one.lot_id)]
    order = list(Movement)
    return sorted(within, key=lambda one: (one.day, order.index(one.movement), one.source_id))


def _cooked(meals: Sequence[Row[tuple[object, ...]]], food_code: str) -> list[MovementRead]:
    return [
        _of(Movement.COOKED, meal.day, food_code, used["lot_id"] or "", -used["quantity_g"], meal.meal_id)
        for meal in meals
        for used in meal.used
        if used["food_code"] == food_code
    ]


def _of(movement: Movement, day: date, food_code: str, lot_id: str, change_g: int, source_id: str) -> MovementRead:
    return MovementRead(
        day=day,
        movement=movement,
        food_code=food_code,
        lot_id=lot_id or None,
        change_g=change_g,
        source_id=source_id,
    )
