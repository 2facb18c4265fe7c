"""The days nearest to one on which there is something: an empty day leads to them."""

from datetime import date

from pydantic import BaseModel, Field
from sqlalchemy import Column, ColumnElement, func, select

from shared.database import Session


class DaysNear(BaseModel):
    """The last day before, and the first after, on which there is something; None where there is none."""

    before: date | None = Field(examples=["2026-11-27"])
    after: date | None = Field(examples=["2026-12-01"])


async def nearest(session: Session, day: Column[date], near: date, *where: ColumnElement[bool]) -> DaysNear:
    """Return the days nearest to one, before and after it, of the rows that are meant; by the end of an index each."""
    before = select(func.max(day)).where(day < near, *where).scalar_subquery()
    after = select(func.min(day)).where(day > near, *where).scalar_subquery()
    found = (await session.execute(select(before.label("before"), after.label("after")))).one()
    return DaysNear(before=found.before, after=found.after)
