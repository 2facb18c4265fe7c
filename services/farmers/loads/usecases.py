"""What can happen to a load: it begins, comes a chunk further, ends, is looked at."""

from collections.abc import Iterable
from dataclasses import replace

from services.farmers.cooperatives.usecases import lock_cooperatives, recount
from services.farmers.loads import queries
from services.farmers.loads.domain import KEPT, Counts, Load, LoadStatus, RowError, rows_of
from services.farmers.registry.sheet import read_rows
from services.farmers.registry.usecases import take_uncounted
from shared.sealing import Sealer
from shared.tabular import Table
from shared.unit_of_work import UnitOfWork


async def begin(uow: UnitOfWork, load_id: str) -> Load:
    """Begin a load; those that are over for a month are forgotten."""
    await queries.forget_before(uow.session, uow.now - KEPT)
    load = Load(load_id, LoadStatus.RUNNING, Counts(), None, uow.now, uow.now)
    await queries.add(uow.session, load)
    return load


async def take_chunk(uow: UnitOfWork, sealer: Sealer, load: Load, table: Table) -> tuple[Load, set[str]]:
    """Take rows of the file as an import takes a file, but that cooperatives are counted when all is taken.

    Returns the load as it is then, written with them, and the cooperatives concerned.
    """
    sheet = read_rows(table)
    taken = await take_uncounted(uow, sealer, sheet.rows)
    refusals = sorted([*table.warned, *sheet.refused, *taken.refused], key=lambda refusal: refusal.index)
    errors = [RowError(one.index, one.field[:64], one.rule[:64], one.detail[:500]) for one in refusals]
    await queries.add_errors(uow.session, load.load_id, load.counts.errors, errors)
    counts = Counts(
        read_rows=len(table.rows) + len(table.refused),
        households_created=taken.households.created,
        households_changed=taken.households.changed,
        people_created=taken.people.created,
        people_changed=taken.people.changed,
        statuses_created=taken.statuses.created,
        refused_rows=rows_of(errors),
        errors=len(errors),
    )
    further = replace(load, counts=load.counts.plus(counts), changed_at=uow.now)
    await queries.save(uow.session, further)
    return further, set(taken.locked)


async def count(uow: UnitOfWork, load: Load, cooperative_ids: Iterable[str]) -> Load:
    """Count the households of cooperatives a load was about and tell of those whose counts changed."""
    await recount(uow, await lock_cooperatives(uow, cooperative_ids))
    further = replace(load, changed_at=uow.now)
    await queries.save(uow.session, further)
    return further


async def end(uow: UnitOfWork, load: Load, error: str | None) -> Load:
    """End a load: done, or broken off by an error."""
    status = LoadStatus.DONE if error is None else LoadStatus.BROKEN_OFF
    ended = replace(load, status=status, error=error, changed_at=uow.now)
    await queries.save(uow.session, ended)
    return ended
