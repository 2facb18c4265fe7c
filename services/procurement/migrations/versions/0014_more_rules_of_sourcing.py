"""More rules of sourcing, and their reasons: income floors, suppliers of a school, whole packs, reach by class."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OFFERS = ("used-up", "price", "served", "outside", "minimum-lot", "days", "reach", "declined")
NEW_OFFERS = (*OFFERS, "handling", "income", "suppliers", "class-reach")
LINES = ("cheapest", "cheapest-used-up", "stops-and-share", "unmet")
NEW_LINES = (*LINES, "rules")


def _renew(table: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_reason")
    with op.batch_alter_table(table, schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"reason IN ({', '.join(map(repr, values))})")


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("sourcing_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("household_floor_fen", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("floor_permille", sa.Integer(), server_default="1500", nullable=False))
        batch_op.add_column(sa.Column("suppliers_per_week", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("whole_packs", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("class_reach_m", sa.JSON(), server_default="{}", nullable=False))
    _renew("sourcing_offer_reason", NEW_OFFERS)
    _renew("sourcing_line_reason", NEW_LINES)


def downgrade() -> None:
    """Take the step back."""
    op.execute("DELETE FROM sourcing_line_reason WHERE reason = 'rules'")
    op.execute("DELETE FROM sourcing_offer_reason WHERE reason IN ('handling', 'income', 'suppliers', 'class-reach')")
    _renew("sourcing_line_reason", LINES)
    _renew("sourcing_offer_reason", OFFERS)
    with op.batch_alter_table("sourcing_rules", schema=None) as batch_op:
        batch_op.drop_column("class_reach_m")
        batch_op.drop_column("whole_packs")
        batch_op.drop_column("suppliers_per_week")
        batch_op.drop_column("floor_permille")
        batch_op.drop_column("household_floor_fen")
