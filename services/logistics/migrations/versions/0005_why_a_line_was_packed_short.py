"""Why a line was packed short."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("consignment_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("short_reason", sa.String(length=500), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("consignment_line", schema=None) as batch_op:
        batch_op.drop_column("short_reason")
