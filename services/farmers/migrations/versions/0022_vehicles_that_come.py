"""The classes of vehicles that can fetch from a cooperative."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("cooperative", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vehicle_classes", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("cooperative", schema=None) as batch_op:
        batch_op.drop_column("vehicle_classes")
