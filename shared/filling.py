"""Several rows in one statement of PostgreSQL, as columns of values.

It looks at the policies of a table for every statement: a row costs as much as a hundred of one. COPY is refused where
policies hold.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Executable, Insert, String, Table
from sqlalchemy.dialects.postgresql import asyncpg

FILLED_AT_ONCE = 20_000
FILLED_FROM = 2
"""Rows that one statement inserts at most, and from how many on it does."""


class Filling:
    """What inserts columns of values into a table, and how each column's values are written."""

    def __init__(self, table: Table, names: tuple[str, ...]) -> None:
        dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
        columns = [table.c[name] for name in names]
        kinds = [ARRAY(String()) if isinstance(each.type, String) else ARRAY(each.type) for each in columns]
        values = ", ".join(f"${place}::{kind.compile(dialect)}" for place, kind in enumerate(kinds, start=1))
        # Names of tables and columns are those of the code.
        self.sql = f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({values})"  # noqa: S608
        self._writers = [each.type.dialect_impl(dialect).bind_processor(dialect) for each in columns]

    def columns(self, rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
        """Return rows as the columns the driver is given."""
        return [
            list(values) if write is None else list(map(write, values))
            for write, values in zip(self._writers, zip(*rows, strict=True), strict=True)
        ]


filling_of = cache(Filling)


def filled_by(statement: Executable, params: Any) -> tuple[Table, tuple[str, ...]] | None:
    """Return the table and columns that a plain INSERT of several rows fills; None where it is anything else."""
    if not isinstance(params, list) or len(params) < FILLED_FROM or not isinstance(statement, Insert):
        return None
    said = (statement._values, statement._multi_values, statement.select, statement._returning)
    if any(said) or statement._post_values_clause is not None or not isinstance(statement.table, Table):
        return None
    names = tuple(params[0])
    return (statement.table, names) if _can_fill(statement.table, names) else None


@cache
def _can_fill(table: Table, names: tuple[str, ...]) -> bool:
    """Whether rows of these columns say all that Python has to say, each value of one dimension."""
    made = any(each.default is not None and each.name not in names for each in table.c)
    return not made and not any(isinstance(table.c[name].type, ARRAY) for name in names)
