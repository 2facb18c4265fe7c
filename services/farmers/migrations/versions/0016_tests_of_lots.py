"""Tests of lots, and since when a lot is unfit."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TARGETS = "'pesticide_residue', 'veterinary_residue', 'heavy_metal', 'microbiology', 'look_and_smell'"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "lot_test",
        sa.Column("test_id", sa.String(length=64), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("tested_by", sa.String(length=200), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("report_no", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.String(length=1000), nullable=False),
        sa.Column("recorded_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("method IN ('rapid', 'laboratory')", name=op.f("ck_lot_test_method")),
        sa.CheckConstraint(f"target IN ({_TARGETS})", name=op.f("ck_lot_test_target")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name=op.f("fk_lot_test_lot_id_lot")),
        sa.PrimaryKeyConstraint("test_id", name=op.f("pk_lot_test")),
    )
    op.create_index("ix_lot_test_lot_id", "lot_test", ["lot_id", "test_id"])
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failed_at", sqlmodel.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("unfit_at", sqlmodel.UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_column("unfit_at")
        batch_op.drop_column("failed_at")
    op.drop_index("ix_lot_test_lot_id", table_name="lot_test")
    op.drop_table("lot_test")
