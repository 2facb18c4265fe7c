"""Devices, the cold chain's limits and alarms, the board's state, scanned lots; points by day of their trip."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; points get the day of their trip, excursions become alarms."""
    _devices()
    _cold_chain()
    _tracking()
    _points_by_day()


def _devices() -> None:
    op.create_table(
        "device",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("vehicle_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.vehicle_id"], name=op.f("fk_device_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device")),
    )
    op.create_index("ix_device_vehicle_id", "device", ["vehicle_id"])
    op.create_table(
        "scanned_lot",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("scanned_by", sa.String(), nullable=False),
        sa.Column("scanned_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("trip_id", "order_id", "lot_id", name=op.f("pk_scanned_lot")),
    )


def _cold_chain() -> None:
    op.create_table(
        "temperature_limit",
        sa.Column("temperature_class", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("low_c", sa.Float(), nullable=True),
        sa.Column("high_c", sa.Float(), nullable=True),
        sa.Column("outside_minutes", sa.Integer(), nullable=False),
        sa.Column("silence_minutes", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')",
            name=op.f("ck_temperature_limit_temperature_class"),
        ),
        sa.CheckConstraint("outside_minutes >= 0 AND silence_minutes > 0", name=op.f("ck_temperature_limit_minutes")),
        sa.PrimaryKeyConstraint("temperature_class", "valid_from", name=op.f("pk_temperature_limit")),
    )
    op.create_table(
        "cold_chain_alarm",
        sa.Column("alarm_id", sa.String(), nullable=False),
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("since", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("until", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("worst_c", sa.Float(), nullable=True),
        sa.Column("raised_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("lifted_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.CheckConstraint("kind IN ('outside', 'silence')", name=op.f("ck_cold_chain_alarm_kind")),
        sa.PrimaryKeyConstraint("alarm_id", name=op.f("pk_cold_chain_alarm")),
    )
    op.create_index("ix_cold_chain_alarm_trip_id", "cold_chain_alarm", ["trip_id"])
    op.execute(
        "INSERT INTO cold_chain_alarm (alarm_id, trip_id, kind, device_id, since, until, worst_c, raised_at) "
        "SELECT excursion_id, trip_id, 'outside', device_id, since, until, worst_c, until FROM excursion"
    )
    op.drop_table("excursion")
    op.create_table(
        "cold_chain_report",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("made_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("trip_id", name=op.f("pk_cold_chain_report")),
    )


def _tracking() -> None:
    op.create_table(
        "tracking_rule",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("geofence_m", sa.Integer(), nullable=False),
        sa.Column("geofence_s", sa.Integer(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=False),
        sa.Column("thin_after_days", sa.Integer(), nullable=False),
        sa.Column("thin_s", sa.Integer(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint(
            "geofence_m > 0 AND geofence_s >= 0 AND delay_minutes > 0", name=op.f("ck_tracking_rule_positive")
        ),
        sa.CheckConstraint(
            "thin_after_days > 0 AND keep_days >= thin_after_days AND thin_s > 0", name=op.f("ck_tracking_rule_kept")
        ),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_tracking_rule")),
    )
    op.create_table(
        "trip_state",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("speed_kmh", sa.Float(), nullable=True),
        sa.Column("temperature_c", sa.Float(), nullable=True),
        sa.Column("temperature_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("stops", sa.JSON(), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("trip_id", name=op.f("pk_trip_state")),
    )
    op.create_index("ix_trip_state_county_code_changed_at", "trip_state", ["county_code", "changed_at"])


def _points_by_day() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    op.drop_index("ix_point_trip_id_device_id_at", table_name="point")
    op.rename_table("point", "point_before")
    if postgres:
        op.execute("ALTER TABLE point_before RENAME CONSTRAINT pk_point TO pk_point_before")
    op.create_table(
        "point",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("speed_kmh", sa.Float(), nullable=True),
        sa.Column("temperature_c", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("day", "trip_id", "device_id", "sequence", name=op.f("pk_point")),
        postgresql_partition_by="LIST (day)",
    )
    op.create_index("ix_point_trip_id_device_id_at", "point", ["trip_id", "device_id", "at"])
    if postgres:
        # The days have a schema of their own, so that the service's tables stay few; a job makes them ahead of time,
        # and what comes for another day is kept in the one for all others.
        op.execute("CREATE SCHEMA IF NOT EXISTS point_days")
        op.execute("CREATE TABLE point_days.other PARTITION OF point DEFAULT")
    op.execute(
        "INSERT INTO point (day, trip_id, device_id, sequence, at, lat, lon, temperature_c) "
        "SELECT trip.day, p.trip_id, device_id, sequence, at, lat, lon, temperature_c "
        "FROM point_before AS p JOIN trip ON trip.trip_id = p.trip_id"
    )
    op.drop_table("point_before")


def downgrade() -> None:
    """Take the step back; speeds, and alarms of silent sensors, are lost."""
    op.create_table(
        "point_before",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("trip_id", "device_id", "sequence", name="pk_point_before"),
    )
    op.execute("INSERT INTO point_before SELECT trip_id, device_id, sequence, at, lat, lon, temperature_c FROM point")
    op.drop_table("point")
    op.rename_table("point_before", "point")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE point RENAME CONSTRAINT pk_point_before TO pk_point")
        op.execute("DROP SCHEMA point_days")
    op.create_index("ix_point_trip_id_device_id_at", "point", ["trip_id", "device_id", "at"])
    op.create_table(
        "excursion",
        sa.Column("excursion_id", sa.String(), nullable=False),
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("since", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("until", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("worst_c", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("excursion_id", name=op.f("pk_excursion")),
    )
    op.create_index("ix_excursion_trip_id", "excursion", ["trip_id"])
    op.execute(
        "INSERT INTO excursion SELECT alarm_id, trip_id, device_id, since, until, worst_c "
        "FROM cold_chain_alarm WHERE kind = 'outside'"
    )
    for table in (
        "trip_state",
        "tracking_rule",
        "cold_chain_report",
        "cold_chain_alarm",
        "temperature_limit",
        "scanned_lot",
        "device",
    ):
        op.drop_table(table)
