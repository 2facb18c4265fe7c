"""Routes of loads. They are no unit of work each: a file is one for every thousand rows."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import StreamingResponse

from services.farmers.loads import queries
from services.farmers.loads.loading import load_file
from services.farmers.loads.schemas import LoadedRead, LoadRead, Loads
from services.farmers.registry.schemas import EXAMPLE
from shared.audit.recording import Asker
from shared.fields import Id
from shared.routing import guarded_router
from shared.service import Service
from shared.tabular import csv_body, guarded, require_csv, write_table

router = guarded_router(prefix="/household-registry/loads", tags=["households"])

_SHOWN, _PAGE = 100, 5_000
LoadId = Annotated[Id, Path()]


@router.post("", openapi_extra={"requestBody": {"required": True, "content": csv_body(EXAMPLE)}})
async def load_registry(request: Request) -> LoadedRead:
    """Take a household registry of any length from a CSV file as it arrives: a million rows in little memory.

    Rows are those of `/household-registry/import`, taken a thousand at a time; the good ones stand whatever follows.
    While it runs `GET` shows how far it is. A file that broke off is sent again: what was taken changes nothing.
    """
    require_csv(request)
    service: Service = request.app.state.service
    load = await load_file(service, request.stream(), Asker.of(request))
    async with service.begin(read_only=True) as uow:
        errors = await queries.errors(uow.session, load.load_id, -1, _SHOWN)
    return LoadedRead.with_errors(load, [error for _, error in errors])


@router.get("")
async def list_loads(request: Request) -> Loads:
    """List the newest loads and how far they are."""
    service: Service = request.app.state.service
    async with service.begin(read_only=True) as uow:
        return Loads(items=[LoadRead.of(each.seen(uow.now)) for each in await queries.newest(uow.session, _SHOWN)])


@router.get("/{load_id}")
async def get_load(request: Request, load_id: LoadId) -> LoadRead:
    """Return how far a load is."""
    service: Service = request.app.state.service
    async with service.begin(read_only=True) as uow:
        return LoadRead.of((await queries.one(uow.session, load_id)).seen(uow.now))


@router.get("/{load_id}/errors", response_class=StreamingResponse)
async def list_errors(request: Request, load_id: LoadId) -> StreamingResponse:
    """Return every error of a load as a CSV file: row, field, rule, what is wrong."""
    service: Service = request.app.state.service
    async with service.begin(read_only=True) as uow:
        await queries.one(uow.session, load_id)
    headers = {"content-disposition": 'attachment; filename="errors.csv"'}
    return StreamingResponse(_lines(service, load_id), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(service: Service, load_id: str) -> AsyncIterator[bytes]:
    yield write_table(("row", "field", "rule", "detail"), ())
    place = -1
    while True:
        async with service.begin(read_only=True) as uow:
            found = await queries.errors(uow.session, load_id, place, _PAGE)
        if not found:
            return
        cells = [(str(one.row), guarded(one.field), one.rule, guarded(one.detail)) for _, one in found]
        yield write_table(cells[0], cells[1:]).removeprefix(b"\xef\xbb\xbf")
        place = found[-1][0]
