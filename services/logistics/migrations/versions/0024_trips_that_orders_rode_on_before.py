"""The trips that orders rode on before they changed vehicles."""

import sqlalchemy as sa
from alembic import op

from shared.row_security import READING, expose, part_of, protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

CARRIED = part_of("trip", "consignment", "trip_id")


def _readable(condition: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP POLICY IF EXISTS {READING} ON trip")
        op.execute(f"CREATE POLICY {READING} ON trip FOR SELECT USING ({condition})")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "earlier_ride",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["consignment.order_id"], name=op.f("fk_earlier_ride_order_id_consignment")
        ),
        sa.PrimaryKeyConstraint("order_id", "trip_id", name=op.f("pk_earlier_ride")),
    )
    op.create_index(op.f("ix_earlier_ride_trip_id"), "earlier_ride", ["trip_id"], unique=False)
    protect("earlier_ride", part_of("earlier_ride", "consignment", "order_id"))
    # Whose goods a trip brought part of the way reads how cold they were kept.
    _readable(f"{CARRIED} OR {part_of('trip', 'earlier_ride', 'trip_id')}")


def downgrade() -> None:
    """Take the step back."""
    _readable(CARRIED)
    expose("earlier_ride")
    op.drop_index(op.f("ix_earlier_ride_trip_id"), table_name="earlier_ride")
    op.drop_table("earlier_ride")
