"""Reference prices."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "reference_price",
        sa.Column("price_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("price_fen_per_kg > 0", name=op.f("ck_reference_price_price")),
        sa.PrimaryKeyConstraint("price_id", name=op.f("pk_reference_price")),
    )
    with op.batch_alter_table("reference_price", schema=None) as batch_op:
        batch_op.create_index("uq_reference_price_food_code", ["food_code", "region_code", "day"], unique=True)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("reference_price", schema=None) as batch_op:
        batch_op.drop_index("uq_reference_price_food_code")

    op.drop_table("reference_price")
