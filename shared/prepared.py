"""Statements of the paths that run thousands of times a minute: compiled once, given to the driver as they are.

SQLAlchemy looks every statement up, wraps its rows and changes greenlets for each. For one that is built once and run
again and again that takes several times as long as the driver needs (decision 28).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]


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

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            raise TypeError("a statement whose text depends on its values cannot be prepared")
        self.sql = str(compiled)
        self._fixed: Mapping[str, Any] = compiled.params
        self._values = [(name, _writer(compiled.binds[name].type, dialect)) for name in compiled.positiontup or ()]
        readers = [_reader(column.type, dialect) for column in compiled._result_columns]
        self._readers = [(place, reader) for place, reader in enumerate(readers) if reader is not None]
        self.returns_rows = bool(readers)

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """Return the values in the order of their places. Raises KeyError for one there is no place for."""
        if not given.keys() <= self._fixed.keys():
            raise KeyError(*(given.keys() - self._fixed.keys()))
        said = {**self._fixed, **given}
        return [said[name] if write is None else write(said[name]) for name, write in self._values]

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


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
