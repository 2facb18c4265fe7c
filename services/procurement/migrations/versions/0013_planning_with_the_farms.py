"""Planning with the farms."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "joint_plan",
        sa.Column("planning_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("canteens", sa.Integer(), nullable=False),
        sa.Column("foods", sa.JSON(), nullable=False),
        sa.Column("most_rounds", sa.Integer(), nullable=False),
        sa.Column("wait_minutes", sa.Integer(), nullable=False),
        sa.Column("wait_until", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("requested_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("heartbeat_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("drafts_told", sa.Integer(), nullable=True),
        sa.Column("progress_permille", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=64), nullable=False),
        sa.Column("premium_permille", sa.Integer(), nullable=True),
        sa.Column("gap_ppm", sa.Integer(), nullable=True),
        sa.Column("weighed_fen", sa.BigInteger(), nullable=True),
        sa.Column("cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("poor_fen", sa.BigInteger(), nullable=True),
        sa.Column("shortfall_millipoints", sa.Integer(), nullable=True),
        sa.Column("first_weighed_fen", sa.BigInteger(), nullable=True),
        sa.Column("first_cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("first_poor_fen", sa.BigInteger(), nullable=True),
        sa.Column("first_shortfall_millipoints", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("menus", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ended_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('settled', 'bounded', 'alone', 'cancelled', 'failed')", name=op.f("ck_joint_plan_outcome")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'queued', 'running', 'done', 'cancelled', 'failed')",
            name=op.f("ck_joint_plan_status"),
        ),
        sa.CheckConstraint("progress_permille BETWEEN 0 AND 1000", name=op.f("ck_joint_plan_progress")),
        sa.PrimaryKeyConstraint("planning_id", name=op.f("pk_joint_plan")),
    )
    with op.batch_alter_table("joint_plan", schema=None) as batch_op:
        batch_op.create_index("ix_joint_plan_county_code", ["county_code"], unique=False)
        batch_op.create_index("ix_joint_plan_status_heartbeat_at", ["status", "heartbeat_at"], unique=False)

    op.create_table(
        "joint_draft",
        sa.Column("draft_id", sa.String(length=64), nullable=False),
        sa.Column("planning_id", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("shortfall_millipoints", sa.Integer(), nullable=False),
        sa.Column("taste_millipoints", sa.Integer(), nullable=False),
        sa.Column("point_fen", sa.BigInteger(), nullable=False),
        sa.Column("bound_fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["planning_id"], ["joint_plan.planning_id"], name=op.f("fk_joint_draft_planning_id_joint_plan")
        ),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_joint_draft")),
    )
    with op.batch_alter_table("joint_draft", schema=None) as batch_op:
        batch_op.create_index("ix_joint_draft_planning_id_round", ["planning_id", "round"], unique=False)

    op.create_table(
        "joint_round",
        sa.Column("planning_id", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("prices", sa.JSON(), nullable=False),
        sa.Column("told_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("drafts", sa.Integer(), nullable=True),
        sa.Column("premium_permille", sa.Integer(), nullable=True),
        sa.Column("weighed_fen", sa.BigInteger(), nullable=True),
        sa.Column("bound_fen", sa.BigInteger(), nullable=True),
        sa.Column("gap_ppm", sa.Integer(), nullable=True),
        sa.Column("unsettled_ppm", sa.Integer(), nullable=True),
        sa.Column("taken_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["planning_id"], ["joint_plan.planning_id"], name=op.f("fk_joint_round_planning_id_joint_plan")
        ),
        sa.PrimaryKeyConstraint("planning_id", "round", name=op.f("pk_joint_round")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("joint_round")
    with op.batch_alter_table("joint_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_joint_draft_planning_id_round")

    op.drop_table("joint_draft")
    with op.batch_alter_table("joint_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_joint_plan_status_heartbeat_at")
        batch_op.drop_index("ix_joint_plan_county_code")

    op.drop_table("joint_plan")
