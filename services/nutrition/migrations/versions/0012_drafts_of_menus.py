"""Drafts of menus."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "menu_draft",
        sa.Column("draft_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("diets_apart", sa.Boolean(), nullable=False),
        sa.Column("meals", sa.JSON(), nullable=False),
        sa.Column("left_empty", sa.JSON(), nullable=False),
        sa.Column("menu_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("(status = 'published') = (menu_id IS NOT NULL)", name=op.f("ck_menu_draft_menu_id")),
        sa.CheckConstraint(
            "origin IN ('hand', 'copy', 'cycle', 'template', 'plan')", name=op.f("ck_menu_draft_origin")
        ),
        sa.CheckConstraint("status IN ('draft', 'checked', 'published')", name=op.f("ck_menu_draft_status")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_menu_draft_canteen_id_canteen")),
        sa.ForeignKeyConstraint(["menu_id"], ["menu.menu_id"], name=op.f("fk_menu_draft_menu_id_menu")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_menu_draft")),
    )
    with op.batch_alter_table("menu_draft", schema=None) as batch_op:
        batch_op.create_index("ix_menu_draft_canteen_id_week_start", ["canteen_id", "week_start"], unique=False)
        batch_op.create_index("ix_menu_draft_week_start", ["week_start"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("menu_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_menu_draft_week_start")
        batch_op.drop_index("ix_menu_draft_canteen_id_week_start")

    op.drop_table("menu_draft")
