"""Loading a file of any length: rows are taken as they arrive, each chunk in a unit of work of its own.

Nothing of the file is stored but what is taken of it: names and numbers would lie about in the open. What was taken of
a file that breaks off stands; sent again from its beginning, the same rows change nothing. Members are counted at the
end: a process that is lost leaves old counts until the file is sent again, or something else happens to a cooperative.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TypeVar

import structlog

from services.farmers.loads import queries, usecases
from services.farmers.loads.domain import Load
from services.farmers.registry.sheet import COLUMNS, KEYS
from shared.audit.recording import Asker, recorded
from shared.database import is_transient
from shared.ids import new_id
from shared.service import Service
from shared.tabular import Table
from shared.tabular_stream import stream_table
from shared.unit_of_work import UnitOfWork

CHUNK = 1_000
"""Rows of a unit of work: others wait for the cooperatives it holds, and for the event loop."""
_COUNTED = 50
"""Cooperatives whose members are counted in a unit of work."""
_ATTEMPTS = 4
_PAUSE_S = 0.2

T = TypeVar("T")
Recorded = Callable[[UnitOfWork], AbstractAsyncContextManager[None]]

log = structlog.get_logger()


async def load_file(service: Service, stream: AsyncIterable[bytes], asker: Asker) -> Load:
    """Take a file as it comes; returns what became of it. That it began and how it ended is on record as who asks' act.

    Raises DomainError, before anything is kept, where the file as a whole cannot be meant.
    """
    tables = stream_table(stream, COLUMNS, KEYS, CHUNK)
    first = await anext(tables)
    load_id = new_id()
    recording = partial(recorded, asker=asker, table=queries.load, objects=[{"load_id": load_id}])
    async with service.begin() as uow, recording(uow):
        load = await usecases.begin(uow, load_id)
    concerned: set[str] = set()
    try:
        load = await _take(service, load, first, concerned)
        async for table in tables:
            load = await _take(service, load, table, concerned)
        load = await _count(service, load, concerned)
    except BaseException as error:
        log.warning("load-broken-off", load_id=load.load_id, error=type(error).__name__)
        await asyncio.shield(_break_off(service, load, concerned, error, recording))
        raise
    async with service.begin() as uow, recording(uow):
        return await usecases.end(uow, load, None)


async def _take(service: Service, load: Load, table: Table, concerned: set[str]) -> Load:
    """Take a chunk; the cooperatives it is about are added to those concerned."""
    step = partial(usecases.take_chunk, sealer=service.sealer, load=load, table=table)
    load, cooperative_ids = await _again(service, step)
    concerned |= cooperative_ids
    return load


async def _count(service: Service, load: Load, concerned: set[str]) -> Load:
    """Count the members of cooperatives again, once for the whole file: a village may stand in all its chunks."""
    ids = sorted(concerned)
    for start in range(0, len(ids), _COUNTED):
        step = partial(usecases.count, load=load, cooperative_ids=ids[start : start + _COUNTED])
        load = await _again(service, step)
    return load


async def _again(service: Service, step: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Do a step in a unit of work; where the database asks for it (a deadlock, a lost connection), once more."""
    attempts = 0
    while True:
        attempts += 1
        try:
            async with service.begin() as uow:
                return await step(uow)
        except Exception as error:
            if attempts == _ATTEMPTS or not is_transient(error):
                raise
        await asyncio.sleep(_PAUSE_S * 2**attempts)


async def _break_off(
    service: Service, load: Load, concerned: set[str], error: BaseException, recording: Recorded
) -> None:
    async with service.begin() as uow, recording(uow):
        broken = await usecases.end(uow, load, f"broken off by {type(error).__name__}: send the file again")
    await _count(service, broken, concerned)
