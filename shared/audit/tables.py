"""The tables of the audit trail. Every service's database has them; acts, changes and links are append-only."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table
from sqlmodel import UTCDateTime

from shared.database import NAMING, SERIAL

trail = MetaData(naming_convention=NAMING)
_Instant = UTCDateTime()

act = Table(
    "audit_act",
    trail,
    Column("act_id", String(64), primary_key=True),
    Column("at", _Instant, nullable=False, index=True),
    Column("subject", String(200), nullable=False),
    Column("client_id", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("address", String(64), nullable=False),
    Column("action", String(300), nullable=False),
    Column("parameters", JSON, nullable=False),
    Index("ix_audit_act_subject", "subject", "act_id"),
)

change = Table(
    "audit_change",
    trail,
    Column("act_id", String(64), ForeignKey("audit_act.act_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("object_id", String(300), nullable=False),
    Column("before", JSON(none_as_null=True), nullable=True),
    Column("after", JSON(none_as_null=True), nullable=True),
    Index("ix_audit_change_object_id", "object_id", "act_id"),
)

waiting = Table(
    "audit_waiting",
    trail,
    Column("position", SERIAL, primary_key=True, autoincrement=True),
    Column("act_id", String(64), nullable=False),
)

link = Table(
    "audit_link",
    trail,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("act_id", String(64), ForeignKey("audit_act.act_id"), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
    Column("linked_at", _Instant, nullable=False),
)
