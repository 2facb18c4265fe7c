"""Which rows of a service's tables are a county's, told from their columns: what is handed over when it asks.

A row is a county's by a column that names the county, or a canteen or cooperative that lies in it, or as what it is a
part of is. The tables are the same that policies hold for on PostgreSQL (decision 52), where a test compares them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table, or_, select

from shared.audit.tables import trail
from shared.messaging.tables import backbone

COUNTY = "county_code"
LOCATED = {"canteen_id": "canteen", "cooperative_id": "cooperative"}
"""Columns that name what lies somewhere, and what that is called."""
ALSO = {"subject_id": ("vehicle", "driver")}
"""Columns that hold the key of one of these tables by another name."""


def belonging(metadata: MetaData, county_code: str) -> dict[str, ColumnElement[bool]]:
    """Return the condition under which a row is a county's, by table; tables of no county are left out."""
    tables = [t for t in metadata.sorted_tables if t.name not in trail.tables and t.name not in backbone.tables]
    found: dict[str, ColumnElement[bool]] = {}
    for table in tables:
        if arms := list(_named(table, metadata, county_code)):
            found[table.name] = or_(*arms)
    while True:
        more = {
            t.name: arm for t in tables if t.name not in found and (arm := _part_of(t, metadata, found)) is not None
        }
        if not more:
            return found
        found |= more


def _named(table: Table, metadata: MetaData, county_code: str) -> Iterator[ColumnElement[bool]]:
    if COUNTY in table.c:
        yield table.c[COUNTY] == county_code
    for name, kind in LOCATED.items():
        lying = _lying_in(metadata, kind, county_code)
        if name in table.c and table.name != kind and lying is not None:
            yield table.c[name].in_(lying)


def _lying_in(metadata: MetaData, kind: str, county_code: str) -> Any:
    """Return the ids of a county's canteens or cooperatives; None where a service does not know where they are."""
    if (directory := metadata.tables.get(kind)) is not None:
        return select(directory.c[f"{kind}_id"]).where(directory.c[COUNTY] == county_code)
    if (place := metadata.tables.get("place")) is None:
        return None
    return select(place.c.place_id).where(place.c.kind == kind, place.c[COUNTY] == county_code)


def _part_of(table: Table, metadata: MetaData, found: Mapping[str, ColumnElement[bool]]) -> ColumnElement[bool] | None:
    """Return the condition that the row which one belongs to is the county's; None while nothing is known of any."""
    for column, key in _wholes(table, metadata):
        if key.table.name in found and key.table.name != table.name:
            return column.in_(select(key).where(found[key.table.name]))
    arms = [
        table.c[name].in_(select(next(iter(metadata.tables[whole].primary_key))).where(found[whole]))
        for name, wholes in ALSO.items()
        if name in table.c
        for whole in wholes
        if whole in found
    ]
    return or_(*arms) if arms else None


def _wholes(table: Table, metadata: MetaData) -> Iterator[tuple[Column[Any], Column[Any]]]:
    """Give the columns by which a row may belong to another, with that one's key: foreign keys, then equal names."""
    for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
        yield key.parent, key.column
    for column in table.c:
        for other in metadata.sorted_tables:
            keys = list(other.primary_key)
            if len(keys) == 1 and keys[0].name == column.name:
                yield column, keys[0]
