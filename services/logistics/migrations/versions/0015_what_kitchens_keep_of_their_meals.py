"""What kitchens keep of their meals, so that a recall finds it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "kept_sample",
        sa.Column("sample_id", sa.String(), nullable=False),
        sa.Column("meal_id", sa.String(), nullable=False),
        sa.Column("dish_code", sa.String(), nullable=False),
        sa.Column("quantity_g", sa.Integer(), nullable=False),
        sa.Column("keep_until", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('kept', 'discarded', 'handed_over')", name=op.f("ck_kept_sample_state")),
        sa.CheckConstraint("(state = 'kept') = (ended_at IS NULL)", name=op.f("ck_kept_sample_ended_at")),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_kept_sample")),
    )
    with op.batch_alter_table("kept_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_sample_meal_id"), ["meal_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("kept_sample", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_sample_meal_id"))

    op.drop_table("kept_sample")
