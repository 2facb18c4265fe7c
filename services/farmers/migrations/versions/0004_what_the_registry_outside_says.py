"""What the registry outside says."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "registry_refusal",
        sa.Column("refusal_id", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("refused_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("refusal_id", name=op.f("pk_registry_refusal")),
    )
    op.create_table(
        "registry_state",
        sa.Column("registry_name", sa.String(length=64), nullable=False),
        sa.Column("cursor", sa.String(length=500), nullable=True),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("tried_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("succeeded_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("registry_name", name=op.f("pk_registry_state")),
    )
    op.create_table(
        "registry_number",
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("number_sealed", sa.String(length=300), nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f("fk_registry_number_household_id_household")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_registry_number")),
        sa.UniqueConstraint("number_index", name=op.f("uq_registry_number_number_index")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("registry_number")
    op.drop_table("registry_state")
    op.drop_table("registry_refusal")
