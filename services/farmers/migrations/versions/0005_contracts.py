"""Contracts, capacities, forecasts, and what an offer says of harvest, packs and contract."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "capacity",
        sa.Column("capacity_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("season_from", sa.Date(), nullable=False),
        sa.Column("season_until", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=True),
        sa.Column("yield_g_per_m2", sa.Integer(), nullable=True),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("quantity_g >= 0", name=op.f("ck_capacity_quantity")),
        sa.CheckConstraint("season_until >= season_from", name=op.f("ck_capacity_season")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_capacity_cooperative_id_cooperative")
        ),
        sa.PrimaryKeyConstraint("capacity_id", name=op.f("pk_capacity")),
    )
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        batch_op.create_index("ix_capacity_cooperative_id", ["cooperative_id", "food_code"], unique=False)

    op.create_table(
        "contract",
        sa.Column("contract_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("season_from", sa.Date(), nullable=False),
        sa.Column("season_until", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(length=200), nullable=False),
        sa.Column("price_kind", sa.String(length=16), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=True),
        sa.Column("difference_permille", sa.Integer(), nullable=True),
        sa.Column("floor_at_market_mean", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("price_kind IN ('fixed', 'reference')", name=op.f("ck_contract_price_kind")),
        sa.CheckConstraint("status IN ('open', 'cancelled')", name=op.f("ck_contract_status")),
        sa.CheckConstraint("quantity_g > 0", name=op.f("ck_contract_quantity")),
        sa.CheckConstraint("season_until >= season_from", name=op.f("ck_contract_season")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_contract_cooperative_id_cooperative")
        ),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_contract")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index("ix_contract_cooperative_id", ["cooperative_id", "food_code"], unique=False)
        batch_op.create_index("ix_contract_food_code", ["food_code", "contract_id"], unique=False)

    op.create_table(
        "contract_delivery",
        sa.Column("contract_id", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity_g > 0", name=op.f("ck_contract_delivery_quantity")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.contract_id"], name=op.f("fk_contract_delivery_contract_id_contract")
        ),
        sa.PrimaryKeyConstraint("contract_id", "week_start", name=op.f("pk_contract_delivery")),
    )
    op.create_table(
        "contract_version",
        sa.Column("contract_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.contract_id"], name=op.f("fk_contract_version_contract_id_contract")
        ),
        sa.PrimaryKeyConstraint("contract_id", "version", name=op.f("pk_contract_version")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("harvest_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("pack_size_g", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("contract_id", sa.String(length=64), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_offer_pack_size"), "pack_size_g > 0")
        batch_op.create_index("ix_offer_contract_id", ["contract_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_offer_contract_id_contract"), "contract", ["contract_id"], ["contract_id"]
        )
    op.create_table(
        "forecast",
        sa.Column("forecast_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("p10_g", sa.BigInteger(), nullable=True),
        sa.Column("p50_g", sa.BigInteger(), nullable=True),
        sa.Column("p90_g", sa.BigInteger(), nullable=True),
        sa.Column("quantity_g", sa.BigInteger(), nullable=True),
        sa.Column("probability_permille", sa.Integer(), nullable=True),
        sa.Column("expected_g", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("offer_id", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("(status = 'confirmed') = (offer_id IS NOT NULL)", name=op.f("ck_forecast_confirmed")),
        sa.CheckConstraint("status IN ('open', 'confirmed', 'withdrawn')", name=op.f("ck_forecast_status")),
        sa.CheckConstraint("expected_g >= 0", name=op.f("ck_forecast_expected")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_forecast_cooperative_id_cooperative")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.offer_id"], name=op.f("fk_forecast_offer_id_offer")),
        sa.PrimaryKeyConstraint("forecast_id", name=op.f("pk_forecast")),
    )
    with op.batch_alter_table("forecast", schema=None) as batch_op:
        batch_op.create_index("ix_forecast_week_start", ["week_start", "food_code"], unique=False)
        batch_op.create_index("uq_forecast_cooperative_id", ["cooperative_id", "food_code", "week_start"], unique=True)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("forecast", schema=None) as batch_op:
        batch_op.drop_index("uq_forecast_cooperative_id")
        batch_op.drop_index("ix_forecast_week_start")

    op.drop_table("forecast")

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_offer_contract_id_contract"), type_="foreignkey")
        batch_op.drop_index("ix_offer_contract_id")
        batch_op.drop_column("contract_id")
        batch_op.drop_column("pack_size_g")
        batch_op.drop_column("harvest_day")

    op.drop_table("contract_version")
    op.drop_table("contract_delivery")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_food_code")
        batch_op.drop_index("ix_contract_cooperative_id")

    op.drop_table("contract")
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        batch_op.drop_index("ix_capacity_cooperative_id")

    op.drop_table("capacity")
