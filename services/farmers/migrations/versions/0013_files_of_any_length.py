"""Loads of files of any length, and what was wrong with their rows."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "registry_load",
        sa.Column("load_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("read_rows", sa.Integer(), nullable=False),
        sa.Column("households_created", sa.Integer(), nullable=False),
        sa.Column("households_changed", sa.Integer(), nullable=False),
        sa.Column("people_created", sa.Integer(), nullable=False),
        sa.Column("people_changed", sa.Integer(), nullable=False),
        sa.Column("statuses_created", sa.Integer(), nullable=False),
        sa.Column("refused_rows", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("started_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('running', 'done', 'broken_off')", name=op.f("ck_registry_load_status")),
        sa.PrimaryKeyConstraint("load_id", name=op.f("pk_registry_load")),
    )
    with op.batch_alter_table("registry_load", schema=None) as batch_op:
        batch_op.create_index("ix_registry_load_started_at", ["started_at"], unique=False)

    op.create_table(
        "registry_load_error",
        sa.Column("load_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("load_id", "place", name=op.f("pk_registry_load_error")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("registry_load_error")
    with op.batch_alter_table("registry_load", schema=None) as batch_op:
        batch_op.drop_index("ix_registry_load_started_at")

    op.drop_table("registry_load")
