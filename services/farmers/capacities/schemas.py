"""Request bodies and answers about capacities."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.farmers.capacities.domain import MOST_G, Capacity, quantity_of
from shared.bulk import Rows
from shared.fields import Code, Day, Grams, Id
from shared.routing import Input

_EXAMPLE: JsonDict = {
    "capacity_id": "cap-520628-001-napa-2026",
    "cooperative_id": "coop-520628-001",
    "food_code": "napa_cabbage",
    "season_from": "2026-10-01",
    "season_until": "2027-02-28",
    "area_m2": 6_667,
    "yield_g_per_m2": 4_500,
}


class CapacityIn(Input):
    """What can be brought of a food in a season: `quantity_g`, or `area_m2` (a mu is 667) and `yield_g_per_m2`."""

    capacity_id: Id
    cooperative_id: Id
    food_code: Code
    season_from: Day
    season_until: Day
    quantity_g: Annotated[int, Field(ge=0, le=MOST_G, description="g")] | None = None
    area_m2: Annotated[int, Field(gt=0, le=10_000_000_000, description="m²")] | None = None
    yield_g_per_m2: Annotated[int, Field(gt=0, le=1_000_000, description="g per m² and season")] | None = None

    def capacity(self) -> Capacity:
        """Return the value the rules work with. Raises DomainError unless the grams are said in one way."""
        said = self.model_dump()
        return Capacity(**said | {"quantity_g": quantity_of(self.quantity_g, self.area_m2, self.yield_g_per_m2)})


class CapacityRows(Rows):
    """Up to 1,000 capacities."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_EXAMPLE]}]})


class CapacityRead(BaseModel):
    """A capacity; an offer counts against the season its first day lies in, a withdrawn one with what is promised."""

    capacity_id: Id
    cooperative_id: Id
    food_code: Code
    season_from: date
    season_until: date
    quantity_g: Grams
    area_m2: int | None
    yield_g_per_m2: int | None
    offered_g: Grams
    remaining_g: Grams

    @classmethod
    def of(cls, capacity: Capacity, offered_g: int) -> Self:
        """Return what is shown of a capacity."""
        return cls(**asdict(capacity), offered_g=offered_g, remaining_g=capacity.quantity_g - offered_g)


class CapacityPage(BaseModel):
    """Capacities ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[CapacityRead]
    next: Id | None
