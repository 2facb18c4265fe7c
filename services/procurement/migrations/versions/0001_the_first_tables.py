"""The first tables, and the triggers that keep the ledger append-only."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("ledger_transaction", "ledger_entry")


def upgrade() -> None:
    """Apply the step."""
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        refuse_changes_on_postgresql()
    else:
        refuse_changes_on_sqlite()


def refuse_changes_on_postgresql() -> None:
    """Let the database refuse UPDATE, DELETE and TRUNCATE of the ledger."""
    op.execute(
        "CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )


def refuse_changes_on_sqlite() -> None:
    """Let the database refuse UPDATE and DELETE of the ledger."""
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


def create_tables() -> None:
    """Create every table."""
    op.create_table(
        "canteen",
        sa.Column("canteen_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("canteen_id", name=op.f("pk_canteen")),
    )
    op.create_table(
        "cooperative",
        sa.Column("cooperative_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_cooperative")),
    )
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
        sa.Column("died_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("replayed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.create_index("uq_dead_letter_place", ["topic", "partition", "offset"], unique=True)

    op.create_table(
        "demand_line",
        sa.Column("demand_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("canteen_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("food_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("menu_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("menu_version", sa.Integer(), nullable=False),
        sa.Column("temperature_class", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("allocated_g", sa.BigInteger(), nullable=False),
        sa.Column("open_g", sa.BigInteger(), nullable=False),
        sa.Column("unmet_g", sa.BigInteger(), nullable=False),
        sa.Column("surplus_g", sa.BigInteger(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'sourced')", name=op.f("ck_demand_line_status")),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_demand_line_temperature_class")
        ),
        sa.CheckConstraint(
            "quantity_g + surplus_g = allocated_g + unmet_g + open_g", name=op.f("ck_demand_line_conserved")
        ),
        sa.CheckConstraint(
            "quantity_g >= 0 AND surplus_g >= 0 AND allocated_g >= 0 AND unmet_g >= 0 AND open_g >= 0",
            name=op.f("ck_demand_line_grams"),
        ),
        sa.PrimaryKeyConstraint("demand_id", name=op.f("pk_demand_line")),
    )
    with op.batch_alter_table("demand_line", schema=None) as batch_op:
        batch_op.create_index("ix_demand_line_day", ["delivery_day", "county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_demand_line_menu_id"), ["menu_id"], unique=False)
        batch_op.create_index("uq_demand_line_key", ["canteen_id", "delivery_day", "food_code"], unique=True)

    op.create_table(
        "exclusion",
        sa.Column("demand_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("offer_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("excluded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("demand_id", "offer_id", name=op.f("pk_exclusion")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", "scope", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_created_at"), ["created_at"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_received_at"), ["received_at"], unique=False)

    op.create_table(
        "ledger_transaction",
        sa.Column("transaction_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("receipt_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("receipt_version", sa.Integer(), nullable=False),
        sa.Column("order_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("booked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_ledger_transaction")),
    )
    with op.batch_alter_table("ledger_transaction", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_transaction_day", ["delivery_day", "county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_transaction_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "lot",
        sa.Column("lot_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("cooperative_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("food_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("harvest_day", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot")),
    )
    op.create_table(
        "menu",
        sa.Column("menu_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("canteen_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("demand_version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_from", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("menu_id", name=op.f("pk_menu")),
    )
    with op.batch_alter_table("menu", schema=None) as batch_op:
        batch_op.create_index("ix_menu_week", ["week_start", "county_code"], unique=False)

    op.create_table(
        "offer",
        sa.Column("offer_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("cooperative_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("food_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=False),
        sa.Column("available_until", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("allocated_g", sa.BigInteger(), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("minimum_lot_g", sa.BigInteger(), nullable=False),
        sa.Column("poor_share_permille", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'withdrawn')", name=op.f("ck_offer_status")),
        sa.CheckConstraint("allocated_g >= 0 AND quantity_g >= 0", name=op.f("ck_offer_grams")),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index("ix_offer_food_window", ["food_code", "available_until", "available_from"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
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
        sa.Column("next_attempt_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("parked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_event")),
    )
    with op.batch_alter_table("parked_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_event_next_attempt_at"), ["next_attempt_at"], unique=False)
        batch_op.create_index("ix_parked_event_topic_key", ["topic", "key"], unique=False)

    op.create_table(
        "purchase_order",
        sa.Column("order_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("canteen_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("cooperative_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("answer_by", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("placed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("dispatched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('placed', 'confirmed', 'declined', 'cancelled', 'dispatched', 'loaded', 'received', 'settled')",
            name=op.f("ck_purchase_order_status"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_purchase_order")),
    )
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.create_index("ix_purchase_order_canteen_id_delivery_day", ["canteen_id", "delivery_day"], unique=False)
        batch_op.create_index(
            "ix_purchase_order_cooperative_id_delivery_day", ["cooperative_id", "delivery_day"], unique=False
        )
        batch_op.create_index(
            "ix_purchase_order_delivery_day_county_code", ["delivery_day", "county_code"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_purchase_order_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_purchase_order_status_order_id", ["status", "order_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("receipt_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("order_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt")),
    )
    op.create_table(
        "shortfall",
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("demand_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("unmet_g", sa.BigInteger(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "demand_id", name=op.f("pk_shortfall")),
    )
    op.create_table(
        "sourcing_run",
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("progress_permille", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("claim", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("heartbeat_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("demand_lines", sa.Integer(), nullable=False),
        sa.Column("allocations", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("allocated_g", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("poor_cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("queued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'cancelled', 'failed')", name=op.f("ck_sourcing_run_status")
        ),
        sa.CheckConstraint(
            "progress_permille >= 0 AND progress_permille <= 1000", name=op.f("ck_sourcing_run_progress")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_sourcing_run")),
    )
    with op.batch_alter_table("sourcing_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sourcing_run_county_code"), ["county_code"], unique=False)
        batch_op.create_index("ix_sourcing_run_status_heartbeat_at", ["status", "heartbeat_at"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("account", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("poor", sa.Boolean(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('school', 'cooperative', 'household')", name=op.f("ck_ledger_entry_kind")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transaction.transaction_id"],
            name=op.f("fk_ledger_entry_transaction_id_ledger_transaction"),
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entry_account", ["account", "entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_transaction_id"), ["transaction_id"], unique=False)

    op.create_table(
        "lot_contribution",
        sa.Column("lot_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("household_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("poor", sa.Boolean(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name=op.f("fk_lot_contribution_lot_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", "household_id", "poor", name=op.f("pk_lot_contribution")),
    )
    op.create_table(
        "order_line",
        sa.Column("line_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("order_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("demand_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("food_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("offer_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("temperature_class", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("ordered_g", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_g", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_g", sa.BigInteger(), nullable=False),
        sa.Column("received_g", sa.BigInteger(), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.Column("short_g", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("poor_share_permille", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_order_line_temperature_class")
        ),
        sa.CheckConstraint(
            "accepted_g BETWEEN 0 AND received_g AND received_g <= dispatched_g", name=op.f("ck_order_line_delivered")
        ),
        sa.CheckConstraint(
            "dispatched_g <= confirmed_g AND confirmed_g <= ordered_g", name=op.f("ck_order_line_promised")
        ),
        sa.CheckConstraint("short_g >= 0", name=op.f("ck_order_line_short")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.order_id"], name=op.f("fk_order_line_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_order_line")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_demand_id"), ["demand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_line_order_id"), ["order_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_line_order_id"))
        batch_op.drop_index(batch_op.f("ix_order_line_demand_id"))

    op.drop_table("order_line")
    op.drop_table("lot_contribution")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entry_transaction_id"))
        batch_op.drop_index("ix_ledger_entry_account")

    op.drop_table("ledger_entry")
    with op.batch_alter_table("sourcing_run", schema=None) as batch_op:
        batch_op.drop_index("ix_sourcing_run_status_heartbeat_at")
        batch_op.drop_index(batch_op.f("ix_sourcing_run_county_code"))

    op.drop_table("sourcing_run")
    op.drop_table("shortfall")
    op.drop_table("receipt")
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.drop_index("ix_purchase_order_status_order_id")
        batch_op.drop_index(batch_op.f("ix_purchase_order_run_id"))
        batch_op.drop_index("ix_purchase_order_delivery_day_county_code")
        batch_op.drop_index("ix_purchase_order_cooperative_id_delivery_day")
        batch_op.drop_index("ix_purchase_order_canteen_id_delivery_day")

    op.drop_table("purchase_order")
    with op.batch_alter_table("parked_event", schema=None) as batch_op:
        batch_op.drop_index("ix_parked_event_topic_key")
        batch_op.drop_index(batch_op.f("ix_parked_event_next_attempt_at"))

    op.drop_table("parked_event")
    op.drop_table("outbox")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index("ix_offer_food_window")

    op.drop_table("offer")
    with op.batch_alter_table("menu", schema=None) as batch_op:
        batch_op.drop_index("ix_menu_week")

    op.drop_table("menu")
    op.drop_table("lot")
    with op.batch_alter_table("ledger_transaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_transaction_receipt_id"))
        batch_op.drop_index("ix_ledger_transaction_day")

    op.drop_table("ledger_transaction")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_received_at"))

    op.drop_table("inbox")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_created_at"))

    op.drop_table("idempotency_key")
    op.drop_table("exclusion")
    with op.batch_alter_table("demand_line", schema=None) as batch_op:
        batch_op.drop_index("uq_demand_line_key")
        batch_op.drop_index(batch_op.f("ix_demand_line_menu_id"))
        batch_op.drop_index("ix_demand_line_day")

    op.drop_table("demand_line")
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.drop_index("uq_dead_letter_place")

    op.drop_table("dead_letter")
    op.drop_table("cooperative")
    op.drop_table("canteen")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_is_append_only()")
