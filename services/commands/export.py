"""Handing a county over: every row that is its, a file for each table, and a manifest that says what is there."""

import argparse
import csv
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Column, ColumnElement, Table, select, tuple_

from services.commands import Answer, aligned, named
from services.commands.acting import done_or_tried, record, recorded
from services.commands.opening import opened
from shared.audit.domain import plain
from shared.belonging import belonging
from shared.database import Session
from shared.errors import DomainError
from shared.messaging.bus import SERVICES
from shared.service import Service
from shared.settings import Settings

BATCH = 2_000
SEALED = "_sealed"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written of a service: rows by table, columns that were left out, tables whose rows are no county's."""

    rows: Mapping[str, int]
    left_out: Sequence[str]
    of_no_county: Sequence[str]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say which, and where to."""
    parser.add_argument("county_code")
    parser.add_argument("services", nargs="*", choices=[*SERVICES, []], help="default: all")
    parser.add_argument("--to", type=Path, required=True, help="a folder that is empty or not there yet")
    parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl", help="default: %(default)s")
    recorded(parser)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Write the files; who handed what over is recorded. Sealed columns stay here: they open with our keys only."""
    services = named(settings, options.services, SERVICES)
    if options.to.exists() and (not options.to.is_dir() or any(options.to.iterdir())):
        raise DomainError("folder-not-empty", f"{options.to} is not an empty folder", field="to")
    done: dict[str, Exported] = {}
    for name in services:
        async with opened(settings, name) as service:
            said = {"county_code": options.county_code, "format": options.format}
            await record(service, options, "export", said)
            done[name] = await _export(service, options)
    total = sum(sum(each.rows.values()) for each in done.values())
    if not options.dry_run:
        _describe(options, done)
    rows = [[name, table, count] for name, each in done.items() for table, count in each.rows.items() if count]
    words = done_or_tried(options, f"{total:,} rows of {options.county_code}")
    wrong = [] if total else [f"nothing here belongs to county {options.county_code}"]
    data = {name: dict(each.rows) for name, each in done.items()}
    return Answer(data | {"dry_run": options.dry_run}, [*aligned(rows), words], wrong=wrong, well=bool(total))


async def _export(service: Service, options: argparse.Namespace) -> Exported:
    metadata = service.definition.metadata
    conditions = belonging(metadata, options.county_code)
    counts = {}
    async with service.begin(read_only=True) as uow:
        for table in metadata.sorted_tables:
            if table.name in conditions:
                rows = _rows(uow.session, table, conditions[table.name])
                counts[table.name] = await _write(rows, _shown(table), _place(options, service.name, table.name))
    sealed = [str(column) for name in counts for column in metadata.tables[name].c if column.name.endswith(SEALED)]
    return Exported(counts, sealed, sorted(metadata.tables.keys() - counts.keys()))


def _shown(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if not column.name.endswith(SEALED)]


def _place(options: argparse.Namespace, service: str, table: str) -> Path | None:
    return None if options.dry_run else options.to / service / f"{table}.{options.format}"


async def _rows(session: Session, table: Table, condition: ColumnElement[bool]) -> AsyncIterator[Sequence[Row]]:
    """Give a table's rows in batches, by primary key."""
    keys, shown = list(table.primary_key), _shown(table)
    statement = select(*shown).where(condition).order_by(*keys).limit(BATCH)
    last: tuple[Any, ...] | None = None
    while True:
        page = statement if last is None else statement.where(tuple_(*keys) > last)
        rows = [dict(row._mapping) for row in await session.execute(page)]
        if not rows:
            return
        yield rows
        last = tuple(rows[-1][key.name] for key in keys)


async def _write(batches: AsyncIterator[Sequence[Row]], columns: Sequence[Column[Any]], place: Path | None) -> int:
    """Write rows to a file, or only count them; returns how many."""
    count = 0
    if place is None:
        async for rows in batches:
            count += len(rows)
        return count
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w", encoding="utf-8", newline="") as file:
        write = (_as_csv if place.suffix == ".csv" else _as_json)(file, [column.name for column in columns])
        async for rows in batches:
            count += len(rows)
            for row in rows:
                write({name: plain(value) for name, value in row.items()})
    return count


def _as_json(file: TextIO, _names: Sequence[str]) -> Callable[[Row], object]:
    return lambda row: file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _as_csv(file: TextIO, names: Sequence[str]) -> Callable[[Row], object]:
    writer = csv.writer(file)
    writer.writerow(names)
    return lambda row: writer.writerow([_cell(row[name]) for name in names])


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | bool) else value


def _describe(options: argparse.Namespace, done: Mapping[str, Exported]) -> None:
    manifest = {
        "county_code": options.county_code,
        "format": options.format,
        "by": options.by,
        "services": {
            name: {"rows": dict(each.rows), "left_out": each.left_out, "of_no_county": each.of_no_county}
            for name, each in done.items()
        },
    }
    (options.to / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
