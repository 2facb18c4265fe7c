"""SQL of photos."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, exists, select, update

from services.logistics.photos.models import Photo, ReceiptPhoto
from services.logistics.tables import insert_into, table_of
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork

photo = table_of(Photo)
named = table_of(ReceiptPhoto)


async def add(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Write what a photo is; one that is there stays."""
    await uow.session.execute(insert_into(uow, photo).values(row).on_conflict_do_nothing())


async def digest(uow: UnitOfWork, photo_id: str) -> str | None:
    """Return the SHA-256 of a photo's content, None where there is none."""
    found: str | None = await uow.session.scalar(select(photo.c.sha256).where(photo.c.photo_id == photo_id))
    return found


async def one(uow: UnitOfWork, photo_id: str) -> Any:
    """Return what a photo is; NotFound names the id."""
    there = (photo.c.photo_id == photo_id, photo.c.state != "gone")
    row = (await uow.session.execute(select(photo).where(*there))).first()
    if row is None:
        raise NotFound("photo", photo_id, field="photo_id")
    return row


async def lock_known(uow: UnitOfWork, photos: Collection[str]) -> set[str]:
    """Lock those of the photos that are there, so that none is judged before its receipt is written; return them."""
    if not photos:
        return set()
    there = select(photo.c.photo_id).where(photo.c.photo_id.in_(sorted(photos)), photo.c.state != "gone")
    return set((await uow.session.scalars(there.order_by(photo.c.photo_id).with_for_update(read=True))).all())


async def name(uow: UnitOfWork, photos: Collection[tuple[str, str]]) -> None:
    """Note that receipts name photos, as (receipt id, photo id)."""
    if photos:
        rows = [{"receipt_id": receipt_id, "photo_id": photo_id} for receipt_id, photo_id in sorted(set(photos))]
        await uow.session.execute(insert_into(uow, named).on_conflict_do_nothing(), rows)


async def lock_waiting(uow: UnitOfWork, before: datetime, limit: int) -> list[str]:
    """Lock photos uploaded before an instant that wait to be judged, the oldest first, and return them.

    One that a receipt is about to name is passed over.
    """
    waiting = select(photo.c.photo_id).where(photo.c.state == "waiting", photo.c.uploaded_at < before)
    oldest = waiting.order_by(photo.c.uploaded_at, photo.c.photo_id).limit(limit)
    return list((await uow.session.scalars(oldest.with_for_update(skip_locked=True))).all())


async def judge(uow: UnitOfWork, photos: Collection[str]) -> None:
    """Keep locked photos that receipts name, let the others go.

    A statement of its own, after the lock: one statement would see the receipts of before it waited for the lock.
    """
    by_receipt = exists().where(named.c.photo_id == photo.c.photo_id)
    judged = update(photo).where(photo.c.photo_id.in_(sorted(photos)))
    await uow.session.execute(judged.values(state=case((by_receipt, "kept"), else_="gone")))


async def gone(uow: UnitOfWork, limit: int) -> list[str]:
    """Return photos whose content is to be deleted."""
    ids = select(photo.c.photo_id).where(photo.c.state == "gone").order_by(photo.c.uploaded_at).limit(limit)
    return list((await uow.session.scalars(ids)).all())


async def drop(uow: UnitOfWork, photos: Collection[str]) -> None:
    """Delete photos that are gone and whose content is deleted."""
    await uow.session.execute(delete(photo).where(photo.c.photo_id.in_(sorted(photos)), photo.c.state == "gone"))
