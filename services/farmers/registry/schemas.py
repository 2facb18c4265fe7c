"""Rows of a registry's file, and what became of them. Examples are fictional."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.farmers.households.domain import PovertyStatus
from services.farmers.households.schemas import RegistryDay
from services.farmers.registry.domain import Entry
from shared.fields import Code, Id, Name
from shared.names import PersonName
from shared.phones import Phone
from shared.routing import Input
from shared.tabular import SheetProblem

RegistryNo = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{2,31}$")]

EXAMPLE = """registry_no,household_id,cooperative_id,town_code,member_since,name,phone,status,from_day,until_day,source
520628-0001,,coop-520628-001,520628103,2017-03-01,虚构人,100 0000 0001,registered_poor,2014-01-01,2018-12-31,fictional
520628-0001,,,,,,,lifted_out,2019-01-01,,fictional
,hh-520628-00002,,,,虚构名,,monitored,2024-01-01,,fictional
"""


class EntryRow(Input):
    """A row of a registry: a household by id or registry number, and what is said of it; a blank cell says nothing."""

    household_id: Id | None = None
    registry_no: RegistryNo | None = None
    cooperative_id: Id | None = None
    town_code: Code | None = None
    member_since: RegistryDay | None = None
    name: PersonName | None = None
    phone: Phone | None = None
    status: PovertyStatus | None = None
    from_day: RegistryDay | None = None
    until_day: RegistryDay | None = None
    source: Name | None = None

    def entry(self) -> Entry:
        """Return the values the rules work with."""
        values = {name: getattr(self, name) for name in Entry.__slots__}
        return Entry(**values | {"status": None if self.status is None else str(self.status)})


class Counted(BaseModel):
    """How many were new, changed, or known already."""

    model_config = ConfigDict(from_attributes=True)

    created: int
    changed: int
    unchanged: int


class RegistryImported(BaseModel):
    """What became of a file, or would (`preview`); of `refused` and `warned` the first thousand are listed."""

    preview: bool
    households: Counted
    people: Counted
    statuses: Counted
    refused_rows: int
    refused: list[SheetProblem]
    warned: list[SheetProblem]


class RegistryStateRead(BaseModel):
    """How far a registry outside was followed; counts are of everything it ever told."""

    model_config = ConfigDict(from_attributes=True)

    registry_name: Code
    recorded: int
    unknown: int
    refused: int
    failures: int
    error: str | None
    tried_at: datetime
    succeeded_at: datetime | None


class RegistryStates(BaseModel):
    """The registries that are followed; none in the embedded default."""

    items: list[RegistryStateRead]


class RegistryRefusalRead(BaseModel):
    """What a registry outside told that was not taken, and by which rule."""

    model_config = ConfigDict(from_attributes=True)

    refusal_id: Id
    household_id: Id | None
    status: str | None
    from_day: date | None
    field: str
    rule: str
    detail: str
    refused_at: datetime


class RegistryRefusalPage(BaseModel):
    """Refusals, oldest first; `next` is the `after` of the next page, null on the last one."""

    items: list[RegistryRefusalRead]
    next: Id | None
