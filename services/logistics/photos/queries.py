"""SQL of photos."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, select

from services.logistics.photos.models import Photo, ReceiptPhoto
from services.logistics.tables import insert_into, table_of
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork

photo = table_of(Photo)
named = table_of(ReceiptPhoto)


async def add(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Write what a photo is."""
    await uow.session.execute(insert(photo).values(row))


async def one(uow: UnitOfWork, photo_id: str) -> Any:
    """Return what a photo is; NotFound names the id."""
    row = (await uow.session.execute(select(photo).where(photo.c.photo_id == photo_id))).first()
    if row is None:
        raise NotFound("photo", photo_id, field="photo_id")
    return row


async def known(uow: UnitOfWork, photos: Collection[str]) -> set[str]:
    """Return those of the photos that were uploaded."""
    if not photos:
        return set()
    return set((await uow.session.scalars(select(photo.c.photo_id).where(photo.c.photo_id.in_(sorted(photos))))).all())


async def name(uow: UnitOfWork, photos: Collection[tuple[str, str]]) -> None:
    """Note that receipts name photos, as (receipt id, photo id)."""
    if photos:
        rows = [{"receipt_id": receipt_id, "photo_id": photo_id} for receipt_id, photo_id in sorted(set(photos))]
        await uow.session.execute(insert_into(uow, named).on_conflict_do_nothing(), rows)
