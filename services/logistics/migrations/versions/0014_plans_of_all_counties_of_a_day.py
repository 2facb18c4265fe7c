"""Plans of all counties of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("trip_plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("day_plan_id", sa.String(), nullable=True))
        batch_op.create_index(op.f("ix_trip_plan_day_plan_id"), ["day_plan_id"])


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("trip_plan", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_trip_plan_day_plan_id"))
        batch_op.drop_column("day_plan_id")
