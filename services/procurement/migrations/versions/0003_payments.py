"""Payments: what is due is kept added up, bookings say what they book; what was settled before is due, too."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = ("school", "cooperative", "household", "freight", "carrier")
CARRY_OVER = """
INSERT INTO settlement (settlement_id, receipt_id, order_id, canteen_id, cooperative_id, county_code, delivery_day,
                        recorded_at, due_on, amount_fen, cooperative_fen, paid_fen, held_fen, passed_fen, open)
SELECT t.transaction_id, t.receipt_id, t.order_id, o.canteen_id, o.cooperative_id, t.county_code, t.delivery_day,
       t.booked_at, {due}, SUM(CASE WHEN e.kind = 'school' THEN -e.amount_fen ELSE 0 END),
       SUM(CASE WHEN e.kind = 'cooperative' THEN e.amount_fen ELSE 0 END), 0, 0, 0, true
FROM ledger_transaction t
JOIN ledger_entry e ON e.transaction_id = t.transaction_id
JOIN purchase_order o ON o.order_id = t.order_id
GROUP BY t.transaction_id, t.receipt_id, t.order_id, o.canteen_id, o.cooperative_id, t.county_code, t.delivery_day,
         t.booked_at
HAVING SUM(CASE WHEN e.kind <> 'school' AND e.amount_fen <> 0 THEN 1 ELSE 0 END) > 0
"""


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "payment",
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_payment_amount")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payment")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index("ix_payment_cooperative_id", ["cooperative_id", "payment_id"], unique=False)
        batch_op.create_index("ix_payment_county_code", ["county_code", "paid_on"], unique=False)

    op.create_table(
        "settlement",
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("receipt_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("cooperative_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("held_fen", sa.BigInteger(), nullable=False),
        sa.Column("passed_fen", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "paid_fen BETWEEN 0 AND amount_fen OR paid_fen BETWEEN amount_fen AND 0", name=op.f("ck_settlement_paid")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["ledger_transaction.transaction_id"],
            name=op.f("fk_settlement_settlement_id_ledger_transaction"),
        ),
        sa.PrimaryKeyConstraint("settlement_id", name=op.f("pk_settlement")),
    )
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.create_index("ix_settlement_cooperative_id", ["cooperative_id", "open", "delivery_day"], unique=False)
        batch_op.create_index("ix_settlement_delivery_day", ["delivery_day", "county_code"], unique=False)
        batch_op.create_index("ix_settlement_due_on", ["open", "due_on", "county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "payment_line",
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.payment_id"], name=op.f("fk_payment_line_payment_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.settlement_id"], name=op.f("fk_payment_line_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("payment_id", "settlement_id", name=op.f("pk_payment_line")),
    )
    with op.batch_alter_table("payment_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_line_settlement_id"), ["settlement_id"], unique=False)

    say_what_is_booked()
    let_freight_be_booked()
    carry_over_settlements()


def say_what_is_booked() -> None:
    """Add what a transaction books. Added by hand: neither database needs to write the rows anew for it."""
    op.execute(
        "ALTER TABLE ledger_transaction ADD COLUMN kind VARCHAR(16) DEFAULT 'settlement' NOT NULL"
        " CONSTRAINT ck_ledger_transaction_kind"
        " CHECK (kind IN ('settlement', 'decision', 'payment', 'payout', 'freight'))"
    )
    for column in ("settlement_id", "source_id"):
        op.execute(f"ALTER TABLE ledger_transaction ADD COLUMN {column} VARCHAR(64) DEFAULT '' NOT NULL")
    op.create_index("ix_ledger_transaction_settlement_id", "ledger_transaction", ["settlement_id"])


def let_freight_be_booked() -> None:
    """Allow the accounts of freight. SQLite writes the table anew, and its triggers have to be made again."""
    allowed = f"kind IN ({', '.join(map(repr, KINDS))})"
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(op.f("ck_ledger_entry_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_ledger_entry_kind"), allowed)
    if op.get_bind().dialect.name != "postgresql":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_entry_no_{change.lower()} BEFORE {change} ON ledger_entry"
                " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


def carry_over_settlements() -> None:
    """Take what was booked before as due thirty days after its delivery; nothing of it was confirmed as paid."""
    due = "t.delivery_day + 30" if op.get_bind().dialect.name == "postgresql" else "date(t.delivery_day, '+30 days')"
    op.execute(CARRY_OVER.replace("{due}", due))


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_ledger_transaction_settlement_id", "ledger_transaction")
    for column in ("source_id", "settlement_id", "kind"):
        op.execute(f"ALTER TABLE ledger_transaction DROP COLUMN {column}")

    with op.batch_alter_table("payment_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_line_settlement_id"))

    op.drop_table("payment_line")
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_receipt_id"))
        batch_op.drop_index("ix_settlement_due_on")
        batch_op.drop_index("ix_settlement_delivery_day")
        batch_op.drop_index("ix_settlement_cooperative_id")

    op.drop_table("settlement")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index("ix_payment_county_code")
        batch_op.drop_index("ix_payment_cooperative_id")

    op.drop_table("payment")
