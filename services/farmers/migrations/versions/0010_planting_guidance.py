"""What nutrition foresees of demand, and how crops grow."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "crop",
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("growing_weeks", sa.Integer(), nullable=False),
        sa.Column("harvest_weeks", sa.Integer(), nullable=False),
        sa.Column("yield_kg_per_mu", sa.Integer(), nullable=False),
        sa.Column("sow_from_month", sa.Integer(), nullable=False),
        sa.Column("sow_until_month", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("estimate", sa.Boolean(), nullable=False),
        sa.CheckConstraint("growing_weeks BETWEEN 1 AND 104", name=op.f("ck_crop_growing_weeks")),
        sa.CheckConstraint("harvest_weeks BETWEEN 1 AND 52", name=op.f("ck_crop_harvest_weeks")),
        sa.CheckConstraint(
            "sow_from_month BETWEEN 1 AND 12 AND sow_until_month BETWEEN 1 AND 12", name=op.f("ck_crop_months")
        ),
        sa.CheckConstraint("yield_kg_per_mu > 0", name=op.f("ck_crop_yield")),
        sa.PrimaryKeyConstraint("food_code", name=op.f("pk_crop")),
    )
    op.create_table(
        "demand_line",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("from_cycles_g", sa.BigInteger(), nullable=False),
        sa.Column("from_menus_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_cycles_g >= 0 AND from_menus_g >= 0", name=op.f("ck_demand_line_quantity")),
        sa.PrimaryKeyConstraint("county_code", "week_start", "food_code", name=op.f("pk_demand_line")),
    )
    op.create_table(
        "demand_week",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("canteens", sa.Integer(), nullable=False),
        sa.Column("forecast_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "week_start", name=op.f("pk_demand_week")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("demand_week")
    op.drop_table("demand_line")
    op.drop_table("crop")
