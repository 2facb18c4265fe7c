"""The town of a place: a driver asks there, and no person's number stands on a run sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; the towns of places known before come with what they tell next."""
    op.add_column("place", sa.Column("town_code", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_column("town_code")
