"""Lots mixed or split from others, recalled lots, and until when a lot is good."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "lot_parent",
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity_g > 0", name=op.f("ck_lot_parent_quantity")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name=op.f("fk_lot_parent_lot_id_lot")),
        sa.ForeignKeyConstraint(["parent_id"], ["lot.lot_id"], name=op.f("fk_lot_parent_parent_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", "parent_id", name=op.f("pk_lot_parent")),
    )
    with op.batch_alter_table("lot_parent", schema=None) as batch_op:
        batch_op.create_index("ix_lot_parent_parent_id", ["parent_id", "lot_id"], unique=False)

    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("best_before", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("moved_g", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("recalled_at", sqlmodel.UTCDateTime(), nullable=True))

    with op.batch_alter_table("lot_contribution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_g", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("lot_contribution", schema=None) as batch_op:
        batch_op.drop_column("moved_g")

    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_column("recalled_at")
        batch_op.drop_column("moved_g")
        batch_op.drop_column("best_before")

    with op.batch_alter_table("lot_parent", schema=None) as batch_op:
        batch_op.drop_index("ix_lot_parent_parent_id")

    op.drop_table("lot_parent")
