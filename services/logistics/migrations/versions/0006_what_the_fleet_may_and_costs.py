"""What vehicles cost and where they may go, who may drive them and when, and how places are reached."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LICENCES = "licence IN ('A2', 'B2', 'C1', 'C2')"
ROADS = "IN ('paved', 'gravel', 'track')"
CLASSES = "temperature_class IN ('ambient', 'chilled', 'frozen')"


def upgrade() -> None:
    """Apply the step."""
    _hours()
    with op.batch_alter_table("depot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("onward_from", sa.Time(), nullable=True))
    with op.batch_alter_table("driver", schema=None) as batch_op:
        batch_op.add_column(sa.Column("licence", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("licence_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("health_certificate_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("longest_minutes", sa.Integer(), nullable=False, server_default="600"))
        batch_op.create_check_constraint(op.f("ck_driver_licence"), LICENCES)
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chilled_g", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("frozen_g", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("licence", sa.String(), nullable=False, server_default="C1"))
        batch_op.add_column(sa.Column("roads", sa.String(), nullable=False, server_default="track"))
        batch_op.add_column(sa.Column("fen_per_km", sa.Integer(), nullable=False, server_default="400"))
        batch_op.add_column(sa.Column("fen_per_hour", sa.Integer(), nullable=False, server_default="2500"))
        batch_op.add_column(sa.Column("fen_per_day", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("cooperative_id", sa.String(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_vehicle_licence"), LICENCES)
        batch_op.create_check_constraint(op.f("ck_vehicle_roads"), f"roads {ROADS}")


def _hours() -> None:
    op.create_table(
        "availability",
        sa.Column("availability_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.CheckConstraint("kind IN ('vehicle', 'driver')", name=op.f("ck_availability_kind")),
        sa.PrimaryKeyConstraint("availability_id", name=op.f("pk_availability")),
    )
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.create_index("ix_availability_day", ["day", "availability_id"], unique=False)
    op.create_table(
        "access",
        sa.Column("access_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("road", sa.String(), nullable=False),
        sa.Column("stop_minutes", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('canteen', 'cooperative')", name=op.f("ck_access_kind")),
        sa.CheckConstraint(f"road {ROADS}", name=op.f("ck_access_road")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.depot_id"], name=op.f("fk_access_depot_id_depot")),
        sa.PrimaryKeyConstraint("access_id", name=op.f("pk_access")),
    )
    op.create_table(
        "spare_capacity",
        sa.Column("spare_id", sa.String(), nullable=False),
        sa.Column("vehicle_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.Column("capacity_g", sa.BigInteger(), nullable=False),
        sa.Column("temperature_class", sa.String(), nullable=False),
        sa.Column("canteen_ids", sa.JSON(), nullable=False),
        sa.CheckConstraint(CLASSES, name=op.f("ck_spare_capacity_temperature_class")),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.vehicle_id"], name=op.f("fk_spare_capacity_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("spare_id", name=op.f("pk_spare_capacity")),
    )
    with op.batch_alter_table("spare_capacity", schema=None) as batch_op:
        batch_op.create_index("ix_spare_capacity_day", ["day", "spare_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    added = ("chilled_g", "frozen_g", "licence", "roads", "fen_per_km", "fen_per_hour", "fen_per_day", "cooperative_id")
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_vehicle_roads"), type_="check")
        batch_op.drop_constraint(op.f("ck_vehicle_licence"), type_="check")
        for name in added:
            batch_op.drop_column(name)
    with op.batch_alter_table("driver", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_driver_licence"), type_="check")
        for name in ("licence", "licence_until", "health_certificate_until", "longest_minutes"):
            batch_op.drop_column(name)
    with op.batch_alter_table("depot", schema=None) as batch_op:
        batch_op.drop_column("onward_from")
    op.drop_table("spare_capacity")
    op.drop_table("access")
    op.drop_table("availability")
