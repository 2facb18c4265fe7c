"""A corrected meal is told again: the higher version counts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; meals told before carried no version and count as the first."""
    op.add_column("served_meal", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Undo the step."""
    with op.batch_alter_table("served_meal") as table:
        table.drop_column("version")
