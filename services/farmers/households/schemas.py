"""Request bodies and answers about households. Pseudonyms only: names and phones have a slice of their own."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.farmers.households.domain import Member, Period, PovertyStatus, Registration
from services.farmers.memberships.schemas import MembershipRead
from shared.bulk import Rows
from shared.fields import Code, Headcount, Id, Name
from shared.routing import Input

RegistryDay = Annotated[date, Field(ge=date(1980, 1, 1), le=date(2100, 12, 31))]


class HouseholdIn(Input):
    """A household and the cooperative it belongs to, since when if somebody says so."""

    household_id: Id
    cooperative_id: Id
    town_code: Code
    member_since: RegistryDay | None = None

    def registration(self) -> Registration:
        """Return the values the use case works with."""
        return Registration(Member(self.household_id, self.cooperative_id, self.town_code), self.member_since)


class HouseholdRows(Rows):
    """Up to 1,000 households."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rows": [
                        {
                            "household_id": "hh-520628-00001",
                            "cooperative_id": "coop-520628-001",
                            "town_code": "520628103",
                            "member_since": "2017-03-01",
                        }
                    ]
                }
            ]
        }
    )


class HouseholdStatusIn(Input):
    """What the registry says of a household from a day, until a day (included) or until it says something else."""

    household_id: Id
    status: PovertyStatus
    from_day: RegistryDay
    until_day: RegistryDay | None = None
    source: Name

    def period(self) -> Period:
        """Return the values the rules work with."""
        return Period(self.from_day, self.until_day, str(self.status), self.source)


class HouseholdStatusRows(Rows):
    """Up to 1,000 statuses."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rows": [
                        {
                            "household_id": "hh-520628-00001",
                            "status": "lifted_out",
                            "from_day": "2019-01-01",
                            "until_day": None,
                            "source": "county registry 2019",
                        }
                    ]
                }
            ]
        }
    )


class HouseholdRead(BaseModel):
    """A household's pseudonym and town."""

    model_config = ConfigDict(from_attributes=True)

    household_id: Id
    town_code: Code


class HouseholdPage(BaseModel):
    """A cooperative's households today, their counts, and their pseudonyms ordered by id."""

    households: Headcount
    poor_households: Headcount
    items: list[HouseholdRead]
    next: Id | None


class StatusRead(BaseModel):
    """What a registry says of a household from a day, until a day or until it says something else."""

    model_config = ConfigDict(from_attributes=True)

    from_day: date
    until_day: date | None
    status: PovertyStatus
    source: Name


class HouseholdDetail(BaseModel):
    """A household as it stands on a day, and its whole history; nobody's name."""

    household_id: Id
    town_code: Code
    on: date
    cooperative_id: Id | None
    status: StatusRead | None
    poor: bool
    memberships: list[MembershipRead]
    statuses: list[StatusRead]
