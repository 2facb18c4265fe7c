"""The base class of every table of logistics, and the plain table behind a model for Core statements."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from shared.models import insert_for, one_of, table_base, table_of
from shared.unit_of_work import UnitOfWork

__all__ = ["Table", "equal_in", "insert_into", "one_of", "replacing", "table_of"]

if TYPE_CHECKING:
    # A base class made at run time is no base class to a type checker; this one has the same members.
    Table = SQLModel
else:
    Table = table_base()


def insert_into(uow: UnitOfWork, table: CoreTable) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that knows ON CONFLICT in the dialect at hand."""
    return insert_for(uow.dialect, table)


def equal_in(table: CoreTable, where: Mapping[str, object]) -> list[ColumnElement[bool]]:
    """Return what compares columns, by name, with what is given for them; None compares nothing."""
    return [table.c[name] == value for name, value in where.items() if value is not None]


def replacing(uow: UnitOfWork, table: CoreTable) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT of whole rows that replaces those with the same primary key."""
    statement = insert_into(uow, table)
    told = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=told)
