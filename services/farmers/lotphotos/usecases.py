"""What can happen to photos of lots: named, taken back, looked at."""

from collections.abc import Collection

from services.farmers.files import usecases as files
from services.farmers.lotphotos import queries
from services.farmers.lots import queries as lots
from shared.errors import NotFound
from shared.pictures import picture_alone, require_photo
from shared.service import Service
from shared.unit_of_work import UnitOfWork


async def put_photo(uow: UnitOfWork, lot_id: str, file_id: str | None) -> None:
    """Say which file shows a lot; None: none does any more. Raises NotFound, DomainError."""
    await lots.lock(uow.session, uow.dialect, [lot_id])
    await lots.one(uow.session, uow.dialect, lot_id)
    if file_id is None:
        await queries.forget(uow.session, lot_id)
        return
    media_type = await queries.media_type_of(uow.session, file_id)
    if media_type is None:
        raise NotFound("file", file_id, field="file_id")
    require_photo(media_type)
    if await queries.file_of(uow.session, lot_id) != file_id:
        await queries.put(uow.session, uow.dialect, lot_id, file_id, uow.now)


async def with_photo(uow: UnitOfWork, lot_ids: Collection[str]) -> list[str]:
    """Return those of the lots that have a photo."""
    return await queries.with_photo(uow.session, lot_ids)


async def picture(service: Service, lot_id: str) -> bytes:
    """Return the photo of a lot as everybody may see it. Raises NotFound, DomainError, FileLost."""
    async with service.begin(read_only=True) as uow:
        file_id = await queries.file_of(uow.session, lot_id)
    if file_id is None:
        raise NotFound("photo", lot_id, field="lot_id")
    _, data = await files.read(service, file_id)
    return picture_alone(data)
