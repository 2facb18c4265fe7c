"""What cooperatives agreed to deliver, and which offers stand for it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "contract",
        sa.Column("contract_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("season_from", sa.Date(), nullable=False),
        sa.Column("season_until", sa.Date(), nullable=False),
        sa.Column("remaining_g", sa.BigInteger(), nullable=False),
        sa.Column("deliveries", sa.JSON(), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=True),
        sa.Column("difference_permille", sa.Integer(), nullable=True),
        sa.Column("floor_at_market_mean", sa.Boolean(), nullable=False),
        sa.Column("poor_share_permille", sa.Integer(), nullable=False),
        sa.CheckConstraint("remaining_g >= 0", name=op.f("ck_contract_grams")),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_contract")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contract_county_code_season", ["county_code", "season_until", "season_from"], unique=False
        )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contract_id", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_column("contract_id")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_county_code_season")
    op.drop_table("contract")
