"""What dishes look like in a county."""

import sqlalchemy as sa
from alembic import op

from shared.row_security import expose, of, protect

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "dish_photo",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("photo_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dish_code"], ["dish.dish_code"], name=op.f("fk_dish_photo_dish_code_dish")),
        sa.PrimaryKeyConstraint("county_code", "dish_code", name=op.f("pk_dish_photo")),
    )
    # Kitchens cook by it, so all see it; whose county it is changes it.
    protect("dish_photo", of("dish_photo", county="county_code"), read="true")


def downgrade() -> None:
    """Take the step back."""
    expose("dish_photo")
    op.drop_table("dish_photo")
