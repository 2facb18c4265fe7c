"""The base class of every table of procurement, and what Core statements need: plain tables and their inserts."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from shared.models import insert_for, one_of, table_base, table_of
from shared.unit_of_work import UnitOfWork

__all__ = ["Table", "big", "insert_into", "one_of", "table_of"]

if TYPE_CHECKING:
    # A base class made at run time is no base class to a type checker; this one has the same members.
    Table = SQLModel
else:
    Table = table_base()


def insert_into(uow: UnitOfWork, table: CoreTable) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that knows ON CONFLICT in the dialect at hand."""
    return insert_for(uow.dialect, table)


def big(**options: Any) -> Any:
    """Return a 64-bit column for grams or fen: a county's week exceeds 32 bits."""
    return Field(sa_type=BigInteger, **options)
