"""Offers that wait for a certificate, and the reason they give."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OFFERS = (
    "used-up",
    "price",
    "served",
    "outside",
    "minimum-lot",
    "days",
    "reach",
    "declined",
    "handling",
    "income",
    "budget",
    "suppliers",
    "class-reach",
    "vehicle-class",
)


def _renew(values: tuple[str, ...]) -> None:
    name = op.f("ck_sourcing_offer_reason_reason")
    with op.batch_alter_table("sourcing_offer_reason", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"reason IN ({', '.join(map(repr, values))})")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "held_offer",
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=False),
        sa.Column("available_until", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("minimum_lot_g", sa.BigInteger(), nullable=False),
        sa.Column("lacks", sa.String(length=700), nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_held_offer")),
    )
    op.create_index("ix_held_offer_food_window", "held_offer", ["food_code", "available_until", "available_from"])
    with op.batch_alter_table("sourcing_offer_reason", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lacks", sa.String(length=700), nullable=True))
    with op.batch_alter_table("sourcing_line_reason", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.Integer(), server_default="0", nullable=False))
    _renew((*OFFERS, "certificate"))


def downgrade() -> None:
    """Take the step back."""
    op.execute("DELETE FROM sourcing_offer_reason WHERE reason = 'certificate'")
    _renew(OFFERS)
    with op.batch_alter_table("sourcing_line_reason", schema=None) as batch_op:
        batch_op.drop_column("held")
    with op.batch_alter_table("sourcing_offer_reason", schema=None) as batch_op:
        batch_op.drop_column("lacks")
    op.drop_index("ix_held_offer_food_window", table_name="held_offer")
    op.drop_table("held_offer")
