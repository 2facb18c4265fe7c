"""How often and on which day a contract was told to others; finding the lines that draw on an offer."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("told_on", sa.Date(), nullable=True))
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index("ix_order_line_offer_id", ["offer_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index("ix_order_line_offer_id")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_column("told_on")
        batch_op.drop_column("told_version")
