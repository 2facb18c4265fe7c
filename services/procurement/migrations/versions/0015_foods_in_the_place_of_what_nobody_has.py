"""Foods in the place of what nobody has, and questions of a whole county."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("foods", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("chosen_food", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("county_unmet_g", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.drop_column("county_unmet_g")
        batch_op.drop_column("chosen_food")
        batch_op.drop_column("foods")
