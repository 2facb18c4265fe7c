"""The licensed market supplier, dishes to serve instead, and prices that are held until a person confirms them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "market_supplier",
        sa.Column("supplier_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("licence_no", sa.String(length=64), nullable=False),
        sa.Column("licence_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", name=op.f("pk_market_supplier")),
    )
    with op.batch_alter_table("market_supplier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_market_supplier_county_code"), ["county_code"], unique=False)

    op.create_table(
        "substitution",
        sa.Column("substitution_id", sa.String(length=64), nullable=False),
        sa.Column("demand_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("unmet_g", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("menu_id", sa.String(length=64), nullable=True),
        sa.Column("menu_version", sa.Integer(), nullable=True),
        sa.Column("dishes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("official", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('asked', 'proposed', 'none', 'approved', 'refused', 'done', 'failed')",
            name=op.f("ck_substitution_status"),
        ),
        sa.PrimaryKeyConstraint("substitution_id", name=op.f("pk_substitution")),
    )
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.create_index("ix_substitution_county_code", ["county_code", "status", "substitution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_substitution_demand_id"), ["demand_id"], unique=False)

    with op.batch_alter_table("reference_price", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("reference_price", schema=None) as batch_op:
        batch_op.drop_column("held")

    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_substitution_demand_id"))
        batch_op.drop_index("ix_substitution_county_code")

    op.drop_table("substitution")
    with op.batch_alter_table("market_supplier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_market_supplier_county_code"))

    op.drop_table("market_supplier")
