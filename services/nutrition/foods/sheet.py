"""Foods as a CSV file: a line is a food, a column a field of FoodRow, a blank cell is unknown, never zero.

Office programs write a byte-order mark, or GBK instead of UTF-8, and Windows line ends. One line is one row, so that a
stray quote or a broken character spoils its own line only.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.nutrition.foods.domain import Nutrient
from services.nutrition.foods.schemas import FoodRow
from shared.bulk import Refusal
from shared.errors import DomainError

MOST_ROWS = 5_000
LONGEST_LINE = 20_000
NONE = "none"
"""The cell of a food known to carry no allergen: a blank one would say that nobody knows."""

_FIRST = ("food_code", "name_zh", "name_en", "food_group")
COLUMNS = (*_FIRST, *(field for field in FoodRow.model_fields if field not in _FIRST))
_AMOUNTS = frozenset(nutrient.value for nutrient in Nutrient)
_WHOLE = frozenset(
    {"edible_permille", "shelf_life_days", "season_from_month", "season_to_month", "reference_price_fen_per_kg"}
)
_TRUTHS = frozenset({"dark_vegetable", "canteen_ban", "farmed"})
_SAID_SO = {"1": True, "true": True, "yes": True, "是": True, "0": False, "false": False, "no": False, "否": False}
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_BYTES_LINE_END = re.compile(rb"\r\n|\n|\r")
_FORMULA = ("=", "+", "-", "@", "'")
"""What office programs take for the start of a formula; such a text is written behind an apostrophe."""
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read: the fields it says something of, the rows by line, what is wrong with the other lines."""

    fields: frozenset[str]
    rows: list[tuple[int, dict[str, Any]]]
    refused: list[Refusal]
    warned: list[Refusal]


def read_sheet(data: bytes) -> Sheet:
    """Read a file of at most 5,000 rows. A column nobody knows is named and left out.

    Raises DomainError where the file as a whole cannot be meant: no header, a column twice, no food_code, too long.
    """
    raw = _BYTES_LINE_END.split(data.removeprefix(_MARK))
    if len(raw) > MOST_ROWS + 2:
        raise DomainError("too-many-rows", f"a file has at most {MOST_ROWS} foods", field="body")
    lines = list(_decoded(raw))
    header = _header(lines[0])
    known = {place: name for place, name in enumerate(header) if name in COLUMNS}
    strange = [name for name in header if name and name not in COLUMNS]
    warned = [Refusal(index=1, field=name[:64], rule="unknown-column", detail="left out") for name in strange]
    sheet = Sheet(frozenset(known.values()), [], [], warned)
    for number, line in enumerate(lines[1:], start=2):
        if line is None or line.strip(", \t"):
            _read_row(sheet, number, line, known, len(header))
    return sheet


def _decoded(raw: Sequence[bytes]) -> Iterator[str | None]:
    """Return the lines in the encoding that most of them are written in; None for one that is not."""
    utf8 = gbk = 0
    for line in raw:
        if not line.isascii():
            if _text(line, "utf-8") is not None:
                utf8 += 1
            else:
                gbk += 1
    encoding = "gb18030" if gbk > utf8 else "utf-8"
    return (_text(line, encoding) for line in raw)


def _text(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _header(line: str | None) -> list[str]:
    names = [] if line is None else (_cells(line) or [])
    if "food_code" not in names:
        raise DomainError("no-header", "the first line names the columns, food_code among them", field="food_code")
    for name in names:
        if name and names.count(name) > 1:
            raise DomainError("column-twice", "a column stands in the header once", field=name[:64])
    return names


def _cells(line: str) -> list[str] | None:
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return None


def _read_row(sheet: Sheet, number: int, line: str | None, known: Mapping[int, str], width: int) -> None:
    cells = None if line is None or len(line) > LONGEST_LINE else _cells(line)
    if line is None:
        rule, detail = "encoding", "is neither UTF-8 nor GBK as the rest of the file"
    elif cells is None:
        rule, detail = "csv", f"is not a line of CSV, or longer than {LONGEST_LINE} characters"
    elif len(cells) != width:
        rule, detail = "cells", f"has {len(cells)} cells where the header has {width}"
    else:
        sheet.rows.append((number, {name: _value(name, cells[place]) for place, name in known.items()}))
        return
    sheet.refused.append(Refusal(index=number, field="", rule=rule, detail=detail))


def _value(field: str, cell: str) -> Any:
    """Return what a cell says, as JSON would; what cannot be read is left as text for FoodRow to refuse."""
    if not cell:
        return None
    if field == "allergens":
        return [] if cell.lower() == NONE else [name.strip() for name in cell.split(";")]
    if field in _TRUTHS:
        return _SAID_SO.get(cell.lower(), cell)
    if field in _AMOUNTS and _NUMBER.fullmatch(cell):
        return float(cell)
    if field in _WHOLE and _NUMBER.fullmatch(cell) and "." not in cell:
        return int(cell)
    return cell[1:] if cell[0] == "'" and cell[1:2] in _FORMULA else cell


def write_sheet(foods: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a file of foods that reads as the same foods; with a byte-order mark, for office programs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for food in foods:
        writer.writerow([_cell(food[name]) for name in COLUMNS])
    return _MARK + text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return ";".join(value) or NONE
    if isinstance(value, float):
        return f"{value:.10g}"
    return f"'{value}" if str(value).startswith(_FORMULA) else str(value)
