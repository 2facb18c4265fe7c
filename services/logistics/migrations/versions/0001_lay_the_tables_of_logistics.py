"""Lay the tables of logistics."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "cancelled_order",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("cancelled_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_cancelled_order")),
    )
    op.create_table(
        "consignment",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("canteen_id", sa.String(), nullable=False),
        sa.Column("cooperative_id", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("temperature_class", sa.String(), nullable=False),
        sa.Column("confirmed_g", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_g", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("trip_id", sa.String(), nullable=True),
        sa.Column("loaded_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("arrived_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'loaded', 'arrived', 'received', 'cancelled')", name=op.f("ck_consignment_status")
        ),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_consignment_temperature_class")
        ),
        sa.CheckConstraint("confirmed_g >= 0 AND dispatched_g >= 0", name=op.f("ck_consignment_quantities")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_consignment")),
    )
    with op.batch_alter_table("consignment", schema=None) as batch_op:
        batch_op.create_index("ix_consignment_canteen_id_delivery_day", ["canteen_id", "delivery_day"], unique=False)
        batch_op.create_index("ix_consignment_county_code_delivery_day", ["county_code", "delivery_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_consignment_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("died_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("replayed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.create_index("uq_dead_letter_place", ["topic", "partition", "offset"], unique=True)

    op.create_table(
        "depot",
        sa.Column("depot_id", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("town_code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("depot_id", name=op.f("pk_depot")),
    )
    with op.batch_alter_table("depot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_depot_county_code"), ["county_code"], unique=False)

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
    with op.batch_alter_table("excursion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_excursion_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", "scope", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_created_at"), ["created_at"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_received_at"), ["received_at"], unique=False)

    op.create_table(
        "lot",
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("cooperative_id", sa.String(), nullable=False),
        sa.Column("food_code", sa.String(), nullable=False),
        sa.Column("harvest_day", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("certificate_no", sa.String(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("poor_households", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "parked_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("parked_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_event")),
    )
    with op.batch_alter_table("parked_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_event_next_attempt_at"), ["next_attempt_at"], unique=False)
        batch_op.create_index("ix_parked_event_topic_key", ["topic", "key"], unique=False)

    op.create_table(
        "place",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.CheckConstraint("kind IN ('canteen', 'cooperative')", name=op.f("ck_place_kind")),
        sa.PrimaryKeyConstraint("kind", "place_id", name=op.f("pk_place")),
    )
    op.create_table(
        "point",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("trip_id", "device_id", "sequence", name=op.f("pk_point")),
    )
    with op.batch_alter_table("point", schema=None) as batch_op:
        batch_op.create_index("ix_point_trip_id_device_id_at", ["trip_id", "device_id", "at"], unique=False)

    op.create_table(
        "recall",
        sa.Column("recall_id", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("cooperative_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("raised_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("recall_id", name=op.f("pk_recall")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_recall_lot_id")),
    )
    op.create_table(
        "receipt",
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("canteen_id", sa.String(), nullable=False),
        sa.Column("cooperative_id", sa.String(), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("order_id", name=op.f("uq_receipt_order_id")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index("ix_receipt_canteen_id_delivery_day", ["canteen_id", "delivery_day"], unique=False)

    op.create_table(
        "served_meal",
        sa.Column("meal_id", sa.String(), nullable=False),
        sa.Column("canteen_id", sa.String(), nullable=False),
        sa.Column("menu_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("dish_codes", sa.JSON(), nullable=False),
        sa.Column("served_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("meal_id", name=op.f("pk_served_meal")),
    )
    with op.batch_alter_table("served_meal", schema=None) as batch_op:
        batch_op.create_index("ix_served_meal_canteen_id_day", ["canteen_id", "day"], unique=False)

    op.create_table(
        "trip",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("vehicle_id", sa.String(), nullable=False),
        sa.Column("driver_id", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("temperature_class", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("load_g", sa.BigInteger(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("starts_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("planned_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("departed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("completed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint("status IN ('planned', 'departed', 'completed')", name=op.f("ck_trip_status")),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_trip_temperature_class")
        ),
        sa.PrimaryKeyConstraint("trip_id", name=op.f("pk_trip")),
    )
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.create_index("ix_trip_county_code_day", ["county_code", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_trip_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index("uq_trip_driver_id_day_number", ["driver_id", "day", "number"], unique=True)
        batch_op.create_index("uq_trip_vehicle_id_day_number", ["vehicle_id", "day", "number"], unique=True)

    op.create_table(
        "trip_plan",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("progress_permille", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("heartbeat_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("requested_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("consignments", sa.Integer(), nullable=False),
        sa.Column("unplanned", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'cancelled', 'failed')", name=op.f("ck_trip_plan_status")
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_trip_plan")),
    )
    with op.batch_alter_table("trip_plan", schema=None) as batch_op:
        batch_op.create_index("ix_trip_plan_status_plan_id", ["status", "plan_id"], unique=False)

    op.create_table(
        "consignment_line",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("food_code", sa.String(), nullable=False),
        sa.Column("temperature_class", sa.String(), nullable=False),
        sa.Column("confirmed_g", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_g", sa.BigInteger(), nullable=False),
        sa.Column("received_g", sa.BigInteger(), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_consignment_line_temperature_class")
        ),
        sa.CheckConstraint(
            "accepted_g <= received_g AND received_g <= dispatched_g", name=op.f("ck_consignment_line_falling")
        ),
        sa.CheckConstraint("confirmed_g >= 0 AND accepted_g >= 0", name=op.f("ck_consignment_line_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["consignment.order_id"], name=op.f("fk_consignment_line_order_id_consignment")
        ),
        sa.PrimaryKeyConstraint("order_id", "line_id", name=op.f("pk_consignment_line")),
    )
    op.create_table(
        "consignment_lot",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("dispatched_g", sa.BigInteger(), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("accepted_g >= 0 AND accepted_g <= dispatched_g", name=op.f("ck_consignment_lot_falling")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["consignment.order_id"], name=op.f("fk_consignment_lot_order_id_consignment")
        ),
        sa.PrimaryKeyConstraint("order_id", "line_id", "lot_id", name=op.f("pk_consignment_lot")),
    )
    with op.batch_alter_table("consignment_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consignment_lot_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "driver",
        sa.Column("driver_id", sa.String(), nullable=False),
        sa.Column("depot_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.depot_id"], name=op.f("fk_driver_depot_id_depot")),
        sa.PrimaryKeyConstraint("driver_id", name=op.f("pk_driver")),
    )
    with op.batch_alter_table("driver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_driver_depot_id"), ["depot_id"], unique=False)

    op.create_table(
        "meal_food",
        sa.Column("meal_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("food_code", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=True),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["meal_id"], ["served_meal.meal_id"], name=op.f("fk_meal_food_meal_id_served_meal")),
        sa.PrimaryKeyConstraint("meal_id", "position", name=op.f("pk_meal_food")),
    )
    with op.batch_alter_table("meal_food", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meal_food_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "receipt_version",
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signers", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("signed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.receipt_id"], name=op.f("fk_receipt_version_receipt_id_receipt")
        ),
        sa.PrimaryKeyConstraint("receipt_id", "version", name=op.f("pk_receipt_version")),
    )
    op.create_table(
        "trip_stop",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("planned_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("order_ids", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('pickup', 'delivery')", name=op.f("ck_trip_stop_kind")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.trip_id"], name=op.f("fk_trip_stop_trip_id_trip")),
        sa.PrimaryKeyConstraint("trip_id", "sequence", name=op.f("pk_trip_stop")),
    )
    op.create_table(
        "vehicle",
        sa.Column("vehicle_id", sa.String(), nullable=False),
        sa.Column("depot_id", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("capacity_g", sa.BigInteger(), nullable=False),
        sa.Column("temperature_class", sa.String(), nullable=False),
        sa.Column("frozen_boxes", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_vehicle_temperature_class")
        ),
        sa.CheckConstraint("capacity_g > 0", name=op.f("ck_vehicle_capacity_g")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.depot_id"], name=op.f("fk_vehicle_depot_id_depot")),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_vehicle")),
    )
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicle_depot_id"), ["depot_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vehicle_depot_id"))

    op.drop_table("vehicle")
    op.drop_table("trip_stop")
    op.drop_table("receipt_version")
    with op.batch_alter_table("meal_food", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meal_food_lot_id"))

    op.drop_table("meal_food")
    with op.batch_alter_table("driver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_driver_depot_id"))

    op.drop_table("driver")
    with op.batch_alter_table("consignment_lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consignment_lot_lot_id"))

    op.drop_table("consignment_lot")
    op.drop_table("consignment_line")
    with op.batch_alter_table("trip_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_trip_plan_status_plan_id")

    op.drop_table("trip_plan")
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.drop_index("uq_trip_vehicle_id_day_number")
        batch_op.drop_index("uq_trip_driver_id_day_number")
        batch_op.drop_index(batch_op.f("ix_trip_plan_id"))
        batch_op.drop_index("ix_trip_county_code_day")

    op.drop_table("trip")
    with op.batch_alter_table("served_meal", schema=None) as batch_op:
        batch_op.drop_index("ix_served_meal_canteen_id_day")

    op.drop_table("served_meal")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index("ix_receipt_canteen_id_delivery_day")

    op.drop_table("receipt")
    op.drop_table("recall")
    with op.batch_alter_table("point", schema=None) as batch_op:
        batch_op.drop_index("ix_point_trip_id_device_id_at")

    op.drop_table("point")
    op.drop_table("place")
    with op.batch_alter_table("parked_event", schema=None) as batch_op:
        batch_op.drop_index("ix_parked_event_topic_key")
        batch_op.drop_index(batch_op.f("ix_parked_event_next_attempt_at"))

    op.drop_table("parked_event")
    op.drop_table("outbox")
    op.drop_table("lot")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_received_at"))

    op.drop_table("inbox")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_created_at"))

    op.drop_table("idempotency_key")
    with op.batch_alter_table("excursion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_excursion_trip_id"))

    op.drop_table("excursion")
    with op.batch_alter_table("depot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_depot_county_code"))

    op.drop_table("depot")
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.drop_index("uq_dead_letter_place")

    op.drop_table("dead_letter")
    with op.batch_alter_table("consignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consignment_trip_id"))
        batch_op.drop_index("ix_consignment_county_code_delivery_day")
        batch_op.drop_index("ix_consignment_canteen_id_delivery_day")

    op.drop_table("consignment")
    op.drop_table("cancelled_order")
