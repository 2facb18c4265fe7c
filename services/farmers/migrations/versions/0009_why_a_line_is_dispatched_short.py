"""Why a line is dispatched short."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; lines of orders dispatched short before have the order's reason."""
    op.add_column("order_line", sa.Column("short_reason", sa.String(length=500), nullable=True))
    reason = "SELECT dispatch_reason FROM purchase_order WHERE purchase_order.order_id = order_line.order_id"
    dispatched = "SELECT order_id FROM purchase_order WHERE dispatch_reason IS NOT NULL"
    short = f"dispatched_g < confirmed_g AND order_id IN ({dispatched})"
    op.execute(f"UPDATE order_line SET short_reason = ({reason}) WHERE {short}")  # noqa: S608 (constants)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_column("short_reason")
