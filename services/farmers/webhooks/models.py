"""The tables of webhooks; what is secret is sealed."""

from datetime import datetime

from sqlalchemy import JSON, Index, Text, text
from sqlmodel import Field

from services.farmers.tables import Table, one_of
from services.farmers.webhooks.domain import Fate, Status

_WAITING = text("status = 'waiting'")


class WebhookEndpoint(Table, table=True):
    """Where a cooperative's own system is told; `claim` is the replica that sends to it now, until `claimed_until`."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (one_of("status", Status),)

    endpoint_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, index=True, foreign_key="cooperative.cooperative_id")
    url: str = Field(max_length=500)
    kinds: list[str] = Field(sa_type=JSON)
    version: int
    status: str = Field(max_length=16)
    status_reason: str | None = Field(default=None, max_length=200)
    status_since: datetime
    created_at: datetime
    failures: int
    failing_since: datetime | None = Field(default=None)
    delivered_at: datetime | None = Field(default=None)
    resting_until: datetime | None = Field(default=None)
    served_at: datetime
    claim: str | None = Field(default=None, max_length=64)
    claimed_until: datetime | None = Field(default=None)


class WebhookSecret(Table, table=True):
    """What messages to an endpoint are signed with: the newest without end, those before until they end."""

    __tablename__ = "webhook_secret"

    endpoint_id: str = Field(primary_key=True, max_length=64, foreign_key="webhook_endpoint.endpoint_id")
    number: int = Field(primary_key=True)
    secret_sealed: str = Field(max_length=300)
    since: datetime
    until: datetime | None = Field(default=None)
    shown_at: datetime | None = Field(default=None)


class WebhookDelivery(Table, table=True):
    """A message to an endpoint; of its `attempts`, `earlier_attempts` were made before it was last replayed."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("status", Fate),
        Index("ix_webhook_delivery_endpoint_id", "endpoint_id", "delivery_id"),
        Index(
            "ix_webhook_delivery_next_at", "endpoint_id", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING
        ),
    )

    delivery_id: str = Field(primary_key=True, max_length=64)
    endpoint_id: str = Field(max_length=64, foreign_key="webhook_endpoint.endpoint_id")
    kind: str = Field(max_length=32)
    about: str = Field(max_length=64)
    body: str = Field(sa_type=Text)
    status: str = Field(max_length=16)
    reason: str | None = Field(default=None, max_length=32)
    attempts: int
    earlier_attempts: int
    next_at: datetime | None = Field(default=None)
    created_at: datetime = Field(index=True)
    finished_at: datetime | None = Field(default=None)


class WebhookAttempt(Table, table=True):
    """One attempt to deliver a message; `answer` is the beginning of what came back."""

    __tablename__ = "webhook_attempt"

    delivery_id: str = Field(primary_key=True, max_length=64, foreign_key="webhook_delivery.delivery_id")
    number: int = Field(primary_key=True)
    tried_at: datetime
    took_ms: int
    status_code: int | None = Field(default=None)
    error: str | None = Field(default=None, max_length=32)
    answer: str = Field(max_length=500)
