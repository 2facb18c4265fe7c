"""What is told of dishes is kept row by row, and summed up behind it."""

import sqlalchemy as sa
from alembic import op

from shared.database import SERIAL

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "told_feedback",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("rating_sum", sa.BigInteger(), nullable=False),
        sa.Column("ratings", sa.BigInteger(), nullable=False),
        sa.Column("waste_g", sa.BigInteger(), nullable=False),
        sa.Column("served_portions", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dish_code"], ["dish.dish_code"], name=op.f("fk_told_feedback_dish_code_dish")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_told_feedback")),
    )
    op.create_index("ix_told_feedback_county_code", "told_feedback", ["county_code"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("told_feedback")
