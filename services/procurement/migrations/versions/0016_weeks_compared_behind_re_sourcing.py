"""Weeks compared behind re-sourcing."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from alembic.operations import BatchOperations

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = "status IN ('queued', 'running', 'done', 'cancelled', 'failed')"
PROGRESS = "progress_permille >= 0 AND progress_permille <= 1000"
SUMS = (("food_fen", sa.BigInteger), ("poor_fen", sa.BigInteger), ("stops", sa.Integer), ("unmet_g", sa.BigInteger))


def _keep_checks(batch_op: BatchOperations) -> None:
    """SQLite makes the table anew, without the checks it had."""
    if op.get_bind().dialect.name == "sqlite":
        batch_op.create_check_constraint(op.f("ck_sourcing_run_status"), STATES)
        batch_op.create_check_constraint(op.f("ck_sourcing_run_progress"), PROGRESS)


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("sourcing_run", schema=None) as batch_op:
        _keep_checks(batch_op)
        batch_op.add_column(sa.Column("kind", sa.String(length=16), server_default="orders", nullable=False))
        batch_op.create_check_constraint(op.f("ck_sourcing_run_kind"), "kind IN ('orders', 'exact')")
    op.create_table(
        "unsettled_week",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("since", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "week_start", name=op.f("pk_unsettled_week")),
    )
    op.create_table(
        "sourcing_difference",
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("good_until", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("taken_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        *(sa.Column(f"{side}_{name}", kind(), nullable=False) for side in ("before", "after") for name, kind in SUMS),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_sourcing_difference")),
    )
    op.create_table(
        "sourcing_change",
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("demand_id", sa.String(length=64), nullable=False),
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("poor_share_permille", sa.Integer(), nullable=False),
        sa.Column("before_g", sa.BigInteger(), nullable=False),
        sa.Column("after_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "before_g >= 0 AND after_g >= 0 AND before_g <> after_g", name=op.f("ck_sourcing_change_grams")
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_sourcing_change")),
    )
    with op.batch_alter_table("sourcing_change", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_sourcing_change_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("sourcing_change", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_sourcing_change_run_id"))
    op.drop_table("sourcing_change")
    op.drop_table("sourcing_difference")
    op.drop_table("unsettled_week")
    op.execute("DELETE FROM sourcing_run WHERE kind = 'exact'")
    with op.batch_alter_table("sourcing_run", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(op.f("ck_sourcing_run_kind"), type_="check")
        _keep_checks(batch_op)
        batch_op.drop_column("kind")
