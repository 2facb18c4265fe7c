"""What can happen to samples: they are taken, looked at, discarded, handed over."""

from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import check_done, check_done_on, today
from services.nutrition.samples import domain, queries, reading, telling
from services.nutrition.samples.domain import State
from services.nutrition.samples.schemas import (
    DiscardInput,
    HandOverInput,
    ReadingInput,
    ReadingRead,
    SampleRead,
    SampleRow,
    SamplesInput,
)
from services.nutrition.servings.domain import check_dishes
from services.nutrition.servings.usecases import meal_id_of, planned_meal
from shared.errors import AlreadyDone, Conflict, DomainError, NotFound
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork


async def take(uow: UnitOfWork, body: SamplesInput) -> tuple[list[SampleRead], bool]:
    """Keep samples of a meal's dishes, one of each dish; returns them and whether any is new."""
    taken_at = body.taken_at or uow.now
    check_done_on(body.day, taken_at, uow.now, "taken_at")
    await canteens.one(uow.session, body.canteen_id, "canteen_id")
    _, planned = await planned_meal(uow, body.canteen_id, body.day, body.meal)
    check_dishes([row.dish_code for row in body.samples], [code for code, _ in planned.dishes], "samples")
    domain.check_cold(body.temperature_c, body.remark)
    meal_id = meal_id_of(body.canteen_id, body.day, body.meal)
    rows: dict[str, dict[str, Any]] = {}
    for place, told in enumerate(body.samples):
        domain.check_weight(told.quantity_g, told.not_enough, f"samples.{place}.quantity_g")
        sample_id = derived_id("sample", meal_id, told.dish_code)
        if sample_id in rows:
            raise DomainError(
                "sample-twice", f"{told.dish_code} stands there twice", field=f"samples.{place}.dish_code"
            )
        rows[sample_id] = _row(body, told) | {"sample_id": sample_id, "meal_id": meal_id, "taken_at": taken_at}
        rows[sample_id]["late"] = body.day < today(uow.now)
    new = await queries.add(uow, [rows[sample_id] for sample_id in sorted(rows)])
    kept = await queries.by_ids(uow.session, rows)
    telling.tell(uow, [kept[sample_id] for sample_id in sorted(new)])
    for place, (sample_id, row) in enumerate(rows.items()):
        if sample_id not in new:
            _check_same(kept[sample_id], row, body, f"samples.{place}.dish_code")
    return await reading.of_rows(uow, [kept[sample_id] for sample_id in rows]), bool(new)


def _row(body: SamplesInput, told: SampleRow) -> dict[str, Any]:
    head = body.model_dump(include={"canteen_id", "day", "place", "temperature_c", "taken_by", "remark"})
    return {**head, "meal": body.meal.value, "state": State.KEPT.value, **told.model_dump()}


def _check_same(kept: Row[Any], row: dict[str, Any], body: SamplesInput, field: str) -> None:
    names = ["quantity_g", "place", "taken_by", *(["taken_at"] if body.taken_at else [])]
    if any(getattr(kept, name) != row[name] for name in names):
        detail = f"{kept.quantity_g} g of {kept.dish_code} were kept in {kept.place} at {kept.taken_at.isoformat()}"
        raise AlreadyDone("sample-taken", detail, field=field)


async def discard(uow: UnitOfWork, body: DiscardInput) -> list[SampleRead]:
    """Discard samples, all or none; those discarded before stay as they were."""
    wanted = list(dict.fromkeys(body.sample_ids))
    ended = {"ended_at": uow.now, "ended_by": body.discarded_by}
    gone = await queries.discard(uow.session, wanted, uow.now - domain.KEPT_FOR, ended)
    rows = await queries.by_ids(uow.session, wanted)
    meal_ids = {row.meal_id for row in rows.values()}
    holds = await queries.holds(uow.session, meal_ids)
    recorded = await queries.recorded(uow.session, meal_ids)
    for place, sample_id in enumerate(body.sample_ids):
        field = f"sample_ids.{place}"
        if sample_id not in rows:
            raise NotFound("sample", sample_id, field=field)
        row = rows[sample_id]
        if sample_id not in gone and row.state != State.DISCARDED:
            known = row.meal_id in recorded
            domain.check_discard(State(row.state), row.taken_at, known, holds.get(row.meal_id, []), uow.now, field)
            raise Conflict("sample-busy", "somebody is at it at this moment; ask again", field=field)
    telling.tell(uow, [rows[sample_id] for sample_id in sorted(gone)])
    return await reading.of_rows(uow, [rows[sample_id] for sample_id in wanted])


async def hand_over(uow: UnitOfWork, sample_id: str, body: HandOverInput) -> SampleRead:
    """Give a sample to whoever tests it; that is how a held one leaves. Told again it changes nothing."""
    ended = {
        "ended_at": uow.now,
        "ended_by": body.handed_by,
        "handed_to": body.handed_to,
        "handed_for": body.reason,
    }
    given = await queries.hand_over(uow.session, sample_id, ended)
    row = await queries.one(uow.session, sample_id)
    if not given and (row.state, row.handed_to) != (State.HANDED_OVER, body.handed_to):
        what = "discarded" if row.state == State.DISCARDED else f"handed over to {row.handed_to}"
        raise AlreadyDone("sample-gone", f"it was {what} at {row.ended_at.isoformat()}")
    if given:
        telling.tell(uow, [row])
    return (await reading.of_rows(uow, [row]))[0]


async def look(uow: UnitOfWork, body: ReadingInput) -> ReadingRead:
    """Write down how cold a place for samples is; another number for the same instant is a conflict."""
    at = body.measured_at or uow.now
    check_done(at, uow.now, "measured_at")
    domain.check_cold(body.temperature_c, body.remark)
    await canteens.one(uow.session, body.canteen_id, "canteen_id")
    await queries.add_reading(uow, body.model_dump() | {"measured_at": at})
    row = await queries.reading_at(uow.session, body.canteen_id, body.place, at)
    if (row.temperature_c, row.remark) != (body.temperature_c, body.remark):
        detail = f"{row.temperature_c:g} °C was read at that instant; read again rather than write over it"
        raise AlreadyDone("reading-taken", detail, field="temperature_c")
    return reading.of_reading(row)
