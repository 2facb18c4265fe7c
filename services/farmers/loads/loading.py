"""Loading a file of any length: rows are taken as they arrive, each chunk in a unit of work of its own.

Nothing of the file is stored but what is taken of it: names and numbers would lie about in the open. What was taken of
a file that breaks off stands; sent again from its beginning, the same rows change nothing.
"""

import asyncio
from collections.abc import AsyncIterable

import structlog

from services.farmers.loads import usecases
from services.farmers.loads.domain import Load
from services.farmers.registry.sheet import COLUMNS, KEYS
from shared.database import is_transient
from shared.ids import new_id
from shared.service import Service
from shared.tabular import Table
from shared.tabular_stream import stream_table

CHUNK = 1_000
"""Rows of a unit of work: others wait for the cooperatives it holds, and for the event loop."""
_ATTEMPTS = 4
_PAUSE_S = 0.2

log = structlog.get_logger()


async def load_file(service: Service, stream: AsyncIterable[bytes]) -> Load:
    """Take a file as it comes; returns what became of it.

    Raises DomainError, before anything is kept, where the file as a whole cannot be meant.
    """
    tables = stream_table(stream, COLUMNS, KEYS, CHUNK)
    first = await anext(tables)
    async with service.begin() as uow:
        load = await usecases.begin(uow, new_id())
    try:
        load = await _take(service, load, first)
        async for table in tables:
            load = await _take(service, load, table)
    except BaseException as error:
        log.warning("load-broken-off", load_id=load.load_id, error=type(error).__name__)
        await asyncio.shield(_break_off(service, load, error))
        raise
    async with service.begin() as uow:
        return await usecases.end(uow, load, None)


async def _take(service: Service, load: Load, table: Table) -> Load:
    """Take a chunk; where the database asks for it (a deadlock, a lost connection), once more."""
    attempts = 0
    while True:
        attempts += 1
        try:
            async with service.begin() as uow:
                return await usecases.take_chunk(uow, service.sealer, load, table)
        except Exception as error:
            if attempts == _ATTEMPTS or not is_transient(error):
                raise
        await asyncio.sleep(_PAUSE_S * 2**attempts)


async def _break_off(service: Service, load: Load, error: BaseException) -> None:
    async with service.begin() as uow:
        await usecases.end(uow, load, f"broken off by {type(error).__name__}: send the file again")
