"""The stops that trips' devices were at."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("trip_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reached", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("trip_state", schema=None) as batch_op:
        batch_op.alter_column("reached", server_default=None)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("trip_state", schema=None) as batch_op:
        batch_op.drop_column("reached")
