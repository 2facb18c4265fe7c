"""The numbers that are called at gates and on the way."""

import sqlalchemy as sa
from alembic import op

from shared.auth.principal import Kind
from shared.row_security import expose, of, own, part_of, protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "phone",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("number_sealed", sa.String(length=600), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('canteen', 'cooperative', 'driver')", name=op.f("ck_phone_kind")),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_phone")),
    )
    mine = [
        f"phone.kind = '{kind}' AND {own(kind, 'phone.subject_id')}"
        for kind in (Kind.CANTEEN, Kind.COOPERATIVE, Kind.DRIVER)
    ]
    there = "place.place_id = phone.subject_id AND " + of("place", county="county_code")
    gates = part_of("phone", "place", "kind", where=there)
    drivers = "EXISTS (SELECT FROM driver WHERE driver.driver_id = phone.subject_id)"
    protect("phone", *mine, gates, f"phone.kind = 'driver' AND {drivers}")


def downgrade() -> None:
    """Take the step back."""
    expose("phone")
    op.drop_table("phone")
