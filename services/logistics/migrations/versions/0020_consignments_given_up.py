"""Consignments that nothing can bring are given up."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BEFORE = ("waiting", "loaded", "arrived", "received", "cancelled")


def _renew(values: tuple[str, ...]) -> None:
    name = op.f("ck_consignment_status")
    with op.batch_alter_table("consignment", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"status IN ({', '.join(map(repr, values))})")


def upgrade() -> None:
    """Apply the step."""
    _renew((*BEFORE, "given_up"))


def downgrade() -> None:
    """Take the step back."""
    op.execute("UPDATE consignment SET status = 'cancelled' WHERE status = 'given_up'")
    _renew(BEFORE)
