"""What those are called who sign at gates."""

import sqlalchemy as sa
from alembic import op

from shared.auth.principal import Kind
from shared.row_security import expose, of, own, protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "signer",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("signer_id", sa.String(length=64), nullable=False),
        sa.Column("name_sealed", sa.String(length=600), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("canteen_id", "signer_id", name=op.f("pk_signer")),
    )
    there = f"place.kind = 'canteen' AND {own(Kind.COUNTY, 'place.county_code')}"
    here = f"signer.canteen_id IN (SELECT place.place_id FROM place WHERE {there})"  # noqa: S608 (names of the step)
    protect("signer", of("signer", canteen="canteen_id"), here)


def downgrade() -> None:
    """Take the step back."""
    expose("signer")
    op.drop_table("signer")
