"""What counties know better: values of foods, each with its source and its versions."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "food_override",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["food_code"], ["food.food_code"], name=op.f("fk_food_override_food_code_food")),
        sa.PrimaryKeyConstraint("county_code", "food_code", "field", name=op.f("pk_food_override")),
    )
    op.create_table(
        "food_override_version",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("said_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["food_code"], ["food.food_code"], name=op.f("fk_food_override_version_food_code_food")
        ),
        sa.PrimaryKeyConstraint("county_code", "food_code", "field", "version", name=op.f("pk_food_override_version")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("food_override_version")
    op.drop_table("food_override")
