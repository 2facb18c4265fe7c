"""Bulk upserts by content: a row that says nothing new changes no version, whoever loads it at the same time."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import Table, and_, bindparam, select, tuple_, update

from services.nutrition.tables import insert_into
from shared.bulk import Imported, Refusal, refuse
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork

M = TypeVar("M", bound=BaseModel)
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the rows: `told` holds the version of each that is new or says something new."""

    created: int
    changed: int
    unchanged: int
    told: dict[Key, int]

    def imported(self, refused: Iterable[Refusal]) -> Imported:
        """Return the answer to a bulk upsert."""
        ordered = sorted(refused, key=lambda refusal: refusal.index)
        return Imported(created=self.created, changed=self.changed, unchanged=self.unchanged, refused=ordered)


def digest_of(row: BaseModel, unsaid: Collection[str] = ()) -> str:
    """Return a fingerprint of everything a row says, nested lists included; fields `unsaid` have no part in it."""
    text = json.dumps(row.model_dump(mode="json", exclude=set(unsaid)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def once_each(good: Sequence[tuple[int, M]], key: Sequence[str]) -> tuple[dict[Key, tuple[int, M]], list[Refusal]]:
    """Return the rows by key, refusing a second one with the same key: which of them counts is anybody's guess."""
    rows: dict[Key, tuple[int, M]] = {}
    refused = []
    for index, row in good:
        name = tuple(getattr(row, part) for part in key)
        if name in rows:
            detail = f"row {rows[name][0]} has the same {' and '.join(key)}"
            refused.append(Refusal(index=index, field=key[-1], rule="twice-in-body", detail=detail))
        else:
            rows[name] = (index, row)
    return rows, refused


def unknown(rows: Mapping[Key, tuple[int, M]], what: str, field: str, known: Collection[str]) -> dict[int, Refusal]:
    """Return the refusals, by the row's index, of rows whose `field` names something that is not known."""
    return {
        index: refuse(index, NotFound(what, getattr(row, field), field=field))
        for index, row in rows.values()
        if getattr(row, field) not in known
    }


async def merge(uow: UnitOfWork, table: Table, key: Sequence[str], rows: Mapping[Key, dict[str, Any]]) -> Merged:
    """Insert new rows at version 1 and update those whose `digest` differs; both lock in the order of the keys.

    A row somebody else inserts at the same moment is waited for and then compared like any other.
    """
    known = await _known(uow, table, key, rows)
    new = sorted(row for row in rows if row not in known)
    created = await _insert(uow, table, key, [rows[row] | {"version": 1} for row in new])
    overtaken = [row for row in new if row not in created]
    known |= await _known(uow, table, key, overtaken)
    changed = {row: version + 1 for row, (version, digest) in known.items() if digest != rows[row]["digest"]}
    await _update(uow, table, key, [rows[row] | {"version": version} for row, version in sorted(changed.items())])
    told = dict.fromkeys(created, 1) | changed
    return Merged(len(created), len(changed), len(rows) - len(told), told)


async def _known(
    uow: UnitOfWork, table: Table, key: Sequence[str], wanted: Iterable[Key]
) -> dict[Key, tuple[int, str]]:
    columns = [table.c[name] for name in key]
    ordered = sorted(wanted)
    if not ordered:
        return {}
    among = tuple_(*columns).in_(ordered) if len(key) > 1 else columns[0].in_([first for (first,) in ordered])
    statement = (
        select(*columns, table.c.version, table.c.digest)
        .where(among)
        .order_by(*columns)
        .with_for_update(key_share=True)
    )
    found = (await uow.session.execute(statement)).all()
    return {tuple(row[: len(key)]): (row.version, row.digest) for row in found}


async def _insert(uow: UnitOfWork, table: Table, key: Sequence[str], values: list[dict[str, Any]]) -> set[Key]:
    if not values:
        return set()
    statement = insert_into(uow, table).on_conflict_do_nothing().returning(*(table.c[name] for name in key))
    return {tuple(row) for row in (await uow.session.execute(statement, values)).all()}


async def _update(uow: UnitOfWork, table: Table, key: Sequence[str], values: list[dict[str, Any]]) -> None:
    if not values:
        return
    this = and_(*(table.c[name] == bindparam(f"this_{name}") for name in key))
    fields: dict[str, Any] = {name: bindparam(name) for name in values[0] if name not in key}
    parameters = [{f"this_{name}": row[name] for name in key} | {name: row[name] for name in fields} for row in values]
    await uow.session.execute(update(table).where(this).values(fields), parameters)
