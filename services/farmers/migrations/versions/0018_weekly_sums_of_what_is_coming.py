"""What is coming to counties is kept as weekly sums, and what they do not say yet is noted."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "supply_change",
        sa.Column("change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=True),
        sa.Column("food_code", sa.String(length=64), nullable=True),
        sa.Column("county_code", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(cooperative_id IS NULL) = (food_code IS NULL)", name=op.f("ck_supply_change_food")),
        sa.CheckConstraint("(cooperative_id IS NULL) <> (county_code IS NULL)", name=op.f("ck_supply_change_place")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_supply_change")),
    )
    op.create_table(
        "supply_county",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("counted_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", name=op.f("pk_supply_county")),
    )
    op.create_table(
        "supply_week",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("contracts_g", sa.BigInteger(), nullable=False),
        sa.Column("offers_g", sa.BigInteger(), nullable=False),
        sa.Column("p10_g", sa.BigInteger(), nullable=False),
        sa.Column("p50_g", sa.BigInteger(), nullable=False),
        sa.Column("p90_g", sa.BigInteger(), nullable=False),
        sa.Column("expected_g", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "food_code", "week_start", name=op.f("pk_supply_week")),
    )
    # No county has been counted yet: until it is, what is read of it comes from the rows themselves.
    op.execute("INSERT INTO supply_change (county_code) SELECT DISTINCT county_code FROM cooperative")


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("supply_week")
    op.drop_table("supply_county")
    op.drop_table("supply_change")
