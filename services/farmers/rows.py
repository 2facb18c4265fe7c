"""Many rows as one parameter: a relation made of a JSON text.

A statement over it has the same text for any number of rows, so it is compiled and prepared once, and no database's
limit on the number of parameters is met.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import CTE, BigInteger, Date, Text, text
from sqlalchemy.types import TypeEngine
from sqlmodel import UTCDateTime

_POSTGRES: dict[type[Any], str] = {
    Text: "r ->> {0}",
    BigInteger: "CAST(r ->> {0} AS bigint)",
    Date: "CAST(r ->> {0} AS date)",
    UTCDateTime: "CAST((r ->> {0}) || '+00' AS timestamptz)",
}


def given(dialect: str, **columns: type[TypeEngine[Any]]) -> CTE:
    """Return a relation with these columns (Text, BigInteger, Date or UTCDateTime), filled by the parameter `rows`.

    It is made for statements that are built once per dialect and kept. Count the rows an UPDATE over it wrote by what
    it returns: SQLite's driver does not count for statements that begin with WITH.
    """
    relation = _postgres(columns) if dialect == "postgresql" else _sqlite(columns)
    return text(relation).columns(**{name: kind() for name, kind in columns.items()}).cte("given")


def as_rows(rows: Iterable[Sequence[object]]) -> dict[str, str]:
    """Return the parameter for :func:`given`; days and instants are written as SQLite stores them."""
    return {"rows": json.dumps(list(rows), default=_plain)}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be given as a row's value")


def _sqlite(columns: dict[str, type[TypeEngine[Any]]]) -> str:
    parts = (f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
    return f"SELECT {', '.join(parts)} FROM json_each(:rows)"  # noqa: S608 (names come from the code)


def _postgres(columns: dict[str, type[TypeEngine[Any]]]) -> str:
    parts = (f"{_POSTGRES[kind].format(n)} AS {name}" for n, (name, kind) in enumerate(columns.items()))
    # It would be planned for a hundred rows, and a whole table be read to find one; under a limit not known, for ten.
    rows = "jsonb_array_elements(CAST(:rows AS jsonb)) AS r LIMIT jsonb_array_length(CAST(:rows AS jsonb))"
    return f"SELECT {', '.join(parts)} FROM {rows}"  # noqa: S608 (names come from the code)
