"""Runs that source again what fell short in many counties at once."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STATES = "status IN ('queued', 'running', 'done', 'cancelled', 'failed')"
PROGRESS = "progress_permille >= 0 AND progress_permille <= 1000"


def _take(kinds: str) -> None:
    with op.batch_alter_table("sourcing_run", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(op.f("ck_sourcing_run_kind"), type_="check")
        else:  # SQLite makes the table anew, without the checks it had.
            batch_op.create_check_constraint(op.f("ck_sourcing_run_status"), STATES)
            batch_op.create_check_constraint(op.f("ck_sourcing_run_progress"), PROGRESS)
        batch_op.create_check_constraint(op.f("ck_sourcing_run_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    """Apply the step."""
    _take("'orders', 'again', 'exact'")


def downgrade() -> None:
    """Take the step back; what was ordered stands."""
    op.execute("DELETE FROM sourcing_run WHERE kind = 'again'")
    _take("'orders', 'exact'")
