"""Planning a county's week with its farms."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "county_plan",
        sa.Column("planning_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("most_rounds", sa.Integer(), nullable=False),
        sa.Column("wait_minutes", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("drafted", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("gap_permille", sa.Integer(), nullable=True),
        sa.Column("canteens", sa.Integer(), nullable=False),
        sa.Column("menus", sa.Integer(), nullable=False),
        sa.Column("progress_permille", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("claim", sa.String(length=64), nullable=False),
        sa.Column("heartbeat_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("wait_until", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("requested_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('settled', 'bounded', 'alone', 'cancelled', 'failed')", name=op.f("ck_county_plan_outcome")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'queued', 'running', 'done', 'cancelled', 'failed')",
            name=op.f("ck_county_plan_status"),
        ),
        sa.CheckConstraint("progress_permille BETWEEN 0 AND 1000", name=op.f("ck_county_plan_progress")),
        sa.PrimaryKeyConstraint("planning_id", name=op.f("pk_county_plan")),
    )
    with op.batch_alter_table("county_plan", schema=None) as batch_op:
        batch_op.create_index("ix_county_plan_status_heartbeat_at", ["status", "heartbeat_at"], unique=False)
        batch_op.create_index(
            "uq_county_plan_county_code_week_start",
            ["county_code", "week_start"],
            unique=True,
            sqlite_where=sa.text("status IN ('waiting', 'queued', 'running')"),
            postgresql_where=sa.text("status IN ('waiting', 'queued', 'running')"),
        )

    op.create_table(
        "county_draft",
        sa.Column("draft_id", sa.String(length=64), nullable=False),
        sa.Column("planning_id", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("meals", sa.JSON(), nullable=False),
        sa.Column("bought_g", sa.JSON(), nullable=False),
        sa.Column("shortfall_millipoints", sa.Integer(), nullable=False),
        sa.Column("taste_millipoints", sa.Integer(), nullable=False),
        sa.Column("point_fen", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_county_draft_canteen_id_canteen")
        ),
        sa.ForeignKeyConstraint(
            ["planning_id"], ["county_plan.planning_id"], name=op.f("fk_county_draft_planning_id_county_plan")
        ),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_county_draft")),
    )
    with op.batch_alter_table("county_draft", schema=None) as batch_op:
        batch_op.create_index("ix_county_draft_planning_id_canteen_id", ["planning_id", "canteen_id"], unique=False)

    op.create_table(
        "county_plan_canteen",
        sa.Column("planning_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("draft_id", sa.String(length=64), nullable=True),
        sa.Column("menu_draft_id", sa.String(length=64), nullable=True),
        sa.Column("menu_id", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_county_plan_canteen_canteen_id_canteen")
        ),
        sa.ForeignKeyConstraint(
            ["planning_id"], ["county_plan.planning_id"], name=op.f("fk_county_plan_canteen_planning_id_county_plan")
        ),
        sa.PrimaryKeyConstraint("planning_id", "canteen_id", name=op.f("pk_county_plan_canteen")),
    )
    op.create_table(
        "county_round",
        sa.Column("planning_id", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("prices", sa.String(length=16), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("classes", sa.Integer(), nullable=False),
        sa.Column("drafts", sa.Integer(), nullable=False),
        sa.Column("without", sa.JSON(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("pupil_millipoints", sa.BigInteger(), nullable=False),
        sa.Column("drafted_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("prices IN ('marginal', 'quoted')", name=op.f("ck_county_round_prices")),
        sa.ForeignKeyConstraint(
            ["planning_id"], ["county_plan.planning_id"], name=op.f("fk_county_round_planning_id_county_plan")
        ),
        sa.PrimaryKeyConstraint("planning_id", "round", name=op.f("pk_county_round")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("county_round")
    op.drop_table("county_plan_canteen")
    with op.batch_alter_table("county_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_county_draft_planning_id_canteen_id")

    op.drop_table("county_draft")
    with op.batch_alter_table("county_plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_county_plan_county_code_week_start",
            sqlite_where=sa.text("status IN ('waiting', 'queued', 'running')"),
            postgresql_where=sa.text("status IN ('waiting', 'queued', 'running')"),
        )
        batch_op.drop_index("ix_county_plan_status_heartbeat_at")

    op.drop_table("county_plan")
