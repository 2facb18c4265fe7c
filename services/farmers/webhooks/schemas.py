"""Request bodies and answers about webhooks. Examples are fictional."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Row

from services.farmers.webhooks.addresses import MOST_CHARACTERS
from services.farmers.webhooks.domain import Endpoint, Fate, Kind, Status
from services.farmers.webhooks.queries import Secret
from shared.fields import Id, Version
from shared.routing import Input


def _each_once(kinds: list[Kind]) -> list[Kind]:
    if len(set(kinds)) < len(kinds):
        raise ValueError("a kind is named twice")
    return kinds


class EndpointIn(Input):
    """Where a cooperative's own system is told, over https, and of what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"url": "https://xiangsui.example/hooks/canteens", "kinds": ["order.placed", "order.cancelled"]}
            ]
        }
    )

    url: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS, pattern=r"^[^\x00]+$")]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=len(Kind)), AfterValidator(_each_once)]


class Rotation(Input):
    """For how many hours the secrets before stay valid (left out: a day or what is set; 0: they end at once)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 48}, {}]})

    overlap_hours: Annotated[int, Field(ge=0, le=720)] | None = None


class Replay(Input):
    """Which dead messages are sent again; left out: all of them, up to a thousand."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{}, {"delivery_ids": ["01932a5c-7d00-7c1e-8a55-6b1f0a527c1d"]}]}
    )

    delivery_ids: list[Id] | None = Field(default=None, min_length=1, max_length=200)


class SecretRead(BaseModel):
    """Since and until when a secret is valid (null: the present one), and when it was shown."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    since: datetime
    until: datetime | None
    shown_at: datetime | None


class EndpointRead(BaseModel):
    """Where a cooperative's own system is told, of what, and how that goes.

    `failing_since` is its first failure after the last message it took; `waiting` and `dead` count messages.
    """

    endpoint_id: Id
    cooperative_id: Id
    version: Version
    url: str
    kinds: list[Kind]
    status: Status
    status_reason: str | None
    status_since: datetime
    created_at: datetime
    delivered_at: datetime | None
    failing_since: datetime | None
    resting_until: datetime | None
    waiting: int
    dead: int
    secrets: list[SecretRead]

    @classmethod
    def of(
        cls, endpoint: Endpoint, secrets: Mapping[str, Sequence[Secret]], counts: Mapping[tuple[str, str], int]
    ) -> "EndpointRead":
        """Return what is shown of an endpoint."""
        key = endpoint.endpoint_id
        return cls.model_validate(
            {name: getattr(endpoint, name) for name in cls.model_fields if hasattr(endpoint, name)}
            | {"waiting": counts.get((key, Fate.WAITING), 0), "dead": counts.get((key, Fate.DEAD), 0)}
            | {"secrets": [SecretRead.model_validate(each) for each in secrets.get(key, ())]}
        )


class EndpointPage(BaseModel):
    """Endpoints ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[EndpointRead]
    next: Id | None


class EndpointsRead(BaseModel):
    """A cooperative's endpoints."""

    items: list[EndpointRead]


class SecretShown(BaseModel):
    """A secret, shown this once: `whsec_` and the base64 of 32 bytes, which are the key of HMAC-SHA256."""

    secret: str


class AttemptRead(BaseModel):
    """One attempt: what was answered (the beginning of it), or why nothing was."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    tried_at: datetime
    took_ms: Annotated[int, Field(description="ms")]
    status_code: int | None
    error: str | None
    answer: str


class DeliveryRead(BaseModel):
    """A message and its attempts; its id is the `webhook-id` it is sent with, `about` an order, lot or sum."""

    delivery_id: Id
    endpoint_id: Id
    kind: str
    about: Id
    status: Fate
    reason: str | None
    created_at: datetime
    next_at: datetime | None
    finished_at: datetime | None
    attempts: list[AttemptRead]

    @classmethod
    def of(cls, row: Row[Any], attempts: Sequence[Row[Any]]) -> "DeliveryRead":
        """Return what is shown of a message."""
        tried = [AttemptRead.model_validate(each) for each in attempts]
        return cls.model_validate(dict(row._mapping) | {"attempts": tried})


class DeliveryWhole(DeliveryRead):
    """A message with the body that is sent, to the letter."""

    body: str


class DeliveryPage(BaseModel):
    """Messages, oldest first; `next` is the `after` of the next page, null on the last one."""

    items: list[DeliveryRead]
    next: Id | None


class Replayed(BaseModel):
    """How many dead messages wait to be sent again."""

    replayed: int
