"""Foods as a CSV file: a line is a food, a column a field of FoodRow, a blank cell is unknown, never zero."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.nutrition.foods.domain import Nutrient
from services.nutrition.foods.schemas import FoodRow
from shared.bulk import Refusal
from shared.tabular import guarded, plain, read_table, write_table

MOST_ROWS = 5_000
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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read: the fields it says something of, the rows by line, what is wrong with the other lines."""

    fields: frozenset[str]
    rows: list[tuple[int, dict[str, Any]]]
    refused: list[Refusal]
    warned: list[Refusal]


def read_sheet(data: bytes) -> Sheet:
    """Read a file of at most 5,000 foods. A column nobody knows is named and left out.

    Raises DomainError where the file as a whole cannot be meant: no header, a column twice, no food_code, too long.
    """
    table = read_table(data, COLUMNS, "food_code", MOST_ROWS)
    rows = [(number, {name: _value(name, cell) for name, cell in cells.items()}) for number, cells in table.rows]
    return Sheet(table.columns, rows, table.refused, table.warned)


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
    return plain(cell)


def write_sheet(foods: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a file of foods that reads as the same foods; with a byte-order mark, for office programs."""
    return write_table(COLUMNS, ([_cell(food[name]) for name in COLUMNS] for food in foods))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return ";".join(value) or NONE
    if isinstance(value, float):
        return f"{value:.10g}"
    return guarded(str(value))
