"""Counts of single lots are kept, and a meal can turn out never to have taken place (headcount 0)."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OF_MEALS = (
    *("class_rating", "dish_vote", "meal_dish", "dish_temperature", "leftover_weighing"),
    *("meal_lot", "meal_correction"),
)
OF_NO_MEAL = "meal_id IN (SELECT meal_id FROM served_meal WHERE headcount = 0)"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "stock_count",
        sa.Column("count_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("before_g", sa.BigInteger(), nullable=False),
        sa.Column("counted_g", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("counted_by", sa.String(length=64), nullable=True),
        sa.Column("counted_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("before_g >= 0 AND counted_g >= 0", name=op.f("ck_stock_count_not_negative")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_stock_count_canteen_id_canteen")),
        sa.PrimaryKeyConstraint("count_id", name=op.f("pk_stock_count")),
    )
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.create_index("ix_stock_count_canteen_id", ["canteen_id", "count_id"], unique=False)
    with op.batch_alter_table("served_meal", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_served_meal_headcount"), type_="check")
        batch_op.create_check_constraint(op.f("ck_served_meal_headcount"), "headcount >= 0")


def downgrade() -> None:
    """Take the step back: meals that never were have no place in the tables before it."""
    for table in (*OF_MEALS, "served_meal"):
        op.execute(f"DELETE FROM {table} WHERE {OF_NO_MEAL}")  # noqa: S608
    with op.batch_alter_table("served_meal", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_served_meal_headcount"), type_="check")
        batch_op.create_check_constraint(op.f("ck_served_meal_headcount"), "headcount > 0")
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_count_canteen_id")
    op.drop_table("stock_count")
