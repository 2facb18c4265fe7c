"""Reference prices of the public market: which of them holds for a county and a day, and how far a price lies from it.

A region is a province, prefecture or county by the 2, 4 or 6 digits of GB/T 2260, which begin each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from shared.fields import Code, FenPerKg, Name
from shared.quantities import divide

RECENT = timedelta(days=28)
"""Within so many days a nearer market's price goes before a newer one from farther away."""

RegionCode = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{2}([0-9]{2}){0,2}$"), Field(description="GB/T 2260, 2, 4 or 6 digits")
]
Asked = tuple[str, str, date]
"""A food, a county and the day its price is asked for."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a food cost on the public market of a region on a day, and who says so."""

    food_code: str
    region_code: str
    day: date
    price_fen_per_kg: int
    source: str
    verified: bool


class ReferenceRead(BaseModel):
    """The reference price beside a price; `difference_permille` is how far the price lies above it (below: negative).

    It is the newest price of the last 28 days from the nearest region, or else the newest there is.
    """

    reference_price_fen_per_kg: FenPerKg = Field(examples=[207])
    day: date = Field(examples=["2026-11-22"])
    region_code: RegionCode = Field(examples=["52"])
    source: Name = Field(examples=["weekly price bulletin (fictional)"])
    verified: bool
    difference_permille: int = Field(description="1/1000 of the reference price", examples=[-256])

    @classmethod
    def of(cls, reference: Reference | None, price_fen_per_kg: int) -> Self | None:
        """Return what is shown beside a price; None when there is no reference price."""
        if reference is None:
            return None
        market = reference.price_fen_per_kg
        return cls(
            reference_price_fen_per_kg=market,
            day=reference.day,
            region_code=reference.region_code,
            source=reference.source,
            verified=reference.verified,
            difference_permille=divide((price_fen_per_kg - market) * 1000, market),
        )


def following(reference_fen_per_kg: int, difference_permille: int) -> int:
    """Return a price so many 1/1000 above (below: negative) the reference price, in whole fen per kg.

    It is never nothing, however little the market pays.
    """
    return max(1, divide(reference_fen_per_kg * (1000 + difference_permille), 1000))


def regions_of(county_code: Code) -> list[str]:
    """Return the regions whose prices concern a county: itself, its prefecture, its province."""
    return list(dict.fromkeys((county_code, county_code[:4], county_code[:2])))


def holding(day: date, found: Iterable[Reference]) -> Reference | None:
    """Return which of one food's prices, none of them newer than `day`, is its reference price on that day."""

    def nearness(one: Reference) -> tuple[bool, int, int]:
        age, near = one.day.toordinal(), len(one.region_code)
        return (True, near, age) if one.day > day - RECENT else (False, age, near)

    return max(found, key=nearness, default=None)
