"""Rules that couple foods: what cooperatives can handle and may earn, and which groups have priority."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("sourcing_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handling_g_per_day", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("household_cap_fen", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("season_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("season_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("priority_permille", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("sourcing_rules", schema=None) as batch_op:
        batch_op.drop_column("priority_permille")
        batch_op.drop_column("season_until")
        batch_op.drop_column("season_from")
        batch_op.drop_column("household_cap_fen")
        batch_op.drop_column("handling_g_per_day")
