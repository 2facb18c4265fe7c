"""Orders know whether a system of the cooperative's own hears of them; when a county was counted nobody asked."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE purchase_order SET heard = (1 = 1)"
        " WHERE cooperative_id IN (SELECT cooperative_id FROM webhook_endpoint)"
    )
    with op.batch_alter_table("supply_county", schema=None) as batch_op:
        batch_op.drop_column("counted_at")


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("supply_county", schema=None) as batch_op:
        never = sa.text("'1970-01-01 00:00:00'")
        batch_op.add_column(sa.Column("counted_at", sqlmodel.UTCDateTime(), nullable=False, server_default=never))
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.drop_column("heard")
