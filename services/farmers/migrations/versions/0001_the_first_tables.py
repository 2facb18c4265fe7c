"""The first tables."""

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
        "cooperative",
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("town_code", sa.String(length=64), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("priority_group", sa.String(length=64), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("poor_households", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("registered_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("poor_households BETWEEN 0 AND households", name=op.f("ck_cooperative_counts")),
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
        sa.Column("died_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("replayed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.create_index("uq_dead_letter_place", ["topic", "partition", "offset"], unique=True)

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
        "purchase_order",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("answer_by", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("placed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("answer_reason", sa.String(length=500), nullable=True),
        sa.Column("answered_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("closing_reason", sa.String(length=500), nullable=True),
        sa.Column("dispatched_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("dispatch_reason", sa.String(length=500), nullable=True),
        sa.Column("receipt_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('all', 'part', 'declined', 'exhausted', 'silence')", name=op.f("ck_purchase_order_answer")
        ),
        sa.CheckConstraint(
            "status IN ('to_answer', 'accepted', 'partly_accepted', 'declined', 'cancelled', 'dispatched')",
            name=op.f("ck_purchase_order_status"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_purchase_order")),
    )
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.create_index(
            "ix_purchase_order_answer_by",
            ["answer_by"],
            unique=False,
            sqlite_where=sa.text("status = 'to_answer'"),
            postgresql_where=sa.text("status = 'to_answer'"),
        )
        batch_op.create_index(
            "ix_purchase_order_cooperative_id", ["cooperative_id", "status", "order_id"], unique=False
        )

    op.create_table(
        "settlement",
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("receipt_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("cooperative_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("settlement_id", name=op.f("pk_settlement")),
    )
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.create_index("ix_settlement_cooperative_id", ["cooperative_id", "month"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_order_id"), ["order_id"], unique=False)

    op.create_table(
        "household",
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("town_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_household_cooperative_id_cooperative")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index("ix_household_cooperative_id", ["cooperative_id", "household_id"], unique=False)

    op.create_table(
        "household_income",
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("poor", sa.Boolean(), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.settlement_id"], name=op.f("fk_household_income_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("settlement_id", "household_id", name=op.f("pk_household_income")),
    )
    with op.batch_alter_table("household_income", schema=None) as batch_op:
        batch_op.create_index("ix_household_income_cooperative_id", ["cooperative_id", "month"], unique=False)
        batch_op.create_index("ix_household_income_household_id", ["household_id", "month"], unique=False)

    op.create_table(
        "lot",
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("harvest_day", sa.Date(), nullable=False),
        sa.Column("certificate_no", sa.String(length=64), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("remaining_g", sa.BigInteger(), nullable=False),
        sa.Column("harvested_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("quantity_g > 0", name=op.f("ck_lot_quantity")),
        sa.CheckConstraint("remaining_g BETWEEN 0 AND quantity_g", name=op.f("ck_lot_remaining")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_lot_cooperative_id_cooperative")
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index("ix_lot_cooperative_id", ["cooperative_id", "lot_id"], unique=False)
        batch_op.create_index(
            "ix_lot_on_hand",
            ["cooperative_id", "food_code", "harvest_day", "lot_id"],
            unique=False,
            sqlite_where=sa.text("remaining_g > 0"),
            postgresql_where=sa.text("remaining_g > 0"),
        )

    op.create_table(
        "offer",
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=False),
        sa.Column("available_until", sa.Date(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("promised_g", sa.BigInteger(), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=False),
        sa.Column("minimum_lot_g", sa.BigInteger(), nullable=False),
        sa.Column("poor_share_permille", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'withdrawn')", name=op.f("ck_offer_status")),
        sa.CheckConstraint("available_until >= available_from", name=op.f("ck_offer_window")),
        sa.CheckConstraint("promised_g BETWEEN 0 AND quantity_g", name=op.f("ck_offer_promised")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_offer_cooperative_id_cooperative")
        ),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index("ix_offer_cooperative_id", ["cooperative_id", "offer_id"], unique=False)
        batch_op.create_index("ix_offer_food_code", ["food_code", "offer_id"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("temperature_class", sa.String(length=16), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("promised_g", sa.BigInteger(), nullable=False),
        sa.Column("answered_g", sa.BigInteger(), nullable=True),
        sa.Column("ordered_g", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_g", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_g", sa.BigInteger(), nullable=False),
        sa.Column("received_g", sa.BigInteger(), nullable=True),
        sa.Column("accepted_g", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_order_line_temperature_class")
        ),
        sa.CheckConstraint("accepted_g BETWEEN 0 AND received_g", name=op.f("ck_order_line_accepted")),
        sa.CheckConstraint("confirmed_g BETWEEN 0 AND ordered_g", name=op.f("ck_order_line_confirmed")),
        sa.CheckConstraint("dispatched_g BETWEEN 0 AND confirmed_g", name=op.f("ck_order_line_dispatched")),
        sa.CheckConstraint("promised_g BETWEEN 0 AND ordered_g", name=op.f("ck_order_line_promised")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.order_id"], name=op.f("fk_order_line_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "line_id", name=op.f("pk_order_line")),
    )
    op.create_table(
        "household_status",
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "status IN ('registered_poor', 'lifted_out', 'monitored', 'not_poor')",
            name=op.f("ck_household_status_status"),
        ),
        sa.CheckConstraint("until_day IS NULL OR until_day >= from_day", name=op.f("ck_household_status_period")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f("fk_household_status_household_id_household")
        ),
        sa.PrimaryKeyConstraint("household_id", "from_day", name=op.f("pk_household_status")),
    )
    op.create_table(
        "lot_contribution",
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("poor", sa.Boolean(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity_g > 0", name=op.f("ck_lot_contribution_quantity")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f("fk_lot_contribution_household_id_household")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name=op.f("fk_lot_contribution_lot_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", "household_id", name=op.f("pk_lot_contribution")),
    )
    with op.batch_alter_table("lot_contribution", schema=None) as batch_op:
        batch_op.create_index("ix_lot_contribution_household_id", ["household_id", "lot_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_membership_cooperative_id_cooperative")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f("fk_membership_household_id_household")
        ),
        sa.PrimaryKeyConstraint("household_id", "from_day", name=op.f("pk_membership")),
    )
    op.create_table(
        "packed_lot",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity_g > 0", name=op.f("ck_packed_lot_quantity")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name=op.f("fk_packed_lot_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["order_id", "line_id"],
            ["order_line.order_id", "order_line.line_id"],
            name=op.f("fk_packed_lot_order_id_line_id_order_line"),
        ),
        sa.PrimaryKeyConstraint("order_id", "line_id", "lot_id", name=op.f("pk_packed_lot")),
    )
    with op.batch_alter_table("packed_lot", schema=None) as batch_op:
        batch_op.create_index("ix_packed_lot_lot_id", ["lot_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("packed_lot", schema=None) as batch_op:
        batch_op.drop_index("ix_packed_lot_lot_id")

    op.drop_table("packed_lot")
    op.drop_table("membership")
    with op.batch_alter_table("lot_contribution", schema=None) as batch_op:
        batch_op.drop_index("ix_lot_contribution_household_id")

    op.drop_table("lot_contribution")
    op.drop_table("household_status")
    op.drop_table("order_line")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index("ix_offer_food_code")
        batch_op.drop_index("ix_offer_cooperative_id")

    op.drop_table("offer")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_lot_on_hand", sqlite_where=sa.text("remaining_g > 0"), postgresql_where=sa.text("remaining_g > 0")
        )
        batch_op.drop_index("ix_lot_cooperative_id")

    op.drop_table("lot")
    with op.batch_alter_table("household_income", schema=None) as batch_op:
        batch_op.drop_index("ix_household_income_household_id")
        batch_op.drop_index("ix_household_income_cooperative_id")

    op.drop_table("household_income")
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index("ix_household_cooperative_id")

    op.drop_table("household")
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_order_id"))
        batch_op.drop_index("ix_settlement_cooperative_id")

    op.drop_table("settlement")
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.drop_index("ix_purchase_order_cooperative_id")
        batch_op.drop_index(
            "ix_purchase_order_answer_by",
            sqlite_where=sa.text("status = 'to_answer'"),
            postgresql_where=sa.text("status = 'to_answer'"),
        )

    op.drop_table("purchase_order")
    with op.batch_alter_table("parked_event", schema=None) as batch_op:
        batch_op.drop_index("ix_parked_event_topic_key")
        batch_op.drop_index(batch_op.f("ix_parked_event_next_attempt_at"))

    op.drop_table("parked_event")
    op.drop_table("outbox")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_received_at"))

    op.drop_table("inbox")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_created_at"))

    op.drop_table("idempotency_key")
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.drop_index("uq_dead_letter_place")

    op.drop_table("dead_letter")
    op.drop_table("cooperative")
