"""Whom months reached, kept by county and in all; the service works out those there are."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MARK_MONTHS = """
INSERT INTO changed_month (month, county_code) SELECT DISTINCT month, county_code FROM household_month
"""


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "reached_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("poor_households", sa.Integer(), nullable=False),
        sa.Column("earned_fen", sa.BigInteger(), nullable=False),
        sa.Column("ranked_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "county_code", name=op.f("pk_reached_month")),
    )
    op.create_table(
        "changed_month",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_changed_month")),
    )
    with op.batch_alter_table("changed_month", schema=None) as batch_op:
        batch_op.create_index("ix_changed_month_month", ["month", "county_code"], unique=False)
    op.execute(MARK_MONTHS)


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("changed_month")
    op.drop_table("reached_month")
