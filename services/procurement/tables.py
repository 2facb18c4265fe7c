"""The base class of every table of procurement, and its columns' common types."""

from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from shared.models import table_base

Table = table_base()


def core(model: type[SQLModel]) -> sqlalchemy.Table:
    """Return the Core table of a model: what the hand-written SQL of `queries.py` is made of."""
    return model.metadata.tables[str(model.__tablename__)]


def big(**options: Any) -> Any:
    """Return a 64-bit column for grams or fen: a county's week exceeds 32 bits."""
    return Field(sa_type=BigInteger, **options)


def one_of(column: str, *values: str) -> CheckConstraint:
    """Return the CHECK that keeps an enum, stored as text, within its values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
