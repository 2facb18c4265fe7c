"""What can happen to photos: uploaded and shown. The store is asked between transactions, never within one."""

from typing import Any

from services.logistics.photos import queries
from shared.errors import DomainError
from shared.files import digest_of, fetch, media_type_of, open_files
from shared.ids import new_id
from shared.service import Service


async def upload(service: Service, data: bytes) -> dict[str, Any]:
    """Keep a photo and return what it is. Raises DomainError for what is no JPEG or PNG.

    The content is stored first: a crash in between leaves bytes nobody names, never a name without bytes.
    """
    media_type = media_type_of(data)
    if not media_type.startswith("image/"):
        raise DomainError("file-type", "attach a JPEG or a PNG", field="body")
    photo_id = new_id()
    await open_files(service.settings).put(photo_id, data, media_type)
    row = {"photo_id": photo_id, "media_type": media_type, "size_bytes": len(data), "sha256": digest_of(data)}
    async with service.begin() as uow:
        await queries.add(uow, row | {"uploaded_at": uow.now})
    return row


async def read(service: Service, photo_id: str) -> tuple[str, bytes]:
    """Return a photo's media type and content. Raises NotFound, FileLost when it is not what was uploaded."""
    async with service.begin(read_only=True) as uow:
        row = await queries.one(uow, photo_id)
    return row.media_type, await fetch(open_files(service.settings), photo_id, row.sha256)
