"""Request bodies and answers about clients. Examples are fictional."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.identity.accounts.domain import Status
from services.identity.clients.domain import Client
from services.identity.rights import Counties, Ids, Rights
from shared.auth.principal import Role
from shared.fields import Id, Version
from shared.routing import Input

Uri = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[!-~]+$")]
Uris = Annotated[list[Uri], Field(max_length=20)]


class ClientIn(Input):
    """A program that signs people in (`redirect_uris`), or acts by itself (`roles`), or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"confidential": True, "redirect_uris": ["https://portal.example/signed-in"]},
                {"confidential": True, "roles": ["device"], "counties": ["520628"]},
            ]
        }
    )

    confidential: bool
    redirect_uris: Uris = Field(default_factory=list)
    sign_out_uris: Uris = Field(default_factory=list)
    roles: Annotated[list[Role], Field(max_length=len(Role))] = Field(default_factory=list)
    counties: Counties = Field(default_factory=list)
    canteens: Ids = Field(default_factory=list)
    cooperatives: Ids = Field(default_factory=list)
    drivers: Ids = Field(default_factory=list)

    def said(self, client_id: str, now: datetime) -> Client:
        """Return the client as it is when it is new."""
        uris = tuple(self.redirect_uris), tuple(self.sign_out_uris)
        return Client(client_id, self.confidential, *uris, Rights.of(self), Status.ACTIVE, 1, now)


class ClientRead(BaseModel):
    """A client; `has_secret` is false for a confidential one whose secret was never asked for."""

    client_id: Id
    confidential: bool
    has_secret: bool
    redirect_uris: list[str]
    sign_out_uris: list[str]
    status: Status
    version: Version
    created_at: datetime
    roles: list[str]
    counties: list[str]
    canteens: list[str]
    cooperatives: list[str]
    drivers: list[str]

    @classmethod
    def of(cls, client: Client) -> "ClientRead":
        """Return what is shown of a client."""
        shown = {name: getattr(client, name) for name in cls.model_fields if hasattr(client, name)}
        return cls.model_validate(shown | {"has_secret": client.secret_hash is not None} | client.rights.claims())


class ClientPage(BaseModel):
    """Clients ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[ClientRead]
    next: Id | None


class SecretShown(BaseModel):
    """A client's secret, shown this once."""

    client_id: Id
    client_secret: str
