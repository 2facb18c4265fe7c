"""What can happen to files: uploaded, read, forgotten when nothing names them.

The store is asked between transactions, never within one.
"""

from datetime import timedelta

from services.farmers.files import queries
from shared.audit.recording import Asker, recorded
from shared.files import FileStore, digest_of, fetch, media_type_of, open_files
from shared.ids import new_id
from shared.service import Service

KEPT_UNATTACHED = timedelta(days=2)
_BATCH = 100


def store_of(service: Service) -> FileStore:
    """Return the store the service's settings name."""
    return open_files(service.settings)


async def upload(service: Service, data: bytes, asker: Asker) -> dict[str, str | int]:
    """Keep a file and return what it is. Raises DomainError for what is no PDF, JPEG or PNG.

    The content is stored first: a crash in between leaves bytes nobody names, never a name without bytes.
    """
    media_type = media_type_of(data)
    file_id = new_id()
    await store_of(service).put(file_id, data, media_type)
    digest = digest_of(data)
    row: dict[str, str | int] = {
        "file_id": file_id,
        "media_type": media_type,
        "size_bytes": len(data),
        "sha256": digest,
    }
    async with service.begin() as uow, recorded(uow, asker, queries.file, [row]):
        await queries.insert_file(uow.session, row | {"uploaded_at": uow.now})
    return row


async def read(service: Service, file_id: str) -> tuple[str, bytes]:
    """Return a file's media type and content. Raises NotFound, FileLost when it is not what was uploaded."""
    async with service.begin(read_only=True) as uow:
        row = await queries.one(uow.session, file_id)
    return row.media_type, await fetch(store_of(service), file_id, row.sha256)


async def forget_unattached(service: Service) -> int:
    """Forget files that nothing named for two days; returns how many.

    What is known goes first: from then on nothing can name the file, and its bytes may go.
    """
    async with service.begin() as uow:
        ids = await queries.unattached(uow.session, uow.now - KEPT_UNATTACHED, _BATCH)
        if ids:
            await queries.forget(uow.session, ids)
    for file_id in ids:
        await store_of(service).delete(file_id)
    return len(ids)
