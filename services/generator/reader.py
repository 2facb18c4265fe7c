"""Reads the files of a directory row by row: a bad row is reported and the next one is read.

Tolerated, because office programs write them: a byte-order mark, GBK instead of UTF-8, Windows line ends, spaces around
cells, columns in another order, further columns. One line is one row, so a stray quote spoils its own line only.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from services.generator.columns import FILES, NOT_BEFORE, REFERENCE_FILES, Column, Row

MAX_LINE_BYTES = 65_536
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class BadRow:
    """Why a line was not read; `field` is empty when the whole line is at fault."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.field} {self.reason}" if self.field else f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a directory says about itself."""

    seed: int
    schools: int
    cooperatives: int
    week_start: date
    counties: tuple[str, ...]


class BadManifest(ValueError):
    """The directory does not say, or says wrongly, what it holds."""


def read(directory: Path, file: str) -> Iterator[tuple[int, Row] | BadRow]:
    """Every line of a file after its header: its number with the parsed row, or what is wrong with it."""
    columns = FILES[file] if file in FILES else REFERENCE_FILES[file]
    path = directory / file
    if not path.is_file():
        yield BadRow(file, 0, "", "the file is missing")
        return
    gbk = _is_gbk(path)
    with path.open("rb") as handle:
        lines = _lines(handle, gbk)
        _, header = next(lines, (1, ""))
        places = _places(file, header, columns)
        yield from (place for place in places if isinstance(place, BadRow))
        found = [place for place in places if isinstance(place, int)]
        if len(found) == len(columns):
            width = len(_cells(header))
            for number, line in lines:
                if line is None or line.strip():
                    yield _row(file, number, line, columns, found, width)


def _lines(handle: BinaryIO, gbk: bool) -> Iterator[tuple[int, str | None]]:
    """Line numbers from 1 and text; None for a line that is too long or in no known encoding."""
    number = 0
    while raw := handle.readline(MAX_LINE_BYTES):
        number += 1
        if len(raw) == MAX_LINE_BYTES and not raw.endswith(b"\n"):
            while (rest := handle.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        yield number, _decode(raw.removeprefix(_MARK) if number == 1 else raw, gbk)


def _decode(raw: bytes, gbk: bool) -> str | None:
    try:
        return raw.decode("gb18030" if gbk else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return None


def _is_gbk(path: Path) -> bool:
    """Decided for the whole file: some GBK lines happen to be valid UTF-8, and would become nonsense one by one."""
    utf8 = other = 0
    with path.open("rb") as handle:
        while raw := handle.readline(MAX_LINE_BYTES):
            if raw.isascii():
                continue
            if _decode(raw, gbk=False) is None:
                other += 1
            else:
                utf8 += 1
    return other > utf8


def _cells(line: str | None) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line or ""], strict=True), [])]


def _places(file: str, header: str | None, columns: tuple[Column, ...]) -> list[int | BadRow]:
    """Where each column stands in the header, or that it is missing or there twice."""
    try:
        names = _cells(header)
    except csv.Error as wrong:
        return [BadRow(file, 1, "", f"is not a header: {wrong}")]
    return [
        names.index(column.name)
        if names.count(column.name) == 1
        else BadRow(file, 1, column.name, "must be in the header exactly once")
        for column in columns
    ]


def _row(
    file: str, number: int, line: str | None, columns: tuple[Column, ...], places: list[int], width: int
) -> tuple[int, Row] | BadRow:
    if line is None:
        return BadRow(file, number, "", f"is neither UTF-8 nor GBK, or longer than {MAX_LINE_BYTES} bytes")
    try:
        cells = _cells(line)
    except csv.Error as wrong:
        return BadRow(file, number, "", f"is not CSV: {wrong}")
    if len(cells) != width:
        return BadRow(file, number, "", f"has {len(cells)} cells where the header has {width}")
    row: Row = {}
    for column, place in zip(columns, places, strict=True):
        try:
            row[column.name] = column.parse(cells[place])
        except ValueError as wrong:
            return BadRow(file, number, column.name, str(wrong))
    return _ordered(file, number, row)


def _ordered(file: str, number: int, row: Row) -> tuple[int, Row] | BadRow:
    for first, second in NOT_BEFORE.get(file, ()):
        low, high = row[first], row[second]
        if isinstance(low, date) and isinstance(high, date) and high < low:
            return BadRow(file, number, second, f"must not be before {first}")
        if isinstance(low, int) and isinstance(high, int) and high < low:
            return BadRow(file, number, second, f"must not be less than {first}")
    return number, row


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a generated directory; anything else is refused, so that nothing real is loaded by mistake."""
    try:
        raw = json.loads((directory / "manifest.json").read_text(encoding="utf-8-sig"))
        manifest = Manifest(
            seed=int(raw["seed"]),
            schools=int(raw["schools"]),
            cooperatives=int(raw["cooperatives"]),
            week_start=date.fromisoformat(raw["week_start"]),
            counties=tuple(str(county) for county in raw["counties"]),
        )
    except (OSError, UnicodeDecodeError, LookupError, TypeError, ValueError) as wrong:
        raise BadManifest(f"{directory / 'manifest.json'} cannot be read: {wrong!r}") from wrong
    if raw.get("format") != 1 or raw.get("fictional") is not True:
        raise BadManifest("manifest.json must say format 1 and fictional true")
    if manifest.week_start.isoweekday() != 1:
        raise BadManifest("week_start must be a Monday")
    return manifest
