"""Statements of the paths that run thousands of times a minute: compiled once, given to the driver as they are.

SQLAlchemy looks every statement up, wraps its rows and changes greenlets for each. For one that is built once and run
again and again that takes several times as long as the driver needs (decision 28).
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ARRAY, ColumnElement, Dialect, Float, String, any_, bindparam, func, select
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
_PLACE = re.compile(r"\$(\d+)")


class Prepared:
    """A Core statement that never changes; its values are `bindparam`s (an INSERT's are those of `values`).

    `build(dialect)` gives the statement for "postgresql" or "sqlite"; a text that returns rows names its columns.
    What was added to a session is not flushed for it.
    """

    def __init__(self, build: Callable[[str], ClauseElement]) -> None:
        self._build = build
        self._texts: dict[str, Text] = {}

    def text(self, dialect: Dialect) -> "Text":
        """Return what the driver is given."""
        known = self._texts.get(dialect.name)
        if known is None:
            known = self._texts[dialect.name] = Text(self._build(dialect.name), dialect)
        return known


class Text:
    """A compiled statement: its SQL, how its values are written and how the columns of its rows are read."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, names: Sequence[str] | None = None) -> None:
        """Compile a statement; an INSERT or UPDATE that names no values is given those of `names`."""
        options: dict[str, Any] = {"column_keys": list(names)} if names else {}
        compiled: Any = statement.compile(dialect=dialect, **options)
        if (
            compiled.post_compile_params
            or getattr(compiled, "insert_prefetch", ())
            or getattr(compiled, "update_prefetch", ())
        ):
            raise TypeError(
                "a statement whose text depends on its values, or whose values Python makes, cannot be prepared"
            )
        self.sql = str(compiled)
        self._fixed: Mapping[str, Any] = compiled.params
        self.required = frozenset(name for name, bound in compiled.binds.items() if bound.required)
        self.places = [(name, _writer(compiled.binds[name].type, dialect)) for name in compiled.positiontup or ()]
        readers = [_reader(column.type, dialect) for column in compiled._result_columns]
        self._readers = [(place, reader) for place, reader in enumerate(readers) if reader is not None]
        self.returned = [column.keyname for column in compiled._result_columns]
        self.returns_rows = bool(readers)
        self.changes = getattr(statement, "table", None)

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """Return the values in the order of their places. Raises KeyError for one there is no place for."""
        if not given.keys() <= self._fixed.keys():
            raise KeyError(*(given.keys() - self._fixed.keys()))
        said = {**self._fixed, **given}
        return [said[name] if write is None else write(said[name]) for name, write in self.places]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        """Return the driver's rows as Python values."""
        if not self._readers:
            return list(found)
        read = []
        for row in found:
            values = list(row)
            for place, reader in self._readers:
                values[place] = reader(values[place])
            read.append(values)
        return cast(list[Sequence[Any]], read)


def among(dialect: str, column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Return the condition that a column is one of the texts given as parameter `name` by :func:`listed`."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(String)))
    return column.in_(select(func.json_each(bindparam(name, type_=String)).table_valued("value").c.value))


def listed(dialect: str, values: Iterable[str]) -> Any:
    """Return texts as the one parameter that :func:`among` takes: a statement is the same for any number of them."""
    return sorted(values) if dialect == "postgresql" else json.dumps(sorted(values))


class Write(NamedTuple):
    """A prepared INSERT, UPDATE or DELETE with its values; `otherwise` is raised unless it returns `rows` rows."""

    prepared: Prepared
    params: Mapping[str, Any]
    rows: int | None = None
    otherwise: Exception | None = None

    def require(self, found: int) -> None:
        """Raise `otherwise` unless that many rows are what was expected."""
        if self.otherwise is not None and found != self.rows:
            raise self.otherwise


@cache
def together(texts: tuple[Text, ...]) -> str:
    """Return PostgreSQL's statement that executes all of these, and returns how many rows each of them returned.

    Its values are theirs, one after the other. None sees what another writes, so no two may change one table.
    """
    parts, counts, places = [], [], 0
    for number, each in enumerate(texts):
        sql = _PLACE.sub(lambda found, before=places: f"${int(found[1]) + before}", each.sql)  # type: ignore[misc]
        places += len(each.places)
        parts.append(f"w{number} AS ({sql})")
        counts.append(f"(SELECT count(*) FROM w{number})" if each.returns_rows else "0")  # noqa: S608 (a number)
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if isinstance(kind, Float):
        return None  # Drivers give floats as they are; SQLAlchemy would ask them for the column's type first.
    return kind.dialect_impl(dialect).result_processor(dialect, None)
