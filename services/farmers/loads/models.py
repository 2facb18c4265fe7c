"""The tables of loads."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.farmers.loads.domain import LoadStatus
from services.farmers.tables import Table


class RegistryLoad(Table, table=True):
    """A registry's file of any length that is being taken, or was; counts are of what is on record already."""

    __tablename__ = "registry_load"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(str(each)) for each in LoadStatus)})", name="status"),
        Index("ix_registry_load_started_at", "started_at"),
    )

    load_id: str = Field(primary_key=True, max_length=64)
    status: str = Field(max_length=16)
    read_rows: int
    households_created: int
    households_changed: int
    people_created: int
    people_changed: int
    statuses_created: int
    refused_rows: int
    errors: int
    error: str | None = Field(default=None, max_length=500)
    started_at: datetime
    changed_at: datetime


class RegistryLoadError(Table, table=True):
    """Why a row of a loaded file, or a part of it, was not taken, in the file's order. Nothing private stands in it."""

    __tablename__ = "registry_load_error"

    load_id: str = Field(primary_key=True, max_length=64)
    place: int = Field(primary_key=True)
    row: int
    field: str = Field(max_length=64)
    rule: str = Field(max_length=64)
    detail: str = Field(max_length=500)
