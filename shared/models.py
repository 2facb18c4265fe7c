"""The base of a service's tables: a registry and a naming convention of its own, backbone tables included."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.database import NAMING
from shared.messaging.tables import add_backbone


def table_base() -> type[SQLModel]:
    """Return a new SQLModel base class whose tables live in a metadata of their own.

    A service calls this once (`services/<service>/tables.py`: `Table = table_base()`) and its models inherit from it.
    """
    own = registry(metadata=MetaData(naming_convention=NAMING))

    class Table(SQLModel, registry=own):
        metadata = own.metadata

    add_backbone(own.metadata)
    return Table
