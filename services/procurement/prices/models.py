"""The table of reference prices."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, false
from sqlmodel import Field

from services.procurement.tables import Table, table_of


class ReferencePrice(Table, table=True):
    """What a food cost on the public market of a region on a day, as corrected last; `version` counts what was told."""

    __tablename__ = "reference_price"
    __table_args__ = (
        Index("uq_reference_price_food_code", "food_code", "region_code", "day", unique=True),
        CheckConstraint("price_fen_per_kg > 0", name="price"),
    )

    price_id: str = Field(primary_key=True, max_length=64)
    food_code: str = Field(max_length=64)
    region_code: str = Field(max_length=6)
    day: date
    price_fen_per_kg: int
    source: str = Field(max_length=200)
    verified: bool
    version: int
    published_at: datetime
    held: bool = Field(sa_column_kwargs={"server_default": false()})


reference_price = table_of(ReferencePrice)
