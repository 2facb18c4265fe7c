"""Which lot was made of which: a recall follows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "lot_parent",
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name=op.f("fk_lot_parent_lot_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", "parent_id", name=op.f("pk_lot_parent")),
    )
    with op.batch_alter_table("lot_parent", schema=None) as batch_op:
        batch_op.create_index("ix_lot_parent_parent_id", ["parent_id", "lot_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("lot_parent", schema=None) as batch_op:
        batch_op.drop_index("ix_lot_parent_parent_id")

    op.drop_table("lot_parent")
