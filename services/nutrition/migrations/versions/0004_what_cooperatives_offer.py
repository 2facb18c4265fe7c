"""What cooperatives offer, and marginal prices."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "cooperative",
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_cooperative")),
    )
    op.create_table(
        "offer",
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=False),
        sa.Column("available_until", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("poor_share_permille", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity_g >= 0", name=op.f("ck_offer_grams")),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_offer_county_code_window", ["county_code", "available_until", "available_from"], unique=False
        )

    op.create_table(
        "price_round",
        sa.Column("planning_id", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("gap_permille", sa.Integer(), nullable=True),
        sa.Column("prices", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("published_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("round >= 1", name=op.f("ck_price_round_round")),
        sa.PrimaryKeyConstraint("planning_id", "round", name=op.f("pk_price_round")),
    )
    with op.batch_alter_table("price_round", schema=None) as batch_op:
        batch_op.create_index("ix_price_round_county_code_week_start", ["county_code", "week_start"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("price_round", schema=None) as batch_op:
        batch_op.drop_index("ix_price_round_county_code_week_start")

    op.drop_table("price_round")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index("ix_offer_county_code_window")

    op.drop_table("offer")
    op.drop_table("cooperative")
