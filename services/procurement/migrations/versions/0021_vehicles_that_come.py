"""The classes of vehicles that can fetch from a cooperative, and the reason they give."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
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
    "suppliers",
    "class-reach",
    "budget",
)


def _renew(values: tuple[str, ...]) -> None:
    name = op.f("ck_sourcing_offer_reason_reason")
    with op.batch_alter_table("sourcing_offer_reason", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"reason IN ({', '.join(map(repr, values))})")


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("cooperative", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vehicle_classes", sa.String(length=40), nullable=True))
    _renew((*OFFERS, "vehicle-class"))


def downgrade() -> None:
    """Take the step back."""
    op.execute("DELETE FROM sourcing_offer_reason WHERE reason = 'vehicle-class'")
    _renew(OFFERS)
    with op.batch_alter_table("cooperative", schema=None) as batch_op:
        batch_op.drop_column("vehicle_classes")
