"""Read copies of places."""

from sqlmodel import Field

from services.logistics.tables import Table, one_of


class Place(Table, table=True):
    """A canteen or a cooperative as its owner last registered it, or where a vehicle broke down; WGS-84 degrees."""

    __tablename__ = "place"
    __table_args__ = (one_of("kind", ("canteen", "cooperative", "roadside")),)

    kind: str = Field(primary_key=True)
    place_id: str = Field(primary_key=True)
    version: int
    name_zh: str
    name_en: str
    county_code: str
    lat: float
    lon: float
    town_code: str | None = None
