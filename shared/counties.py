"""What counties are called, and where they lie: data/divisions.csv (GB/T 2260)."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "data" / "divisions.csv"


@cache
def names() -> Mapping[str, tuple[str, str]]:
    """Return the Chinese and English names of counties by code."""
    return {row["county_code"]: (row["name_zh"], row["name_en"]) for row in _rows()}


@cache
def seats() -> Mapping[str, tuple[float, float]]:
    """Return where counties' seats are, as latitude and longitude in degrees, by code."""
    return {row["county_code"]: (float(row["lat"]), float(row["lon"])) for row in _rows()}


def _rows() -> Iterator[Mapping[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as rows:
        yield from csv.DictReader(rows)


def name_of(county_code: str) -> tuple[str, str]:
    """Return the Chinese and English name of a county; the code itself of one that is not in the file."""
    return names().get(county_code, (county_code, county_code))
