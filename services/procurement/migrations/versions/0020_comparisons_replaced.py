"""Comparisons of a week are replaced by newer ones; of those there are, all but the newest of each week."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

REPLACE_OLDER = """
UPDATE sourcing_difference SET replaced_by = (
    SELECT newer.run_id FROM sourcing_run older
    JOIN sourcing_run newer ON newer.county_code = older.county_code AND newer.week_start = older.week_start
    JOIN sourcing_difference found ON found.run_id = newer.run_id
    WHERE older.run_id = sourcing_difference.run_id AND newer.queued_at > older.queued_at
    ORDER BY newer.queued_at DESC, newer.run_id LIMIT 1
) WHERE taken_at IS NULL
"""


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("sourcing_difference", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaced_by", sa.String(length=64), nullable=True))
    op.execute(REPLACE_OLDER)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("sourcing_difference", schema=None) as batch_op:
        batch_op.drop_column("replaced_by")
