"""Bodies of the routes of freight. Examples are fictional."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.procurement.freight.domain import Freight, Trip
from services.procurement.payments.schemas import Reference
from services.procurement.rows import row_of
from shared.fields import Code, Day, Fen, Id, Reason
from shared.routing import Input


class FreightIn(Input):
    """What a carrier gets for a day's driving, and why; a mistake is taken back by a negative amount with its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "county_code": "520628",
                    "carrier_id": "carrier-songtao-1",
                    "trip_id": "trip-0001",
                    "day": "2026-11-23",
                    "amount_fen": 26_000,
                    "reference": "2026-11-23-01",
                    "reason": "65 km at ¥4 a km",
                    "booked_by": "official-1",
                }
            ]
        }
    )

    county_code: Code
    carrier_id: Id
    trip_id: Id | None = None
    day: Day
    amount_fen: Fen
    reference: Reference
    reason: Reason
    booked_by: Id

    def freight(self, now: datetime) -> Freight:
        """Return the value the use case works with."""
        return Freight(**self.model_dump(), booked_at=now)


class FreightRead(BaseModel):
    """What a carrier got out of the freight fund; its booking in the ledger has the same id."""

    freight_id: str
    county_code: str
    carrier_id: str
    trip_id: str | None
    day: date
    amount_fen: int
    reference: str
    reason: str
    booked_by: str
    booked_at: datetime

    @classmethod
    def of(cls, freight: Freight) -> Self:
        """Return the answer about freight."""
        return cls(**row_of(freight, cls.model_fields))


class TripRead(BaseModel):
    """What a trip cost out of the freight fund, as told last, and each order's share of it by tonne-kilometres (fen).

    `cost_fen` is null until its last school is reached, or where nobody tells what trips cost.
    """

    trip_id: str
    vehicle_id: str
    cost_version: int
    cost_fen: int | None
    distance_m: int | None
    shares: dict[str, int]

    @classmethod
    def of(cls, trip: Trip) -> Self:
        """Return the answer about a trip."""
        return cls(**row_of(trip, cls.model_fields))
