"""Answers about reference prices."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from shared.fields import Code, FenPerKg


class PriceRead(BaseModel):
    """What a food cost on the public market of a region on a day, and who says so."""

    model_config = ConfigDict(from_attributes=True)

    food_code: Code
    region_code: str
    day: date
    price_fen_per_kg: FenPerKg
    source: str
    verified: bool


class PricePage(BaseModel):
    """Prices ordered by food; `next` is the `after` of the next page, null on the last one."""

    items: list[PriceRead]
    next: Code | None
