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


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("membership")
    op.drop_table("household_status")
    op.drop_table("order_line")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index("ix_offer_food_code")
        batch_op.drop_index("ix_offer_cooperative_id")

    op.drop_table("offer")
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index("ix_household_cooperative_id")

    op.drop_table("household")
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
