"""What was packed and does not come: lots that were recalled, loads nothing can bring."""

import sqlalchemy as sa
from alembic import op

from shared.row_security import expose, part_of, protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "packed_lot",
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.order_id"], name="fk_packed_lot_order_id_purchase_order"
        ),
        sa.PrimaryKeyConstraint("lot_id", "line_id", name="pk_packed_lot"),
    )
    op.create_index("ix_packed_lot_order_id", "packed_lot", ["order_id"])
    op.create_table(
        "recalled_lot",
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", name="pk_recalled_lot"),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lost", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("lost_reason", sa.String(length=500), nullable=True))
        batch_op.create_check_constraint(op.f("ck_order_line_lost"), "lost IN ('recalled', 'undelivered')")
    protect("packed_lot", part_of("packed_lot", "purchase_order", "order_id"))
    protect("recalled_lot", part_of("recalled_lot", "lot", "lot_id"))


def downgrade() -> None:
    """Take the step back."""
    for table in ("packed_lot", "recalled_lot"):
        expose(table)
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_order_line_lost"), type_="check")
        batch_op.drop_column("lost_reason")
        batch_op.drop_column("lost")
    op.drop_index("ix_packed_lot_order_id", table_name="packed_lot")
    op.drop_table("recalled_lot")
    op.drop_table("packed_lot")
