"""Remember which version of an order was cancelled: a higher one revives it, a lower one does not."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; cancellations of before are above every version, so that they still revive nothing."""
    op.add_column("cancelled_order", sa.Column("version", sa.Integer(), nullable=False, server_default="2000000000"))


def downgrade() -> None:
    """Undo the step."""
    with op.batch_alter_table("cancelled_order") as table:
        table.drop_column("version")
