"""Groups of canteens, their templates and cycles, and what these will need."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "canteen_group",
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_canteen_group")),
    )
    with op.batch_alter_table("canteen_group", schema=None) as batch_op:
        batch_op.create_index("ix_canteen_group_county_code", ["county_code", "group_id"], unique=False)

    op.create_table(
        "demand_forecast",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("canteens", sa.Integer(), nullable=False),
        sa.Column("cycle_ids", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("forecast_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "week_start", name=op.f("pk_demand_forecast")),
    )
    op.create_table(
        "forecast_county",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("reckoned_in", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("county_code", name=op.f("pk_forecast_county")),
    )
    op.create_table(
        "canteen_group_member",
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_canteen_group_member_canteen_id_canteen")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["canteen_group.group_id"], name=op.f("fk_canteen_group_member_group_id_canteen_group")
        ),
        sa.PrimaryKeyConstraint("group_id", "canteen_id", name=op.f("pk_canteen_group_member")),
    )
    with op.batch_alter_table("canteen_group_member", schema=None) as batch_op:
        batch_op.create_index("ix_canteen_group_member_canteen_id", ["canteen_id"], unique=False)

    op.create_table(
        "menu_cycle",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=True),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("weeks", sa.JSON(), nullable=False),
        sa.Column("created_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("(canteen_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_menu_cycle_owner")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_menu_cycle_ends_on")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_menu_cycle_canteen_id_canteen")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["canteen_group.group_id"], name=op.f("fk_menu_cycle_group_id_canteen_group")
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_menu_cycle")),
    )
    with op.batch_alter_table("menu_cycle", schema=None) as batch_op:
        batch_op.create_index("ix_menu_cycle_canteen_id", ["canteen_id"], unique=False)
        batch_op.create_index("ix_menu_cycle_county_code", ["county_code", "cycle_id"], unique=False)
        batch_op.create_index("ix_menu_cycle_group_id", ["group_id"], unique=False)

    op.create_table(
        "menu_template",
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("meals", sa.JSON(), nullable=False),
        sa.Column("created_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["canteen_group.group_id"], name=op.f("fk_menu_template_group_id_canteen_group")
        ),
        sa.PrimaryKeyConstraint("template_id", name=op.f("pk_menu_template")),
    )
    with op.batch_alter_table("menu_template", schema=None) as batch_op:
        batch_op.create_index("ix_menu_template_group_id", ["group_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("menu_template", schema=None) as batch_op:
        batch_op.drop_index("ix_menu_template_group_id")

    op.drop_table("menu_template")
    with op.batch_alter_table("menu_cycle", schema=None) as batch_op:
        batch_op.drop_index("ix_menu_cycle_group_id")
        batch_op.drop_index("ix_menu_cycle_county_code")
        batch_op.drop_index("ix_menu_cycle_canteen_id")

    op.drop_table("menu_cycle")
    with op.batch_alter_table("canteen_group_member", schema=None) as batch_op:
        batch_op.drop_index("ix_canteen_group_member_canteen_id")

    op.drop_table("canteen_group_member")
    op.drop_table("forecast_county")
    op.drop_table("demand_forecast")
    with op.batch_alter_table("canteen_group", schema=None) as batch_op:
        batch_op.drop_index("ix_canteen_group_county_code")

    op.drop_table("canteen_group")
