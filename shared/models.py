"""The base of a service's tables (a registry of its own, backbone tables included), and what Core statements need."""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.audit.tables import trail
from shared.database import NAMING
from shared.messaging.tables import add_backbone


def table_base() -> type[SQLModel]:
    """Return a new SQLModel base class whose tables live in a metadata of their own.

    A service calls this once (`services/<service>/tables.py`: `Table = table_base()`) and its models inherit from it.
    """
    own = registry(metadata=MetaData(naming_convention=NAMING))

    class Table(SQLModel, registry=own):
        metadata = own.metadata
        # Rows are not validated: the database does that. So nothing that would is built.
        model_config = {"defer_build": True}

    add_backbone(own.metadata)
    for table in trail.sorted_tables:
        table.to_metadata(own.metadata)
    return Table


def table_of(model: type[SQLModel]) -> CoreTable:
    """Return the table behind a model, for Core statements with explicit columns."""
    return model.metadata.tables[str(model.__tablename__)]


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return the CHECK of a column that holds one of these values, e.g. those of a StrEnum."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(value)) for value in values)})", name=column)


def insert_for(dialect: str, table: CoreTable) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that knows ON CONFLICT in the dialect at hand."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def newest_for(dialect: str, table: CoreTable, names: Iterable[str]) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT of versioned rows by primary key that replaces `names` where a lower version is known.

    A row with no higher version than the present one changes nothing, so that events may come in any order, and twice.
    """
    statement = insert_for(dialect, table)
    keys = [column.name for column in table.primary_key]
    newer = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(
        index_elements=keys, set_=newer, where=table.c.version < statement.excluded.version
    )
