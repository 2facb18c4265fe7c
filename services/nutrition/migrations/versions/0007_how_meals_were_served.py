"""How meals were served: corrections, temperatures, leftovers, and the lots of each meal."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "dish_temperature",
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("measured_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("core_c", sa.Float(), nullable=False),
        sa.Column("warning", sa.String(length=16), nullable=True),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("measured_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("warning IN ('not_hot')", name=op.f("ck_dish_temperature_warning")),
        sa.ForeignKeyConstraint(
            ["meal_id"], ["served_meal.meal_id"], name=op.f("fk_dish_temperature_meal_id_served_meal")
        ),
        sa.PrimaryKeyConstraint("meal_id", "dish_code", "measured_at", name=op.f("pk_dish_temperature")),
    )
    op.create_table(
        "leftover_weighing",
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("leftovers", sa.JSON(), nullable=False),
        sa.Column("weighed_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("weighed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meal_id"], ["served_meal.meal_id"], name=op.f("fk_leftover_weighing_meal_id_served_meal")
        ),
        sa.PrimaryKeyConstraint("meal_id", "entry", name=op.f("pk_leftover_weighing")),
    )
    op.create_table(
        "meal_correction",
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("corrected_by", sa.String(length=64), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("corrected_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meal_id"], ["served_meal.meal_id"], name=op.f("fk_meal_correction_meal_id_served_meal")
        ),
        sa.PrimaryKeyConstraint("meal_id", "version", name=op.f("pk_meal_correction")),
    )
    op.create_table(
        "meal_lot",
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["meal_id"], ["served_meal.meal_id"], name=op.f("fk_meal_lot_meal_id_served_meal")),
        sa.PrimaryKeyConstraint("meal_id", "food_code", "lot_id", name=op.f("pk_meal_lot")),
    )
    with op.batch_alter_table("meal_lot", schema=None) as batch_op:
        batch_op.create_index("ix_meal_lot_lot_id", ["lot_id", "meal_id"], unique=False)

    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index("ix_receipt_canteen_id", ["canteen_id"], unique=False)

    with op.batch_alter_table("served_meal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("headcounts", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("expired", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("cooked_by", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("served_by", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))

    _fill()


_MEAL = sa.table(
    "served_meal",
    sa.column("meal_id", sa.String()),
    sa.column("day", sa.Date()),
    sa.column("served_at", sqlmodel.UTCDateTime()),
    sa.column("used", sa.JSON()),
    sa.column("late", sa.Boolean()),
)
_LOT = sa.table(
    "meal_lot",
    sa.column("meal_id", sa.String()),
    sa.column("food_code", sa.String()),
    sa.column("lot_id", sa.String()),
    sa.column("quantity_g", sa.BigInteger()),
)
_GUIZHOU = timedelta(hours=8)


def _fill() -> None:
    """Write down the lots of the meals served so far, and which of them were recorded after their day."""
    connection = op.get_bind()
    for meals in _batches(connection):
        late = [meal.meal_id for meal in meals if (meal.served_at + _GUIZHOU).date() > meal.day]
        connection.execute(sa.update(_MEAL).where(_MEAL.c.meal_id.in_(late)).values(late=True))
        lots = [
            {"meal_id": meal.meal_id, **{name: one[name] for name in ("food_code", "lot_id", "quantity_g")}}
            for meal in meals
            for one in meal.used
            if one["lot_id"]
        ]
        if lots:
            connection.execute(sa.insert(_LOT), lots)


def _batches(connection: sa.Connection) -> Iterator[list[Any]]:
    after = ""
    while meals := list(
        connection.execute(sa.select(_MEAL).where(_MEAL.c.meal_id > after).order_by(_MEAL.c.meal_id).limit(1000))
    ):
        yield meals
        after = meals[-1].meal_id


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("served_meal", schema=None) as batch_op:
        batch_op.drop_column("digest")
        batch_op.drop_column("late")
        batch_op.drop_column("served_by")
        batch_op.drop_column("cooked_by")
        batch_op.drop_column("expired")
        batch_op.drop_column("headcounts")
        batch_op.drop_column("version")

    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index("ix_receipt_canteen_id")

    with op.batch_alter_table("meal_lot", schema=None) as batch_op:
        batch_op.drop_index("ix_meal_lot_lot_id")

    op.drop_table("meal_lot")
    op.drop_table("meal_correction")
    op.drop_table("leftover_weighing")
    op.drop_table("dish_temperature")
