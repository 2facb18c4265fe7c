"""Keep with each sourcing run why offers and demand lines got what they got."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "sourcing_line_reason",
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("demand_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("planned_g", sa.BigInteger(), nullable=False),
        sa.Column("needed_g", sa.BigInteger(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("cheapest_offer_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("above", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('cheapest', 'cheapest-used-up', 'stops-and-share', 'unmet')",
            name=op.f("ck_sourcing_line_reason_reason"),
        ),
        sa.PrimaryKeyConstraint("run_id", "demand_id", name=op.f("pk_sourcing_line_reason")),
    )
    op.create_table(
        "sourcing_offer_reason",
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("offer_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("cooperative_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("food_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("planned_g", sa.BigInteger(), nullable=False),
        sa.Column("left_g", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("worth", sa.Integer(), nullable=False),
        sa.Column("missing_m", sa.Integer(), nullable=False),
        sa.Column("missing_days", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("demand_g", sa.BigInteger(), nullable=False),
        sa.Column("minimum_lot_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('used-up', 'price', 'served', 'outside', 'minimum-lot', 'days', 'reach', 'declined')",
            name=op.f("ck_sourcing_offer_reason_reason"),
        ),
        sa.PrimaryKeyConstraint("run_id", "offer_id", name=op.f("pk_sourcing_offer_reason")),
    )
    with op.batch_alter_table("sourcing_offer_reason", schema=None) as batch_op:
        batch_op.create_index("ix_sourcing_offer_reason_cooperative_id", ["cooperative_id", "run_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("sourcing_offer_reason", schema=None) as batch_op:
        batch_op.drop_index("ix_sourcing_offer_reason_cooperative_id")

    op.drop_table("sourcing_offer_reason")
    op.drop_table("sourcing_line_reason")
