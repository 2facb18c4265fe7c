"""The tables of the backbone. Every service's database has a copy of them, migrated with the service's own tables."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlmodel import UTCDateTime

from shared.database import NAMING, SERIAL

backbone = MetaData(naming_convention=NAMING)
_Instant = UTCDateTime()

outbox = Table(
    "outbox",
    backbone,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("shard", SmallInteger, nullable=False),
    Column("topic", String(120), nullable=False),
    Column("key", String(64), nullable=False),
    Column("headers", JSON, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", _Instant, nullable=False),
)

inbox = Table(
    "inbox",
    backbone,
    Column("event_id", String(64), primary_key=True),
    Column("received_at", _Instant, nullable=False, index=True),
)

parked_event = Table(
    "parked_event",
    backbone,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("topic", String(120), nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", String(64), nullable=False),
    Column("headers", JSON, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", _Instant, nullable=False, index=True),
    Column("parked_at", _Instant, nullable=False),
    Index("ix_parked_event_topic_key", "topic", "key"),
)

dead_letter = Table(
    "dead_letter",
    backbone,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("topic", String(120), nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", String(64), nullable=False),
    Column("headers", JSON, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("died_at", _Instant, nullable=False),
    Column("replayed_at", _Instant, nullable=True),
    Index("uq_dead_letter_place", "topic", "partition", "offset", unique=True),
)

idempotency_key = Table(
    "idempotency_key",
    backbone,
    Column("key", String(200), primary_key=True),
    Column("scope", String(300), primary_key=True),
    Column("body_hash", String(64), nullable=False),
    Column("status", Integer, nullable=True),
    Column("headers", JSON, nullable=True),
    Column("body", LargeBinary, nullable=True),
    Column("created_at", _Instant, nullable=False, index=True),
)

backup = Table(
    "backup",
    backbone,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("began_at", _Instant, nullable=False),
    Column("ended_at", _Instant, nullable=False),
    Column("failure", Text, nullable=True),
)


def add_backbone(metadata: MetaData) -> None:
    """Add copies of the backbone's tables to a service's metadata."""
    for table in backbone.sorted_tables:
        table.to_metadata(metadata)
