"""Dishes as a CSV file: a line is an ingredient; what holds of the whole dish stands on its first line, or on all."""

import re
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.bulk import Refusal
from shared.tabular import Table, guarded, plain, read_table, write_table

MOST_ROWS = 20_000
PART = ("food_code", "grams_raw")
OF_DISH = (
    *("name_en", "name_zh", "category", "method", "equipment", "portion_rule", "portion_permille"),
    *("scope", "county_code", "canteen_id"),
)
COLUMNS = ("dish_code", *OF_DISH[:3], *PART, *OF_DISH[3:])
_GRAMS = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,3})0*)?", re.ASCII)
_BAND = re.compile(r"([0-9]+-[0-9]+) *: *([0-9]{1,9})", re.ASCII)


@dataclass(slots=True)
class Written:
    """A dish as a file has it: what the cells say by field of DishRow, and the row of each ingredient and field."""

    dish_code: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    parts: list[int] = field(default_factory=list)

    def refuse(self, path: Sequence[str | int], rule: str, detail: str) -> Refusal:
        """Return a refusal at the row and column of the file where a field of DishRow stands."""
        if path and path[0] == "ingredients":
            row = self.parts[path[1]] if len(path) > 1 and isinstance(path[1], int) else self.row
            name = {"portion_mg": "grams_raw"}.get(str(path[-1]), str(path[-1]))
            return Refusal(index=row, field=name if name in PART else "food_code", rule=rule, detail=detail)
        name = str(path[0]) if path else ""
        return Refusal(index=self.rows.get(name, self.row), field=name, rule=rule, detail=detail)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read: the columns it has, its good dishes, what is wrong with rows, what was left out."""

    columns: frozenset[str]
    dishes: list[Written]
    refused: list[Refusal]
    warned: list[Refusal]


def read_sheet(data: bytes) -> Sheet:
    """Read a file of at most 20,000 rows. The rows of a dish need not stand together.

    Raises DomainError where the file as a whole cannot be meant: no header, a column twice, no dish_code, too long.
    """
    table = read_table(data, COLUMNS, "dish_code", MOST_ROWS)
    found: dict[str, Written] = {}
    wrong: dict[str, list[Refusal]] = {}
    refused = list(table.refused)
    for number, cells in table.rows:
        code = cells["dish_code"]
        if not code:
            refused.append(Refusal(index=number, field="dish_code", rule="missing", detail="says of no dish"))
            continue
        written = found.setdefault(code, Written(code, number))
        problems = [*_particulars(written, number, cells), *_ingredient(written, number, cells)]
        wrong.setdefault(code, []).extend(problems)
    for code, problem in _perhaps_of(table, found):
        wrong.setdefault(code, []).append(problem)
    dishes = [written for code, written in found.items() if not wrong[code]]
    refused += [problem for problems in wrong.values() for problem in problems]
    return Sheet(table.columns, dishes, sorted(refused, key=lambda one: one.index), table.warned)


def _particulars(written: Written, number: int, cells: Mapping[str, str]) -> list[Refusal]:
    """Note what a row says of the whole dish; two rows that say different things are refused."""
    problems = []
    for name in OF_DISH:
        cell = cells.get(name, "")
        if name not in cells or (not cell and name in written.values):
            continue
        try:
            value = _value(name, cell)
        except ValueError as error:
            problems.append(Refusal(index=number, field=name, rule="unreadable", detail=str(error)))
            continue
        before = written.values.get(name)
        if name in written.rows and before != value:
            detail = f"row {written.rows[name]} says {before!r}"
            problems.append(Refusal(index=number, field=name, rule="differs", detail=detail))
            continue
        written.values[name] = value
        if cell:
            written.rows[name] = number
    return problems


def _value(name: str, cell: str) -> Any:
    """Return what a cell says, as JSON would. Raises ValueError."""
    if name == "equipment":
        return sorted({piece.strip() for piece in cell.split(";") if piece.strip()})
    if not cell:
        return None
    if name == "portion_permille":
        bands = [_BAND.fullmatch(band.strip()) for band in cell.split(";")]
        named = {band[1]: int(band[2]) for band in bands if band}
        if len(named) < len(bands):
            raise ValueError("is written like 6-8:850;9-11:1000;12-14:1150;15-17:1300")
        return named
    return plain(cell)


def _ingredient(written: Written, number: int, cells: Mapping[str, str]) -> list[Refusal]:
    food, grams = cells.get("food_code", ""), cells.get("grams_raw", "")
    if not food or not grams:
        name = "grams_raw" if food else "food_code"
        return [Refusal(index=number, field=name, rule="missing", detail="each row has a food and its grams")]
    weight = _GRAMS.fullmatch(grams)
    if weight is None:
        detail = "is g of raw edible food with at most three decimals, like 0.5"
        return [Refusal(index=number, field="grams_raw", rule="unreadable", detail=detail)]
    mg = int(weight[1]) * 1000 + int(f"{weight[2] or '':0<3}")
    written.values.setdefault("ingredients", []).append({"food_code": food, "portion_mg": mg})
    written.parts.append(number)
    return []


def _perhaps_of(table: Table, found: Mapping[str, Written]) -> Iterable[tuple[str, Refusal]]:
    """Return refusals of the dishes beside an unreadable row: it may be an ingredient, and with it an allergen."""
    numbers = [number for number, _ in table.rows]
    codes = [cells["dish_code"] for _, cells in table.rows]
    for broken in table.refused:
        place = bisect(numbers, broken.index)
        for code in dict.fromkeys(codes[max(0, place - 1) : place + 1]):
            if code in found:
                detail = f"row {broken.index} cannot be read and may be an ingredient of {code}"
                yield code, Refusal(index=found[code].row, field="dish_code", rule="perhaps-incomplete", detail=detail)


def write_sheet(dishes: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a file of dishes, by the fields of DishRow, that reads as the same dishes."""
    return write_table(COLUMNS, (row for dish in dishes for row in _rows(dish)))


def _rows(dish: Mapping[str, Any]) -> Iterable[list[str]]:
    said = {name: _cell(name, dish[name]) for name in ("dish_code", *OF_DISH)}
    for part in dish["ingredients"]:
        here = said | {"food_code": part["food_code"], "grams_raw": _grams(part["portion_mg"])}
        yield [here[name] for name in COLUMNS]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "equipment":
        return ";".join(value)
    if name == "portion_permille":
        return ";".join(f"{band}:{permille}" for band, permille in value.items())
    return guarded(str(value))


def _grams(mg: int) -> str:
    return f"{mg // 1000}.{mg % 1000:03}".rstrip("0").rstrip(".")
