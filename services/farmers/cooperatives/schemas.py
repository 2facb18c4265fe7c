"""Request bodies and answers about cooperatives."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.config import JsonDict

from services.farmers.cooperatives.domain import Particulars
from shared.bulk import Rows
from shared.fields import Code, Headcount, Id, Latitude, Longitude, Name, TemperatureClass, Version
from shared.routing import Input

_EXAMPLE: JsonDict = {
    "cooperative_id": "coop-520628-001",
    "name_zh": "大坪场向穗蔬菜种植专业合作社（虚构）",
    "name_en": "Dapingchang Xiangsui Vegetable Cooperative (fictional)",
    "county_code": "520628",
    "town_code": "520628103",
    "lat": 28.10658,
    "lon": 109.10964,
    "priority_group": "women",
    "village": "大坪村",
    "further_groups": ["resettled"],
}


class CooperativeIn(Input):
    """A cooperative as the registry knows it; village and further groups may stay unsaid."""

    cooperative_id: Id
    name_zh: Name
    name_en: Name
    county_code: Code
    town_code: Code
    lat: Latitude
    lon: Longitude
    priority_group: Code
    village: Name | None = None
    further_groups: list[Code] | None = Field(default=None, max_length=8)
    vehicle_classes: list[TemperatureClass] | None = Field(
        default=None,
        min_length=1,
        max_length=3,
        description="of the vehicles that can fetch from it; buyers order nothing of it that needs another",
    )

    def particulars(self) -> Particulars:
        """Return the values the rules work with."""
        further = None if self.further_groups is None else tuple(sorted(set(self.further_groups)))
        vehicles = None if self.vehicle_classes is None else tuple(sorted(set(self.vehicle_classes)))
        said = self.model_dump(exclude={"further_groups", "vehicle_classes"})
        return Particulars(**said, further_groups=further, vehicle_classes=vehicles)


class CooperativeRows(Rows):
    """Up to 1,000 cooperatives."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_EXAMPLE]}]})


class CooperativeRead(BaseModel):
    """A cooperative; the counts are of the day it was last told of."""

    model_config = ConfigDict(from_attributes=True)

    cooperative_id: Id = Field(examples=["coop-520628-001"])
    name_zh: Name
    name_en: Name
    county_code: Code
    town_code: Code
    lat: Latitude
    lon: Longitude
    priority_group: Code
    village: Name | None
    further_groups: list[Code]
    vehicle_classes: list[TemperatureClass] | None
    households: Headcount
    poor_households: Headcount
    version: Version
    registered_at: datetime

    @field_validator("vehicle_classes", mode="before")
    @classmethod
    def _if_said(cls, stored: str | None) -> list[str] | None:
        return stored.split(",") if stored else None

    @field_validator("further_groups", mode="before")
    @classmethod
    def _as_list(cls, stored: str | None) -> list[str]:
        return stored.split(",") if stored else []


class CooperativePage(BaseModel):
    """Cooperatives ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[CooperativeRead]
    next: Id | None
