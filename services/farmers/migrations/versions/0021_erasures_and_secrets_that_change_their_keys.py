"""Households are erased on request; secrets of applications are kept so that keys can be changed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "erasure",
        sa.Column("erasure_id", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("erased_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("lifted_by", sa.String(length=64), nullable=True),
        sa.Column("lifted_reason", sa.String(length=500), nullable=True),
        sa.Column("lifted_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f("fk_erasure_household_id_household")
        ),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_erasure")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index("ix_erasure_household_id", ["household_id", "erasure_id"], unique=False)
    op.create_table(
        "erased_number",
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number_index", name=op.f("pk_erased_number")),
    )
    op.create_table(
        "erasure_key",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key_sealed", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erasure_key")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secret_sealed", sa.String(length=300), nullable=True))
        batch_op.alter_column("secret_index", existing_type=sa.String(length=64), nullable=True)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.alter_column("secret_index", existing_type=sa.String(length=64), nullable=False)
        batch_op.drop_column("secret_sealed")
    op.drop_table("erasure_key")
    op.drop_table("erased_number")
    op.drop_table("erasure")
