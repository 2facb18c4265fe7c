"""All SQL about photos of lots."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from services.farmers.files.queries import file
from services.farmers.lotphotos.models import LotPhoto
from services.farmers.tables import table_of
from shared.database import Session
from shared.models import insert_for

photo = table_of(LotPhoto)


async def put(session: Session, dialect: str, lot_id: str, file_id: str, now: datetime) -> None:
    """Name a file as the photo of a lot, in the place of the one before."""
    row = {"lot_id": lot_id, "file_id": file_id, "named_at": now}
    statement = insert_for(dialect, photo).values(row)
    await session.execute(statement.on_conflict_do_update(index_elements=[photo.c.lot_id], set_=row))


async def forget(session: Session, lot_id: str) -> None:
    """Let a lot have no photo; its file is forgotten two days later."""
    await session.execute(delete(photo).where(photo.c.lot_id == lot_id))


async def file_of(session: Session, lot_id: str) -> str | None:
    """Return the file that shows a lot, None where none does."""
    found: str | None = await session.scalar(select(photo.c.file_id).where(photo.c.lot_id == lot_id))
    return found


async def with_photo(session: Session, lot_ids: Collection[str]) -> list[str]:
    """Return those of the lots that have a photo, by id."""
    statement = select(photo.c.lot_id).where(photo.c.lot_id.in_(lot_ids)).order_by(photo.c.lot_id)
    return list((await session.scalars(statement)).all())


async def media_type_of(session: Session, file_id: str) -> str | None:
    """Return what a file is, None where there is no such file."""
    found: str | None = await session.scalar(select(file.c.media_type).where(file.c.file_id == file_id))
    return found
