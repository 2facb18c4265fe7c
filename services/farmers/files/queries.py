"""All SQL about files."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from services.farmers.admissions.models import ApplicationDocument
from services.farmers.certificates.models import Certificate
from services.farmers.files.models import StoredFile
from services.farmers.lotphotos.models import LotPhoto
from services.farmers.tables import table_of
from shared.database import Session
from shared.errors import NotFound

file = table_of(StoredFile)
USES = tuple(table_of(model).c.file_id for model in (Certificate, ApplicationDocument, LotPhoto))
"""Every column a file may be attached by."""


async def insert_file(session: Session, row: dict[str, Any]) -> None:
    """Write what a file is."""
    await session.execute(insert(file), [row])


async def one(session: Session, file_id: str) -> Row[Any]:
    """Return what a file is. Raises NotFound."""
    row: Row[Any] | None = (await session.execute(select(file).where(file.c.file_id == file_id))).first()
    if row is None:
        raise NotFound("file", file_id, field="file_id")
    return row


async def known(session: Session, ids: Collection[str]) -> set[str]:
    """Return those of the files that were uploaded; a request names 1,000 at most."""
    return set((await session.scalars(select(file.c.file_id).where(file.c.file_id.in_(ids)))).all()) if ids else set()


async def unattached(session: Session, before: datetime, limit: int) -> Sequence[str]:
    """Return files uploaded before an instant that nothing names."""
    statement = select(file.c.file_id).where(file.c.uploaded_at < before).limit(limit)
    for use in USES:
        statement = statement.where(~select(use).where(use == file.c.file_id).exists())
    ids: Sequence[str] = (await session.scalars(statement)).all()
    return ids


async def forget(session: Session, ids: Collection[str]) -> None:
    """Delete what is known of files."""
    await session.execute(delete(file).where(file.c.file_id.in_(ids)))
