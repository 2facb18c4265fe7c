"""Request bodies and answers about users. Examples are fictional."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.identity.accounts.domain import Status, User
from services.identity.rights import Counties, Ids, Rights, Roles
from shared.fields import Id, Version
from shared.routing import Input

Login = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$"),
    Field(description="what a user signs in by; small letters, digits and . _ -"),
]
_CLERK: dict[str, Any] = {"roles": ["clerk"], "cooperatives": ["coop-1"]}
_OFFICIAL: dict[str, Any] = {"roles": ["official"], "counties": ["520628"]}


class RightsIn(Input):
    """Roles, and whose things are theirs: those of a clerk's cooperatives, an official's counties (`*`: all)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CLERK, _OFFICIAL]})

    roles: Roles
    counties: Counties = Field(default_factory=list)
    canteens: Ids = Field(default_factory=list)
    cooperatives: Ids = Field(default_factory=list)
    drivers: Ids = Field(default_factory=list)

    def said(self) -> Rights:
        """Return the values the use case works with."""
        return Rights.of(self)


class UserIn(RightsIn):
    """A new user; the password is set through a one-time link, which is asked for next."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"login": "clerk.xiangsui"} | _CLERK]})

    login: Login


class UserRead(BaseModel):
    """A user; `password_at` is when the password was set, null before the one-time link was used."""

    user_id: Id
    login: str
    status: Status
    version: Version
    created_at: datetime
    password_at: datetime | None
    sample: bool
    roles: list[str]
    counties: list[str]
    canteens: list[str]
    cooperatives: list[str]
    drivers: list[str]

    @classmethod
    def of(cls, user: User) -> "UserRead":
        """Return what is shown of a user."""
        shown = {name: getattr(user, name) for name in cls.model_fields if hasattr(user, name)}
        return cls.model_validate(shown | user.rights.claims())


class UserPage(BaseModel):
    """Users ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[UserRead]
    next: Id | None


class LinkShown(BaseModel):
    """A one-time link by which a user sets a password, shown this once; send it by a way only its user reads."""

    link: str
    expires_at: datetime
