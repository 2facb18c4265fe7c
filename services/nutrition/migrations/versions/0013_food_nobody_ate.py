"""Food that leaves the store uneaten."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "food_disposal",
        sa.Column("disposal_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("disposed_by", sa.String(length=64), nullable=False),
        sa.Column("witnessed_by", sa.String(length=64), nullable=True),
        sa.Column("disposed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("cause IN ('expired', 'recalled', 'spoilt')", name=op.f("ck_food_disposal_cause")),
        sa.CheckConstraint("quantity_g > 0", name=op.f("ck_food_disposal_quantity_g")),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_food_disposal_canteen_id_canteen")
        ),
        sa.PrimaryKeyConstraint("disposal_id", name=op.f("pk_food_disposal")),
    )
    with op.batch_alter_table("food_disposal", schema=None) as batch_op:
        batch_op.create_index("ix_food_disposal_canteen_id", ["canteen_id", "disposal_id"], unique=False)
        batch_op.create_index("ix_food_disposal_lot_id", ["lot_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("food_disposal", schema=None) as batch_op:
        batch_op.drop_index("ix_food_disposal_lot_id")
        batch_op.drop_index("ix_food_disposal_canteen_id")

    op.drop_table("food_disposal")
