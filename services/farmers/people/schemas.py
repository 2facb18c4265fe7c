"""Request bodies and answers about people. Examples are fictional."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.farmers.people.domain import Person
from shared.bulk import Rows
from shared.fields import Code, Id, Reason
from shared.names import PersonName
from shared.phones import Phone
from shared.routing import Input


class PersonIn(Input):
    """Who answers for a household, and by which phone."""

    household_id: Id
    name: PersonName
    phone: Phone | None = None

    def person(self) -> Person:
        """Return the values the use case works with."""
        return Person(self.household_id, self.name, self.phone)


class PersonRows(Rows):
    """Up to 1,000 people."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"rows": [{"household_id": "hh-520628-00001", "name": "虚构人", "phone": "+86 100 0000 0001"}]}
            ]
        }
    )


class PersonRead(BaseModel):
    """Who answers for a household; masked unless it was disclosed."""

    model_config = ConfigDict(from_attributes=True)

    household_id: Id
    name: str
    phone: str | None


class DisclosureIn(Input):
    """Who asks, and what for."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"asked_by": "clerk-7", "reason": "payment came back, to be called"}]}
    )

    asked_by: Code
    reason: Reason


class DisclosureRead(BaseModel):
    """Somebody asked for a household's name and phone."""

    model_config = ConfigDict(from_attributes=True)

    disclosure_id: Id
    asked_by: str
    reason: str
    disclosed_at: datetime


class DisclosurePage(BaseModel):
    """Disclosures, oldest first; `next` is the `after` of the next page, null on the last one."""

    items: list[DisclosureRead]
    next: Id | None
