"""Answers about places."""

from pydantic import BaseModel


class PlaceRead(BaseModel):
    """A place that trips stop at: a `canteen`, a `cooperative` or a `depot`; WGS-84 degrees."""

    kind: str
    place_id: str
    name_zh: str
    name_en: str
    county_code: str
    town_code: str | None
    lat: float
    lon: float


class Places(BaseModel):
    """A page of places, by kind and id."""

    items: list[PlaceRead]
    next: str | None
