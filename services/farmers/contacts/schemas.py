"""Request bodies and answers about contacts and accounts. Examples are fictional."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.farmers.contacts.domain import Account, Contact
from shared.fields import Code, Name, Version
from shared.names import PersonName
from shared.phones import Phone
from shared.routing import Input

AccountNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9](?: ?[0-9]){7,31}$"),
    AfterValidator(lambda number: number.replace(" ", "")),
    Field(description="8 to 32 digits; blanks between them are left out"),
]


class ContactIn(Input):
    """Whom to call, and as what."""

    role: Code
    name: PersonName
    phone: Phone

    def said(self) -> Contact:
        """Return the values the use case works with."""
        return Contact(self.role, self.name, self.phone)


class ContactsIn(Input):
    """A cooperative's contacts in the order to try, up to ten."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contacts": [
                        {"role": "clerk", "name": "虚构人", "phone": "+86 100 0000 0002"},
                        {"role": "head", "name": "虚构名", "phone": "+86 100 0000 0003"},
                    ]
                }
            ]
        }
    )

    contacts: list[ContactIn] = Field(max_length=10)

    def said(self) -> list[Contact]:
        """Return the values the use case works with."""
        return [one.said() for one in self.contacts]


class ContactRead(BaseModel):
    """Whom to call."""

    model_config = ConfigDict(from_attributes=True)

    role: Code
    name: str
    phone: str


class ContactsRead(BaseModel):
    """A cooperative's contacts in the order to try."""

    contacts: list[ContactRead]


class AccountIn(Input):
    """Where a cooperative's money goes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bank": "虚构农村商业银行",
                    "holder": "向穗蔬菜种植专业合作社（虚构）",
                    "number": "6200 0000 0000 0001",
                }
            ]
        }
    )

    bank: Name
    holder: Name
    number: AccountNumber

    def said(self) -> Account:
        """Return the values the use case works with."""
        return Account(self.bank, self.holder, self.number)


class AccountRead(BaseModel):
    """A bank account; of its number the last four digits are shown."""

    version: Version
    since: datetime
    bank: str
    holder: str
    number: str


class AccountsRead(BaseModel):
    """A cooperative's account, and those it had before, newest first."""

    account: AccountRead | None
    before: list[AccountRead]
