"""What people say about pages, and how much pages are used."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "page_use",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("seen_as", sa.String(length=16), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "route", "seen_as", name=op.f("pk_page_use")),
    )
    op.create_table(
        "remark",
        sa.Column("remark_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("said_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("page", sa.String(length=200), nullable=False),
        sa.Column("said_as", sa.String(length=16), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=True),
        sa.Column("done_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("done_by", sa.String(length=128), nullable=True),
        sa.CheckConstraint("kind IN ('wrong', 'better', 'good')", name=op.f("ck_remark_kind")),
        sa.PrimaryKeyConstraint("remark_id", name=op.f("pk_remark")),
        sa.UniqueConstraint("key", name=op.f("uq_remark_key")),
    )
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.create_index("ix_remark_county_code_said_at", ["county_code", "said_at"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.drop_index("ix_remark_county_code_said_at")

    op.drop_table("remark")
    op.drop_table("page_use")
