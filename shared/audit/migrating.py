"""The trail's tables as a step of a service's migrations: every service takes the same step, which is never edited."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from shared.append_only import refuse_changes

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create_trail() -> None:
    """Create the tables of acts, what they changed, their links, and what waits for a link."""
    op.create_table(
        "audit_act",
        sa.Column("act_id", sa.String(length=64), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=300), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_audit_act")),
    )
    op.create_index(op.f("ix_audit_act_at"), "audit_act", ["at"])
    op.create_index("ix_audit_act_subject", "audit_act", ["subject", "act_id"])
    op.create_table(
        "audit_change",
        sa.Column("act_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.String(length=300), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["audit_act.act_id"], name=op.f("fk_audit_change_act_id_audit_act")),
        sa.PrimaryKeyConstraint("act_id", "number", name=op.f("pk_audit_change")),
    )
    op.create_index("ix_audit_change_object_id", "audit_change", ["object_id", "act_id"])
    op.create_table(
        "audit_waiting",
        sa.Column("position", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("act_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_waiting")),
    )
    op.create_table(
        "audit_link",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act_id", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("linked_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["audit_act.act_id"], name=op.f("fk_audit_link_act_id_audit_act")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("act_id", name=op.f("uq_audit_link_act_id")),
    )
    refuse_changes(("audit_act", "audit_change", "audit_link"))


def drop_trail() -> None:
    """Drop them."""
    for table in ("audit_link", "audit_waiting", "audit_change", "audit_act"):
        op.drop_table(table)
