"""The read copy of reference prices."""

from datetime import date

from sqlmodel import Field

from services.farmers.tables import Table


class ReferencePrice(Table, table=True):
    """What a food cost on the public market of a region on a day; the highest version heard of."""

    __tablename__ = "reference_price"

    food_code: str = Field(primary_key=True, max_length=64)
    region_code: str = Field(primary_key=True, max_length=6)
    day: date = Field(primary_key=True)
    version: int
    price_fen_per_kg: int
    source: str = Field(max_length=200)
    verified: bool
