"""Lists are asked for by county or canteen: by those who have a county or canteen."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("meal_problem", schema=None) as batch_op:
        batch_op.create_index("ix_meal_problem_canteen_id", ["canteen_id", "problem_id"], unique=False)
    with op.batch_alter_table("menu", schema=None) as batch_op:
        batch_op.create_index("ix_menu_county_code", ["county_code", "menu_id"], unique=False)
    with op.batch_alter_table("menu_plan", schema=None) as batch_op:
        batch_op.create_index("ix_menu_plan_county_code", ["county_code", "plan_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("menu_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_menu_plan_county_code")
    with op.batch_alter_table("menu", schema=None) as batch_op:
        batch_op.drop_index("ix_menu_county_code")
    with op.batch_alter_table("meal_problem", schema=None) as batch_op:
        batch_op.drop_index("ix_meal_problem_canteen_id")
