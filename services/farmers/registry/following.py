"""Following a registry outside: what it says of our households is taken in one transaction with how far we are."""

from typing import Any

from pydantic import ValidationError

from services.farmers.registry import queries
from services.farmers.registry.client import Changes
from services.farmers.registry.domain import Entry
from services.farmers.registry.schemas import EntryRow
from services.farmers.registry.usecases import take_entries
from shared.bulk import Refusal, refusal_of
from shared.ids import new_id
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork


async def cursor_of(uow: UnitOfWork, registry: str) -> str | None:
    """Return where a registry is to be followed from."""
    return await queries.cursor_of(uow.session, registry)


async def take_page(uow: UnitOfWork, sealer: Sealer, registry: str, cursor: str | None, page: Changes) -> int:
    """Take a page that was asked for at a cursor, once; returns how many statuses are new.

    Households nobody registered are counted and passed over: a registry knows everybody, a cooperative its members.
    """
    state = await queries.lock_state(uow.session, uow.dialect, registry, _fresh(uow))
    if state.cursor != cursor:
        return 0
    rows, refused = _parsed(page)
    asked = [entry.registry_no for _, entry in rows if entry.registry_no is not None]
    known = (await queries.numbers(uow.session, sealer, asked, [])).household_of
    ours = [(n, one) for n, one in rows if one.household_id or one.cooperative_id or one.registry_no in known]
    taken = await take_entries(uow, sealer, ours)
    said = {index: (known.get(entry.registry_no or "", entry.household_id), entry) for index, entry in ours}
    refused += taken.refused
    await queries.note_refusals(
        uow.session, [_noted(uow, refusal, *said.get(refusal.index, ())) for refusal in refused]
    )
    counts = {
        "recorded": state.recorded + taken.statuses.created,
        "unknown": state.unknown + len(rows) - len(ours),
        "refused": state.refused + len(refused),
    }
    done = {"cursor": page.cursor, "failures": 0, "error": None, "tried_at": uow.now, "succeeded_at": uow.now}
    await queries.save_state(uow.session, registry, counts | done)
    return taken.statuses.created


async def note_failure(uow: UnitOfWork, registry: str, error: str) -> None:
    """Write down that a registry could not be followed."""
    state = await queries.lock_state(uow.session, uow.dialect, registry, _fresh(uow))
    values = {"failures": state.failures + 1, "error": error[:500], "tried_at": uow.now}
    await queries.save_state(uow.session, registry, values)


def _fresh(uow: UnitOfWork) -> dict[str, Any]:
    return {"recorded": 0, "unknown": 0, "refused": 0, "failures": 0, "tried_at": uow.now}


def _parsed(page: Changes) -> tuple[list[tuple[int, Entry]], list[Refusal]]:
    rows: list[tuple[int, Entry]] = []
    refused: list[Refusal] = []
    for index, item in enumerate(page.items):
        try:
            rows.append((index, EntryRow.model_validate(item).entry()))
        except ValidationError as error:
            refused.append(refusal_of(index, error))
    return rows, refused


def _noted(
    uow: UnitOfWork, refusal: Refusal, household_id: str | None = None, entry: Entry | None = None
) -> dict[str, Any]:
    return {
        "refusal_id": new_id(),
        "household_id": household_id,
        "status": entry.status if entry else None,
        "from_day": entry.from_day if entry else None,
        "field": refusal.field[:64],
        "rule": refusal.rule[:64],
        "detail": refusal.detail[:500],
        "refused_at": uow.now,
    }
