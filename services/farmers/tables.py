"""The base class of every table of farmers, and what Core statements need: plain tables and their inserts."""

from typing import TYPE_CHECKING

from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from shared.models import insert_for, one_of, table_base, table_of

__all__ = ["Table", "insert_new", "one_of", "table_of"]

if TYPE_CHECKING:
    # A base class made at run time is no base class to a type checker; this one has the same members.
    Table = SQLModel
else:
    Table = table_base()


def insert_new(dialect: str, table: CoreTable) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that leaves rows alone which are there already; name what it is to return."""
    return insert_for(dialect, table).on_conflict_do_nothing()
