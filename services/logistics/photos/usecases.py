"""What can happen to photos: uploaded, shown, forgotten. The store is asked between transactions, never within one."""

from datetime import timedelta
from typing import Any

from services.logistics.photos import queries
from shared.audit.recording import Asker, recorded
from shared.claiming import in_batches
from shared.errors import DomainError
from shared.files import digest_of, fetch, media_type_of, open_files
from shared.service import Service
from shared.unit_of_work import UnitOfWork

UNNAMED_FOR = timedelta(days=30)
"""How long a photo waits for a receipt to name it: an assumption of this project.

A phone may be offline for weeks, and keeps its photos until its receipt is taken: one that names a photo that is gone
is refused by name, and sent again with it.
"""
_AT_ONCE = 500


async def upload(service: Service, photo_id: str, data: bytes, asker: Asker) -> dict[str, Any]:
    """Keep a photo and return what it is; again under the same id it is the same. Raises DomainError for what is no
    JPEG or PNG, or another photo.

    The content is stored first: a crash in between leaves bytes nobody names, never a name without bytes.
    """
    media_type = media_type_of(data)
    if not media_type.startswith("image/"):
        raise DomainError("file-type", "attach a JPEG or a PNG", field="body")
    row = {"photo_id": photo_id, "media_type": media_type, "size_bytes": len(data), "sha256": digest_of(data)}
    async with service.begin(read_only=True) as uow:
        known = await queries.digest(uow, photo_id)
    if known is not None and known != row["sha256"]:
        raise DomainError("idempotency-key-reused", "this key came with another photo", field="Idempotency-Key")
    await open_files(service.settings).put(photo_id, data, media_type)
    if known is None:
        async with service.begin() as uow, recorded(uow, asker, queries.photo, [row]):
            await queries.add(uow, row | {"uploaded_at": uow.now})
    return row


async def read(service: Service, photo_id: str) -> tuple[str, bytes]:
    """Return a photo's media type and content. Raises NotFound, FileLost when it is not what was uploaded."""
    async with service.begin(read_only=True) as uow:
        row = await queries.one(uow, photo_id)
    return row.media_type, await fetch(open_files(service.settings), photo_id, row.sha256)


async def forget_unnamed(service: Service) -> int:
    """Delete photos that no receipt has named in time; returns how many.

    They are gone first, then their content is deleted, then what they were: killed in between, it is done again.
    """
    await in_batches(service, _judge_waiting, _AT_ONCE)
    return await _delete_gone(service)


async def _judge_waiting(uow: UnitOfWork) -> int:
    photos = await queries.lock_waiting(uow, uow.now - UNNAMED_FOR, _AT_ONCE)
    if photos:
        await queries.judge(uow, photos)
    return len(photos)


async def _delete_gone(service: Service) -> int:
    store, deleted = open_files(service.settings), 0
    while True:
        async with service.begin(read_only=True) as uow:
            photos = await queries.gone(uow, _AT_ONCE)
        if not photos:
            return deleted
        for photo_id in photos:
            await store.delete(photo_id)
        async with service.begin() as uow:
            await queries.drop(uow, photos)
        deleted += len(photos)
