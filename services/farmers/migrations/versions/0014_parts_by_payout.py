"""Parts of a payout are found by an index of what was paid only: SQLite used one of all where it was the worst."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDEX = "ix_household_income_payout_id"
_PAID = sa.text("payout_id IS NOT NULL")


def upgrade() -> None:
    """Apply the step."""
    op.drop_index(_INDEX, table_name="household_income")
    op.create_index(_INDEX, "household_income", ["payout_id"], sqlite_where=_PAID, postgresql_where=_PAID)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(_INDEX, table_name="household_income")
    op.create_index(_INDEX, "household_income", ["payout_id"])
