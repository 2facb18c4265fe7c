"""Statements that are built once and executed again: from the second time on the driver is given their text as it is.

What :mod:`shared.prepared` says by hand where places and ways over the wire count is seen here by itself: a statement
of a module is the same object each time, one built for a request is gone after it. SQLAlchemy would look it up, wrap
its rows and change greenlets for it, which takes twice as long as the driver needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import CompoundSelect, Delete, Dialect, Executable, Insert, Result, Select, Update
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData

from shared.prepared import Text

_ONCE, _NEVER = object(), object()
"""Seen once; and seen to have no text that is always the same, as lists of values have none."""
_Names = tuple[str, ...]
_EXECUTED = (Select, CompoundSelect, Insert, Update, Delete)


class Repeated:
    """What is known of the statements that one driver was given."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: WeakKeyDictionary[Executable, dict[_Names, Any]] = WeakKeyDictionary()

    def text(self, statement: Executable, params: Any) -> "Known | None":
        """Return the text of a statement that was executed before with values for the same names.

        None where SQLAlchemy is to execute it: the first time, for lists of rows, and for objects.
        """
        if not isinstance(statement, _EXECUTED) or isinstance(params, list):
            return None
        ways = self._known.get(statement)
        if ways is None:
            ways = self._known[statement] = {}
        # A SELECT has the same text whatever it is given; what an INSERT is given are its columns.
        names = () if isinstance(statement, Select | CompoundSelect) or not params else tuple(params)
        known = ways.get(names)
        if known is None:
            ways[names] = _ONCE
        elif known is _ONCE:
            known = ways[names] = self._compiled(statement, names)
        return known if isinstance(known, Known) else None

    def _compiled(self, statement: Any, names: _Names) -> Any:
        if statement._propagate_attrs:
            return _NEVER  # it gives objects, which a session has to know
        try:
            return Known(statement, self._dialect, names)
        except TypeError:
            return _NEVER


class Known(Text):
    """The text of a statement, what it has to be given, and what its rows are made of."""

    def __init__(self, statement: Any, dialect: Dialect, names: _Names) -> None:
        super().__init__(statement, dialect, names)
        self._columns = SimpleResultMetaData(self.returned)

    def given(self, params: Mapping[str, Any] | None) -> list[Any]:
        """Return the values in the order of their places. Raises KeyError for one that is missing or has no place."""
        said = params or {}
        if missing := self.required - said.keys():
            raise KeyError(*sorted(missing))
        return self.values(said)

    def result(self, found: Sequence[Sequence[Any]]) -> Result[Any]:
        """Return the driver's rows as SQLAlchemy would."""
        rows: Iterable[Any] = self.rows(found)
        return IteratorResult(self._columns, iter(rows))


class Done:
    """What became of a statement that returns nothing: on how many rows it acted."""

    def __init__(self, said: str) -> None:
        self.rowcount = int(said.rpartition(" ")[2])
