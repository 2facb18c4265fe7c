"""Bodies of the routes of reference prices."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.procurement.prices.domain import Price
from services.procurement.rows import row_of
from shared.bulk import Imported, Rows
from shared.fields import Code, Day, FenPerKg, Id, Name, Version
from shared.market import RegionCode
from shared.routing import Input

_EXAMPLE: JsonDict = {
    "food_code": "napa_cabbage",
    "region_code": "52",
    "day": "2026-11-22",
    "price_fen_per_kg": 207,
    "source": "weekly price bulletin of the province (fictional)",
    "verified": True,
}


class PriceIn(Input):
    """What a food cost on the public market of a region on a day; `verified` when somebody has read the source."""

    food_code: Code
    region_code: RegionCode
    day: Day
    price_fen_per_kg: Annotated[int, Field(gt=0, le=1_000_000, description="fen per kg; ¥10,000 at most")]
    source: Name
    verified: bool

    def price(self, now: datetime) -> Price:
        """Return the value the use case works with."""
        return Price(**self.model_dump(), version=1, published_at=now)


class PriceRows(Rows):
    """Up to 1,000 prices; food, region and day say which one is meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_EXAMPLE]}]})


class PricesImported(Imported):
    """What became of the rows; `held` of them lie so far from the market that a person has to confirm them."""

    held: int = 0


class Confirmation(Input):
    """The person who has looked at a price that was held."""

    official: Name = Field(examples=["李主任（虚构）"])


class PriceRead(BaseModel):
    """A reference price as it was corrected last; one that is `held` is not used until a person confirms it."""

    price_id: Id
    food_code: Code
    region_code: str
    day: date
    price_fen_per_kg: FenPerKg
    source: str
    verified: bool
    version: Version
    published_at: datetime
    held: bool

    @classmethod
    def of(cls, price: Price) -> Self:
        """Return the answer about a price."""
        return cls(**row_of(price, cls.model_fields))
