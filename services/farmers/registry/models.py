"""The tables of the registry; columns that end in `_sealed` are sealed, `_index` finds what is sealed."""

from datetime import date, datetime

from sqlmodel import Field

from services.farmers.tables import Table


class RegistryNumber(Table, table=True):
    """Under which number the registry outside knows a household."""

    __tablename__ = "registry_number"

    household_id: str = Field(primary_key=True, max_length=64, foreign_key="household.household_id")
    number_sealed: str = Field(max_length=300)
    number_index: str = Field(max_length=64, unique=True)


class RegistryState(Table, table=True):
    """How far a registry outside was followed; counts are of everything it ever told."""

    __tablename__ = "registry_state"

    registry_name: str = Field(primary_key=True, max_length=64)
    cursor: str | None = Field(default=None, max_length=500)
    recorded: int
    unknown: int
    refused: int
    failures: int
    error: str | None = Field(default=None, max_length=500)
    tried_at: datetime
    succeeded_at: datetime | None = Field(default=None)


class RegistryRefusal(Table, table=True):
    """What a registry outside told that contradicts what is on record, or cannot be meant; somebody has to look."""

    __tablename__ = "registry_refusal"

    refusal_id: str = Field(primary_key=True, max_length=64)
    household_id: str | None = Field(default=None, max_length=64)
    status: str | None = Field(default=None, max_length=32)
    from_day: date | None = Field(default=None)
    field: str = Field(max_length=64)
    rule: str = Field(max_length=64)
    detail: str = Field(max_length=500)
    refused_at: datetime
