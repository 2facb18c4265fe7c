"""The base class of every table of the portal: sessions, feedback, counters, never business data."""

from typing import TYPE_CHECKING

from sqlmodel import SQLModel

from shared.models import insert_for, one_of, table_base, table_of

__all__ = ["Table", "insert_for", "one_of", "table_of"]

if TYPE_CHECKING:
    # A base class made at run time is no base class to a type checker; this one has the same members.
    Table = SQLModel
else:
    Table = table_base()
