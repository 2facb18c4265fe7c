"""Counts of funding classes say where they come from; of those there are, nobody has said."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("funding_count", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("funding_count", schema=None) as batch_op:
        batch_op.drop_column("source")
