"""The table of every file's columns: its name, how a cell is read and written, and what it may hold.

Writer and reader both use it, so what one writes the other accepts. Units are in the names: g, fen, days; lat and lon
are decimal degrees (WGS 84) with five places.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

Value = str | int | float | date | tuple[str, ...] | None
Row = dict[str, Value]
Parser = Callable[[str], Value]

MAX_GRAMS = 10**9
TEMPERATURE_CLASSES = ("ambient", "chilled", "frozen")
MEALS = ("breakfast", "lunch", "dinner")
AGE_BANDS = ("6-8", "9-11", "12-14", "15-17")
PRIORITY_GROUPS = ("none", "ethnic_minority", "women", "resettled")
CERTIFICATE_KINDS = ("business_licence", "inspection_report", "quarantine")
POVERTY_STATUSES = ("registered_poor", "lifted_out", "monitored", "not_poor")

_IDENT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,63}", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,10})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def ident(cell: str) -> str:
    """An id: lower-case ASCII letters, digits and hyphens, at most 64."""
    if not _IDENT.fullmatch(cell):
        raise ValueError("must be 1 to 64 of a-z, 0-9 and '-', starting with a letter or digit")
    return cell


def code(cell: str) -> str:
    """A code of the reference data (foods, dishes, standards' keys)."""
    if not _CODE.fullmatch(cell):
        raise ValueError("must be 1 to 64 of A-Z, a-z, 0-9 and '_'")
    return cell


def text(cell: str) -> str:
    """A name or a source for people to read."""
    if not cell:
        raise ValueError("must not be empty")
    if len(cell) > 400:
        raise ValueError("must be at most 400 characters")
    if _CONTROL.search(cell):
        raise ValueError("must not contain control characters")
    return cell


def whole(low: int, high: int) -> Parser:
    """Whole numbers from `low` to `high`."""

    def parse(cell: str) -> int:
        if not _WHOLE.fullmatch(cell):
            raise ValueError("must be a whole number")
        number = int(cell)
        if not low <= number <= high:
            raise ValueError(f"must be from {low} to {high}")
        return number

    return parse


def codes(cell: str) -> tuple[str, ...]:
    """Codes joined by |, each at most once; an empty cell holds none."""
    given = tuple(code(part) for part in cell.split("|")) if cell else ()
    if len(set(given)) != len(given):
        raise ValueError("must name each code once")
    return given


def code_or_every(cell: str) -> str:
    """A code, or * for every one."""
    return cell if cell == "*" else code(cell)


def degrees(low: int, high: int) -> Parser:
    """Decimal degrees from `low` to `high`."""

    def parse(cell: str) -> float:
        if not _DECIMAL.fullmatch(cell):
            raise ValueError("must be decimal degrees")
        number = float(cell)
        if not low <= number <= high:
            raise ValueError(f"must be from {low} to {high}")
        return number

    return parse


def day(cell: str) -> date:
    """A day as YYYY-MM-DD; raises ValueError for one the calendar does not have."""
    if not _DAY.fullmatch(cell):
        raise ValueError("must be a date as YYYY-MM-DD")
    try:
        return date.fromisoformat(cell)
    except ValueError as wrong:
        raise ValueError("is not a day of the calendar") from wrong


def day_or_open(cell: str) -> date | None:
    """Empty means: still so."""
    return day(cell) if cell else None


def one_of(*choices: str) -> Parser:
    """One of the choices, spelt exactly."""

    def parse(cell: str) -> str:
        if cell not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return cell

    return parse


def some_of(*choices: str) -> Parser:
    """Several of the choices joined by |, each at most once, returned in the choices' order."""

    def parse(cell: str) -> tuple[str, ...]:
        given = cell.split("|")
        if len(set(given)) != len(given) or not set(given) <= set(choices):
            raise ValueError(f"must be one or more of {', '.join(choices)}, each once, joined by '|'")
        return tuple(choice for choice in choices if choice in given)

    return parse


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `refers_to` is the file whose first column holds the values allowed here."""

    name: str
    parse: Parser
    refers_to: str | None = None


_COUNTY = Column("county_code", ident, "counties.csv")
_TOWN = Column("town_code", ident, "towns.csv")
_CANTEEN = Column("canteen_id", ident, "canteens.csv")
_COOPERATIVE = Column("cooperative_id", ident, "cooperatives.csv")
_HOUSEHOLD = Column("household_id", ident, "households.csv")
_DEPOT = Column("depot_id", ident, "depots.csv")
_FOOD = Column("food_code", code)
_NAMES = (Column("name_zh", text), Column("name_en", text))
_PLACE = (Column("lat", degrees(-90, 90)), Column("lon", degrees(-180, 180)))
_SOURCE = Column("source", text)
_PRICE = whole(1, 1_000_000)
_SHELF_LIFE = Column("shelf_life_days", whole(1, 3650))
_QUANTITY = Column("quantity_g", whole(1, MAX_GRAMS))
_MONTH = whole(1, 12)


def _own(name: str) -> Column:
    """The first column of a file: what others refer to."""
    return Column(name, ident)


# In the order in which they can be loaded: a file refers only to files above it.
FILES: dict[str, tuple[Column, ...]] = {
    "counties.csv": (_own("county_code"), *_NAMES, *_PLACE, _SOURCE),
    "towns.csv": (_own("town_code"), _COUNTY, *_NAMES, *_PLACE, _SOURCE),
    "menu_templates.csv": (
        _own("template_id"),
        Column("weekday", whole(1, 5)),
        Column("meal", one_of(*MEALS)),
        Column("dish_code", code),
    ),
    "canteens.csv": (
        _own("canteen_id"),
        *_NAMES,
        _COUNTY,
        _TOWN,
        *_PLACE,
        Column("meals", some_of(*MEALS)),
        Column("budget_fen_per_pupil_day", whole(1, 10_000)),
        Column("template_id", ident, "menu_templates.csv"),
    ),
    "headcounts.csv": (
        _CANTEEN,
        Column("age_band", one_of(*AGE_BANDS)),
        Column("sex", one_of("m", "f")),
        Column("pupils", whole(0, 20_000)),
    ),
    "funding_classes.csv": (
        _own("class_code"),
        *_NAMES,
        Column("valid_from", day),
        Column("amount_fen_per_pupil_day", whole(1, 10_000)),
        Column("meals", some_of(*MEALS)),
        _SOURCE,
    ),
    "funding_counts.csv": (
        _CANTEEN,
        Column("class_code", ident, "funding_classes.csv"),
        Column("valid_from", day),
        Column("pupils", whole(0, 20_000)),
        _SOURCE,
    ),
    "holidays.csv": (_COUNTY, Column("day", day), *_NAMES),
    "stocks.csv": (_CANTEEN, _FOOD, _QUANTITY),
    "cooperatives.csv": (
        _own("cooperative_id"),
        *_NAMES,
        _COUNTY,
        _TOWN,
        *_PLACE,
        Column("priority_group", one_of(*PRIORITY_GROUPS)),
    ),
    "certificates.csv": (
        _own("certificate_id"),
        _COOPERATIVE,
        Column("kind", one_of(*CERTIFICATE_KINDS)),
        Column("number", ident),
        Column("issued_by", text),
        Column("issued_on", day),
        Column("expires_on", day),
        Column("food_codes", codes),
    ),
    "households.csv": (_own("household_id"), _COOPERATIVE, _TOWN),
    "household_statuses.csv": (
        _HOUSEHOLD,
        Column("status", one_of(*POVERTY_STATUSES)),
        Column("from_day", day),
        Column("until_day", day_or_open),
        _SOURCE,
    ),
    "offers.csv": (
        _own("offer_id"),
        _COOPERATIVE,
        _FOOD,
        Column("available_from", day),
        Column("available_until", day),
        _QUANTITY,
        Column("price_fen_per_kg", _PRICE),
        _SHELF_LIFE,
        Column("minimum_lot_g", whole(1, MAX_GRAMS)),
    ),
    "depots.csv": (_own("depot_id"), _COUNTY, _TOWN, *_NAMES, *_PLACE),
    "vehicles.csv": (
        _own("vehicle_id"),
        _DEPOT,
        Column("plate", text),
        Column("capacity_g", whole(1, 40_000_000)),
        Column("temperature_class", one_of(*TEMPERATURE_CLASSES)),
    ),
    "drivers.csv": (_own("driver_id"), _DEPOT),
}

# Seed data of the repository, not part of a generated directory, read by the same reader.
REFERENCE_FILES: dict[str, tuple[Column, ...]] = {
    "food_supply.csv": (
        _FOOD,
        Column("temperature_class", one_of(*TEMPERATURE_CLASSES)),
        _SHELF_LIFE,
        Column("farmed", whole(0, 1)),
        Column("season_from_month", _MONTH),
        Column("season_to_month", _MONTH),
        Column("price_fen_per_kg_reference", _PRICE),
        _SOURCE,
    ),
    "certificate_requirements.csv": (
        Column("food_code", code_or_every),
        Column("kind", one_of(*CERTIFICATE_KINDS)),
        _SOURCE,
    ),
    "crops.csv": (
        _FOOD,
        *_NAMES,
        Column("growing_weeks", whole(1, 104)),
        Column("harvest_weeks", whole(1, 52)),
        Column("yield_kg_per_mu", whole(1, 50_000)),
        Column("sow_from_month", _MONTH),
        Column("sow_until_month", _MONTH),
        Column("estimate", whole(0, 1)),
        _SOURCE,
    ),
}

# Pairs of columns whose second may not come before the first; an open end is later than any day.
NOT_BEFORE: dict[str, tuple[tuple[str, str], ...]] = {
    "certificates.csv": (("issued_on", "expires_on"),),
    "household_statuses.csv": (("from_day", "until_day"),),
    "offers.csv": (("available_from", "available_until"), ("minimum_lot_g", "quantity_g")),
}
