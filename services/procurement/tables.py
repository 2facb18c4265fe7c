"""The base class of every table of procurement, and what Core statements need: plain tables and their inserts."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from shared.models import table_base
from shared.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    # A base class made at run time is no base class to a type checker; this one has the same members.
    Table = SQLModel
else:
    Table = table_base()


def table_of(model: type[SQLModel]) -> CoreTable:
    """Return the table behind a model, for Core statements with explicit columns."""
    return model.metadata.tables[str(model.__tablename__)]


def insert_into(uow: UnitOfWork, table: CoreTable) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that knows ON CONFLICT in the dialect at hand."""
    return postgresql.insert(table) if uow.dialect == "postgresql" else sqlite.insert(table)


def big(**options: Any) -> Any:
    """Return a 64-bit column for grams or fen: a county's week exceeds 32 bits."""
    return Field(sa_type=BigInteger, **options)


def one_of(column: str, *values: str) -> CheckConstraint:
    """Return the CHECK of a column that holds an enum by value."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)
