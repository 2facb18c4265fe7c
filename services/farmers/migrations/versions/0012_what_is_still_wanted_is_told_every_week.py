"""What is still wanted is told every week."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "wanted_line",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("published_week", sa.Date(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("wanted_g", sa.BigInteger(), nullable=False),
        sa.Column("change_g", sa.BigInteger(), nullable=True),
        sa.Column("advice", sa.String(length=16), nullable=False),
        sa.Column("sowing_week", sa.Date(), nullable=True),
        sa.Column("mu_hundredths", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "advice IN ('covered', 'sow', 'too_late', 'out_of_season', 'no_crop')", name=op.f("ck_wanted_line_advice")
        ),
        sa.CheckConstraint("wanted_g >= 0 AND mu_hundredths >= 0", name=op.f("ck_wanted_line_quantity")),
        sa.PrimaryKeyConstraint(
            "county_code", "published_week", "food_code", "week_start", name=op.f("pk_wanted_line")
        ),
    )
    op.create_table(
        "wanted_publication",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("published_week", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "published_week", name=op.f("pk_wanted_publication")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("wanted_publication")
    op.drop_table("wanted_line")
