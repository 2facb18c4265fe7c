"""Whether the version before could work on beside what newer steps make of its tables (expand → migrate → contract).

Steps are taken while the version before still runs, so until it is gone each of its statements must do what it did:
what it reads must be there, what it writes must be taken. A step that breaks this is a contract step: it says so by
`contracts = "…"`, naming the version since which nothing uses what it takes away, and waits for a release after that.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, inspect

_LIST = re.compile(r"check (?P<name>\w+): (?P<column>\w+) IN \((?P<values>[^()]*)\)")
"""A check that a column holds one of some values."""


@dataclass(frozen=True)
class Column:
    """A column as a statement meets it: `needed` is one that an INSERT must name."""

    type: str
    nullable: bool
    needed: bool


@dataclass(frozen=True)
class Shape:
    """A table: its columns by name, and what it refuses, each in a word that compares."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    refuses: frozenset[str] = frozenset()


def shapes(connection: Connection) -> dict[str, Shape]:
    """Return the tables of a database by name; what is Alembic's own is left out."""
    inspector = inspect(connection)
    names = [name for name in inspector.get_table_names() if name != "alembic_version"]
    return {name: _shape(inspector, name) for name in names}


def _shape(inspector: Any, table: str) -> Shape:
    key = inspector.get_pk_constraint(table)["constrained_columns"]
    counted = len(key) == 1  # SQLite counts a single integer key by itself
    columns = {}
    for each in inspector.get_columns(table):
        own = each["default"] is not None or each.get("computed") is not None
        by_itself = counted and each["name"] in key and str(each["type"]) in ("INTEGER", "BIGINT")
        needed = not each["nullable"] and not own and not by_itself
        columns[each["name"]] = Column(str(each["type"]), each["nullable"], needed)
    refuses = [f"key ({', '.join(key)})"]
    refuses += [
        f"unique ({', '.join(sorted(each['column_names']))})" for each in inspector.get_unique_constraints(table)
    ]
    refuses += [
        f"unique ({', '.join(sorted(str(name) for name in each['column_names']))})"
        for each in inspector.get_indexes(table)
        if each["unique"]
    ]
    refuses += [
        f"check {each['name']}: {' '.join(each['sqltext'].split())}" for each in inspector.get_check_constraints(table)
    ]
    refuses += [
        f"reference ({', '.join(each['constrained_columns'])}) to {each['referred_table']}"
        for each in inspector.get_foreign_keys(table)
    ]
    return Shape(columns, frozenset(refuses))


def breaks(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> list[str]:
    """Return what the version before could not do any more after a step; empty where it only expands."""
    found = [f"{table}: removed or renamed" for table in sorted(before.keys() - after.keys())]
    for table in sorted(before.keys() & after.keys()):
        found += [f"{table}{each}" for each in _breaks(before[table], after[table])]
    return found


def _breaks(before: Shape, after: Shape) -> Iterator[str]:
    for name, column in before.columns.items():
        if name not in after.columns:
            yield f".{name}: removed or renamed"
        elif (now := after.columns[name]) != column:
            if now.type != column.type:
                yield f".{name}: {column.type} became {now.type}"
            if column.nullable and not now.nullable:
                yield f".{name}: no longer nullable"
            elif now.needed and not column.needed:
                yield f".{name}: its default is gone"
    for name in after.columns.keys() - before.columns.keys():
        if after.columns[name].needed:
            yield f".{name}: new, must be named, and has no default"
    for rule in sorted(after.refuses - before.refuses):
        if not _lets_through(rule, before, after):
            yield f": refuses more: {rule}"


def _lets_through(rule: str, before: Shape, after: Shape) -> bool:
    """Whether a new check takes all the version before writes: of a nullable column it does not know, or a list that
    only grew."""
    if (told := _LIST.fullmatch(rule)) is None:
        return False
    column = told["column"]
    if column not in before.columns:
        return after.columns[column].nullable
    earlier = (_LIST.fullmatch(each) for each in before.refuses)
    return any(
        was is not None and was["name"] == told["name"] and was["column"] == column and _values(was) <= _values(told)
        for was in earlier
    )


def _values(told: re.Match[str]) -> set[str]:
    return {value.strip() for value in told["values"].split(",")}
