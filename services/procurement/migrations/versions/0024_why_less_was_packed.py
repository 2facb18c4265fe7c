"""What a cooperative says of packing less than it promised."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("packed_short_reason", sa.String(length=500), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_column("packed_short_reason")
