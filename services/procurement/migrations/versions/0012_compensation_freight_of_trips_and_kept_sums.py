"""Compensation for calling off late, freight of trips, and kept sums; what is owed and was booked nowhere is booked."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import sqlmodel
from alembic import op

from shared.ids import derived_id

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = ("school", "cooperative", "household", "freight", "carrier", "operating", "compensation")
BOOKINGS = ("settlement", "decision", "payment", "payout", "freight", "compensation")
PAID_FOR = ("settlement", "payment", "payment_file")
SUMS = (
    "spend_fen",
    "accepted_g",
    "orders",
    "from_county_fen",
    "from_province_fen",
    "from_market_fen",
    "poor_households_fen",
    "households_fen",
    "paid_fen",
    "held_fen",
    "disputed_fen",
    "freight_fen",
    "compensation_fen",
    "demand_lines",
    "demand_g",
    "lines_unmet",
    "unmet_g",
    "compared_fen",
    "reference_fen",
)
FILL_HOUSEHOLDS = """
INSERT INTO household_month (month, county_code, account, poor, amount_fen, accepted_g)
SELECT substr(CAST(t.delivery_day AS VARCHAR), 1, 7), t.county_code, e.account, e.poor,
       SUM(e.amount_fen), SUM(e.accepted_g)
FROM ledger_transaction t
JOIN ledger_entry e ON e.transaction_id = t.transaction_id
WHERE e.kind = 'household' AND t.kind IN ('settlement', 'decision')
  AND NOT EXISTS (SELECT 1 FROM ledger_waiting w WHERE w.transaction_id = t.transaction_id)
GROUP BY substr(CAST(t.delivery_day AS VARCHAR), 1, 7), t.county_code, e.account, e.poor
"""
MARK_DAYS = """
INSERT INTO changed_day (county_code, delivery_day)
SELECT county_code, delivery_day FROM ledger_transaction
UNION SELECT county_code, delivery_day FROM purchase_order
UNION SELECT county_code, delivery_day FROM demand_line
UNION SELECT county_code, delivery_day FROM dispute
"""


def upgrade() -> None:
    """Apply the step."""
    let_compensation_be_booked()
    for table in PAID_FOR:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN purpose VARCHAR(16) DEFAULT 'food' NOT NULL"
            f" CONSTRAINT ck_{table}_purpose CHECK (purpose IN ('food', 'compensation'))"
        )
    op.create_table(
        "trip",
        sa.Column("trip_id", sa.String(length=64), nullable=False),
        sa.Column("vehicle_id", sa.String(length=64), nullable=False),
        sa.Column("order_ids", sa.JSON(), nullable=False),
        sa.Column("cost_version", sa.Integer(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("distance_m", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("trip_id", name=op.f("pk_trip")),
    )
    with op.batch_alter_table("freight", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_freight_trip_id"), ["trip_id"], unique=False)
    keep_sums()
    book_what_is_owed()
    op.execute(MARK_DAYS)


def let_compensation_be_booked() -> None:
    """Allow the accounts and bookings. SQLite writes the tables anew, and their triggers have to be made again."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for table, allowed in (("ledger_transaction", BOOKINGS), ("ledger_entry", KINDS)):
        with op.batch_alter_table(table, schema=None) as batch_op:
            if on_postgres:
                batch_op.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_kind"), f"kind IN ({', '.join(map(repr, allowed))})")
        if on_postgres:
            continue
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


def keep_sums() -> None:
    """Make the tables of kept sums; what is sealed is in them, the days are worked out by the service."""
    op.create_table(
        "county_day",
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("delivery_day", "county_code", name=op.f("pk_county_day")),
    )
    op.create_table(
        "changed_day",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_changed_day")),
    )
    op.create_table(
        "household_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("poor", sa.Boolean(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "county_code", "account", "poor", name=op.f("pk_household_month")),
    )
    with op.batch_alter_table("changed_day", schema=None) as batch_op:
        batch_op.create_index("ix_changed_day_delivery_day", ["delivery_day", "county_code"], unique=False)
    op.execute(FILL_HOUSEHOLDS)


def book_what_is_owed() -> None:
    """Book what orders say is owed for calling them off late: it is due thirty days after their delivery."""
    names = ("order_id", "canteen_id", "cooperative_id", "county_code", "delivery_day")
    order = _table("purchase_order", *names, "version", "owed_fen")
    owed = sa.select(order).where(order.c.owed_fen > 0).order_by(order.c.order_id)
    for row in op.get_bind().execute(owed).all():
        key, now = derived_id("compensation", row.order_id, row.version), datetime.now(UTC)
        of_order = {name: getattr(row, name) for name in names}
        head = {name: of_order[name] for name in ("order_id", "county_code", "delivery_day")}
        _insert(
            "ledger_transaction",
            transaction_id=key,
            receipt_id="",
            receipt_version=0,
            **head,
            booked_at=now,
            kind="compensation",
            settlement_id="",
            source_id="",
        )
        for kind, holder, fen in (
            ("operating", row.county_code, -row.owed_fen),
            ("compensation", row.cooperative_id, row.owed_fen),
        ):
            _insert(
                "ledger_entry",
                transaction_id=key,
                account=f"{kind}/{holder}",
                kind=kind,
                poor=False,
                amount_fen=fen,
                accepted_g=0,
            )
        _insert("ledger_waiting", county_code=row.county_code, transaction_id=key)
        _insert(
            "settlement",
            settlement_id=key,
            receipt_id="",
            **of_order,
            recorded_at=now,
            due_on=row.delivery_day + timedelta(days=30),
            amount_fen=row.owed_fen,
            cooperative_fen=row.owed_fen,
            paid_fen=0,
            held_fen=0,
            passed_fen=0,
            open=True,
            purpose="compensation",
        )


def _insert(table: str, **values: object) -> None:
    op.get_bind().execute(sa.insert(_table(table, *values)).values(values))


def _table(name: str, *columns: str) -> sa.TableClause:
    types = {"delivery_day": sa.Date(), "due_on": sa.Date()}
    instants = {"booked_at": sqlmodel.UTCDateTime(), "recorded_at": sqlmodel.UTCDateTime()}
    return sa.table(name, *(sa.column(each, (types | instants).get(each)) for each in columns))


def downgrade() -> None:
    """Take the step back; what was booked meanwhile stays booked, and its kinds allowed."""
    for table in ("household_month", "changed_day", "county_day"):
        op.drop_table(table)
    with op.batch_alter_table("freight", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_freight_trip_id"))
    op.drop_table("trip")
    for table in PAID_FOR:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("purpose")
