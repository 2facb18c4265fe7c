"""The table of cooperatives."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.farmers.tables import Table


class Cooperative(Table, table=True):
    """A cooperative with the counts it was last told of with; `version` counts what was told."""

    __tablename__ = "cooperative"
    __table_args__ = (CheckConstraint("poor_households BETWEEN 0 AND households", name="counts"),)

    cooperative_id: str = Field(primary_key=True, max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    county_code: str = Field(max_length=64)
    town_code: str = Field(max_length=64)
    lat: float
    lon: float
    priority_group: str = Field(max_length=64)
    village: str | None = Field(default=None, max_length=200)
    further_groups: str | None = Field(default=None, max_length=600)  # codes with commas between
    vehicle_classes: str | None = Field(default=None, max_length=40)  # classes with commas between
    households: int
    poor_households: int
    version: int
    registered_at: datetime
