"""CSV files from office programs: UTF-8, with or without a byte-order mark, or GBK; any line ends; row by row.

One line is one row, so that a stray quote or a broken character spoils its own line only.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shared.bulk import Imported, Refusal
from shared.errors import DomainError

LONGEST_LINE = 20_000
MOST_LISTED = 1_000
FORMULA = ("=", "+", "-", "@", "'")
"""What office programs take for the start of a formula; such a text is written behind an apostrophe."""
LINE_END = re.compile(rb"\r\n|\n|\r")
MARK = b"\xef\xbb\xbf"


class SheetProblem(BaseModel):
    """What is wrong with a row of a file (the header is row 1), or asks for a second look."""

    row: int
    field: str
    rule: str
    detail: str


class SheetImported(BaseModel):
    """What became of a file's rows; of `refused` and `warned` the first thousand are listed."""

    created: int
    changed: int
    unchanged: int
    refused_rows: int
    refused: list[SheetProblem]
    warned: list[SheetProblem]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was read: the columns it has, the cells of each good row by line, what is wrong with the others."""

    columns: frozenset[str]
    rows: list[tuple[int, dict[str, str]]]
    refused: list[Refusal]
    warned: list[Refusal]


async def csv_of(request: Request) -> bytes:
    """Return the body of a request that sends a CSV file; anything else is answered with 415."""
    require_csv(request)
    return await request.body()


def require_csv(request: Request) -> None:
    """Answer a request that sends anything but a CSV file with 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/csv":
        raise HTTPException(415, "send the file as text/csv")


def csv_body(example: str) -> dict[str, Any]:
    """Return what the document says of a CSV file in a body."""
    return {"text/csv": {"schema": {"type": "string", "examples": [example]}}}


def sheet_imported(imported: Imported, refused: Sequence[Refusal], warned: Sequence[Refusal]) -> SheetImported:
    """Return the answer to a file, whose refusals and warnings are numbered by row."""
    return SheetImported(
        created=imported.created,
        changed=imported.changed,
        unchanged=imported.unchanged,
        refused_rows=len(refused),
        refused=problems_of(refused),
        warned=problems_of(warned),
    )


def problems_of(problems: Sequence[Refusal]) -> list[SheetProblem]:
    """Return the first thousand refusals or warnings of a file as its answer lists them."""
    return [
        SheetProblem(row=one.index, field=one.field, rule=one.rule, detail=one.detail) for one in problems[:MOST_LISTED]
    ]


def read_table(data: bytes, columns: Collection[str], key: str, most_rows: int) -> Table:
    """Read a file of at most `most_rows` rows. A column nobody knows is named and left out.

    Raises DomainError where the file as a whole cannot be meant: no header with `key` in it, a column twice, too long.
    """
    raw = LINE_END.split(data.removeprefix(MARK))
    if len(raw) > most_rows + 2:
        detail = f"a file has at most {most_rows} rows: split it and send its parts one by one"
        raise DomainError("too-many-rows", detail, field="body")
    encoding = encoding_of(raw)
    header = header_of(raw[0], encoding, [key])
    strange = [name for name in header if name and name not in columns]
    warned = [Refusal(index=1, field=name[:64], rule="unknown-column", detail="left out") for name in strange]
    return read_lines(raw[1:], 2, header, columns, encoding, warned)


def read_lines(
    raw: Sequence[bytes],
    first: int,
    header: Sequence[str],
    columns: Collection[str],
    encoding: str | None,
    warned: list[Refusal],
) -> Table:
    """Read lines under a header; `first` is the number of the first of them."""
    known = {place: name for place, name in enumerate(header) if name in columns}
    table = Table(frozenset(known.values()), [], [], warned)
    for number, line in enumerate((_text(each, encoding or "utf-8") for each in raw), start=first):
        if line is None or line.strip(", \t"):
            _read_row(table, number, line, known, len(header))
    return table


def encoding_of(raw: Sequence[bytes]) -> str | None:
    """Return the encoding most of the lines are written in, None where all are plain ASCII."""
    utf8 = gbk = 0
    for line in raw:
        if not line.isascii():
            if _text(line, "utf-8") is not None:
                utf8 += 1
            else:
                gbk += 1
    if not utf8 and not gbk:
        return None
    return "gb18030" if gbk > utf8 else "utf-8"


def _text(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def header_of(line: bytes, encoding: str | None, keys: Sequence[str]) -> list[str]:
    """Return the columns a file has. Raises DomainError without one of `keys`, or with a column twice."""
    text = _text(line, encoding or "utf-8")
    names = [] if text is None else (_cells(text) or [])
    if not any(key in names for key in keys):
        raise DomainError(
            "no-header", f"the first line names the columns, {' or '.join(keys)} among them", field=keys[0]
        )
    for name in names:
        if name and names.count(name) > 1:
            raise DomainError("column-twice", "a column stands in the header once", field=name[:64])
    return names


def _cells(line: str) -> list[str] | None:
    if line and '"' not in line:
        return [cell.strip() for cell in line.split(",")]
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return None


def _read_row(table: Table, number: int, line: str | None, known: Mapping[int, str], width: int) -> None:
    cells = None if line is None or len(line) > LONGEST_LINE else _cells(line)
    if line is None:
        rule, detail = "encoding", "is neither UTF-8 nor GBK as the rest of the file"
    elif cells is None:
        rule, detail = "csv", f"is not a line of CSV, or longer than {LONGEST_LINE} characters"
    elif len(cells) != width:
        rule, detail = "cells", f"has {len(cells)} cells where the header has {width}"
    else:
        table.rows.append((number, {name: cells[place] for place, name in known.items()}))
        return
    table.refused.append(Refusal(index=number, field="", rule=rule, detail=detail))


def plain(cell: str) -> str:
    """Return a text cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def guarded(text: str) -> str:
    """Return a text as it is written in a cell: what looks like a formula stands behind an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a file with a byte-order mark and Windows line ends, for office programs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return MARK + text.getvalue().encode()
