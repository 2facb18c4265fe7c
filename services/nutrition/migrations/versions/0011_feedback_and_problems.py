"""Feedback: votes, plate waste, and problems people report."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "meal_problem",
        sa.Column("problem_id", sa.String(length=64), nullable=False),
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(length=16), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("said", sa.String(length=1000), nullable=False),
        sa.Column("people_affected", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reported_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_meal_problem_closed_at")),
        sa.CheckConstraint(
            "kind IN ('foreign_body', 'smell', 'illness', 'allergy', 'other')", name=op.f("ck_meal_problem_kind")
        ),
        sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f("ck_meal_problem_meal")),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_meal_problem_state")),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_meal_problem_canteen_id_canteen")
        ),
        sa.PrimaryKeyConstraint("problem_id", name=op.f("pk_meal_problem")),
    )
    with op.batch_alter_table("meal_problem", schema=None) as batch_op:
        batch_op.create_index("ix_meal_problem_county_code", ["county_code", "state", "problem_id"], unique=False)
        batch_op.create_index("ix_meal_problem_meal_id", ["meal_id"], unique=False)

    op.create_table(
        "class_rating",
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("class_code", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("told_by", sa.String(length=64), nullable=False),
        sa.Column("told_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["meal_id"], ["served_meal.meal_id"], name=op.f("fk_class_rating_meal_id_served_meal")),
        sa.PrimaryKeyConstraint("meal_id", "dish_code", "class_code", name=op.f("pk_class_rating")),
    )
    op.create_table(
        "dish_vote",
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('pupil', 'parent')", name=op.f("ck_dish_vote_role")),
        sa.CheckConstraint("points BETWEEN 1 AND 5", name=op.f("ck_dish_vote_points")),
        sa.ForeignKeyConstraint(["meal_id"], ["served_meal.meal_id"], name=op.f("fk_dish_vote_meal_id_served_meal")),
        sa.PrimaryKeyConstraint("meal_id", "dish_code", "voter", name=op.f("pk_dish_vote")),
    )
    op.create_table(
        "meal_dish",
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("rating_sum", sa.Integer(), nullable=False),
        sa.Column("waste_g", sa.BigInteger(), nullable=True),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("weighed_by", sa.String(length=64), nullable=True),
        sa.Column("weighed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(waste_g IS NULL) = (weighed_at IS NULL)", name=op.f("ck_meal_dish_weighed")),
        sa.CheckConstraint("rating_sum BETWEEN ratings AND 5 * ratings", name=op.f("ck_meal_dish_rating_sum")),
        sa.CheckConstraint("waste_g >= 0 AND portions >= 0", name=op.f("ck_meal_dish_waste")),
        sa.ForeignKeyConstraint(["meal_id"], ["served_meal.meal_id"], name=op.f("fk_meal_dish_meal_id_served_meal")),
        sa.PrimaryKeyConstraint("meal_id", "dish_code", name=op.f("pk_meal_dish")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("meal_dish")
    op.drop_table("dish_vote")
    op.drop_table("class_rating")
    with op.batch_alter_table("meal_problem", schema=None) as batch_op:
        batch_op.drop_index("ix_meal_problem_meal_id")
        batch_op.drop_index("ix_meal_problem_county_code")

    op.drop_table("meal_problem")
