"""All SQL about photos of dishes."""

from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, select

from services.nutrition.dishphotos.models import DishPhoto
from services.nutrition.tables import insert_into, table_of
from shared.database import Session
from shared.unit_of_work import UnitOfWork

photo = table_of(DishPhoto)
KEY = ("county_code", "dish_code")
_OF_COUNTY = select(photo.c.dish_code, photo.c.photo_id, photo.c.width_px, photo.c.height_px).where(
    photo.c.county_code == bindparam("county_code")
)


async def of_county(session: Session, county_code: str) -> dict[str, Row[Any]]:
    """Return the photos of a county by their dishes' codes: id, width and height."""
    return {row.dish_code: row for row in (await session.execute(_OF_COUNTY, {"county_code": county_code})).all()}


async def one(session: Session, county_code: str, dish_code: str, *, lock: bool = False) -> Row[Any] | None:
    """Return the photo of a dish in a county, None where there is none; locked, nobody else replaces it."""
    statement = select(photo).where(photo.c.county_code == county_code, photo.c.dish_code == dish_code)
    found: Row[Any] | None = (await session.execute(statement.with_for_update() if lock else statement)).first()
    return found


async def put(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Let a photo show a dish in a county, in the place of the one before."""
    statement = insert_into(uow, photo).values(row)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=list(KEY), set_=row))


async def forget(session: Session, county_code: str, dish_code: str) -> None:
    """Let no photo show a dish in a county."""
    this = and_(photo.c.county_code == county_code, photo.c.dish_code == dish_code)
    await session.execute(delete(photo).where(this))
