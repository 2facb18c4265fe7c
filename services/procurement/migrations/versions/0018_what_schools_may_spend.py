"""What schools may spend: budgets told with menus, a rule of sourcing, and the reasons it gives."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
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
)
LINES = ("cheapest", "cheapest-used-up", "stops-and-share", "unmet", "rules")


def _renew(table: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_reason")
    with op.batch_alter_table(table, schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"reason IN ({', '.join(map(repr, values))})")


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("menu", schema=None) as batch_op:
        batch_op.add_column(sa.Column("budget_fen", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("sourcing_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("school_budgets", sa.Boolean(), server_default=sa.false(), nullable=False))
    _renew("sourcing_offer_reason", (*OFFERS, "budget"))
    _renew("sourcing_line_reason", (*LINES, "budget"))


def downgrade() -> None:
    """Take the step back."""
    op.execute("DELETE FROM sourcing_line_reason WHERE reason = 'budget'")
    op.execute("DELETE FROM sourcing_offer_reason WHERE reason = 'budget'")
    _renew("sourcing_line_reason", LINES)
    _renew("sourcing_offer_reason", OFFERS)
    with op.batch_alter_table("sourcing_rules", schema=None) as batch_op:
        batch_op.drop_column("school_budgets")
    with op.batch_alter_table("menu", schema=None) as batch_op:
        batch_op.drop_column("budget_fen")
