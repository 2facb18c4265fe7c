"""The base class of every table of farmers, and what Core statements need: plain tables and their inserts."""

from typing import TYPE_CHECKING

from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from shared.models import table_base

if TYPE_CHECKING:
    # A base class made at run time is no base class to a type checker; this one has the same members.
    Table = SQLModel
else:
    Table = table_base()


def table_of(model: type[SQLModel]) -> CoreTable:
    """Return the table behind a model, for Core statements with explicit columns."""
    return model.metadata.tables[str(model.__tablename__)]


def insert_new(dialect: str, table: CoreTable) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that leaves rows alone which are there already; name what it is to return."""
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
