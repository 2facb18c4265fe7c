"""Samples, the places they are kept in, and the log of the leaders who eat with the pupils."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "meal_log",
        sa.Column("log_id", sa.String(length=64), nullable=False),
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("ate_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("taste", sa.String(length=8), nullable=False),
        sa.Column("look", sa.String(length=8), nullable=False),
        sa.Column("temperature", sa.String(length=8), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("logged_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("look IN ('good', 'fair', 'poor')", name=op.f("ck_meal_log_look")),
        sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f("ck_meal_log_meal")),
        sa.CheckConstraint("taste IN ('good', 'fair', 'poor')", name=op.f("ck_meal_log_taste")),
        sa.CheckConstraint("temperature IN ('good', 'fair', 'poor')", name=op.f("ck_meal_log_temperature")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_meal_log_canteen_id_canteen")),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_meal_log")),
    )
    with op.batch_alter_table("meal_log", schema=None) as batch_op:
        batch_op.create_index("ix_meal_log_canteen_id_day", ["canteen_id", "day"], unique=False)
        batch_op.create_index("ix_meal_log_meal_id", ["meal_id"], unique=False)

    op.create_table(
        "sample",
        sa.Column("sample_id", sa.String(length=64), nullable=False),
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(length=16), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("quantity_g", sa.Integer(), nullable=False),
        sa.Column("not_enough", sa.String(length=500), nullable=True),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ended_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("handed_to", sa.String(length=64), nullable=True),
        sa.Column("handed_for", sa.String(length=500), nullable=True),
        sa.CheckConstraint("(state = 'kept') = (ended_at IS NULL)", name=op.f("ck_sample_ended_at")),
        sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f("ck_sample_meal")),
        sa.CheckConstraint("state IN ('kept', 'discarded', 'handed_over')", name=op.f("ck_sample_state")),
        sa.CheckConstraint("quantity_g > 0", name=op.f("ck_sample_quantity_g")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_sample_canteen_id_canteen")),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_sample")),
    )
    with op.batch_alter_table("sample", schema=None) as batch_op:
        batch_op.create_index("ix_sample_canteen_id_day", ["canteen_id", "day"], unique=False)
        batch_op.create_index(
            "ix_sample_kept",
            ["canteen_id", "taken_at"],
            unique=False,
            sqlite_where=sa.text("state = 'kept'"),
            postgresql_where=sa.text("state = 'kept'"),
        )
        batch_op.create_index("uq_sample_meal_id_dish_code", ["meal_id", "dish_code"], unique=True)

    op.create_table(
        "sample_reading",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("measured_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("measured_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_sample_reading_canteen_id_canteen")
        ),
        sa.PrimaryKeyConstraint("canteen_id", "place", "measured_at", name=op.f("pk_sample_reading")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("sample_reading")
    with op.batch_alter_table("sample", schema=None) as batch_op:
        batch_op.drop_index("uq_sample_meal_id_dish_code")
        batch_op.drop_index(
            "ix_sample_kept", sqlite_where=sa.text("state = 'kept'"), postgresql_where=sa.text("state = 'kept'")
        )
        batch_op.drop_index("ix_sample_canteen_id_day")

    op.drop_table("sample")
    with op.batch_alter_table("meal_log", schema=None) as batch_op:
        batch_op.drop_index("ix_meal_log_meal_id")
        batch_op.drop_index("ix_meal_log_canteen_id_day")

    op.drop_table("meal_log")
