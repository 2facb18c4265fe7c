"""What a county asks of orders, and every version of an order; orders may wait for approval."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = (
    "draft",
    "refused",
    "placed",
    "confirmed",
    "declined",
    "cancelled",
    "dispatched",
    "loaded",
    "received",
    "settled",
)
SUPPLIERS = ("cooperative", "market")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Return the condition that a column holds one of these."""
    return f"{column} IN ({', '.join(map(repr, values))})"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "ordering_rule",
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("approval_limit_fen", sa.BigInteger(), nullable=True),
        sa.Column("approval_hours", sa.Integer(), nullable=False),
        sa.Column("cut_off_days", sa.Integer(), nullable=True),
        sa.Column("cut_off_at", sa.Time(), nullable=True),
        sa.Column("late_owed_permille", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("approval_limit_fen >= 0 AND approval_hours > 0", name=op.f("ck_ordering_rule_approval")),
        sa.CheckConstraint("late_owed_permille BETWEEN 0 AND 1000", name=op.f("ck_ordering_rule_owed")),
        sa.PrimaryKeyConstraint("region_code", "valid_from", name=op.f("pk_ordering_rule")),
    )
    op.create_table(
        "food",
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("food_group", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("food_code", name=op.f("pk_food")),
    )
    op.create_table(
        "order_version",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("grams", sa.JSON(), nullable=False),
        sa.CheckConstraint(one_of("status", STATES), name=op.f("ck_order_version_status")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.order_id"], name=op.f("fk_order_version_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "version", name=op.f("pk_order_version")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pack_size_g", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_at", sqlmodel.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("approve_by", sqlmodel.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("owed_fen", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("supplier", sa.String(length=16), nullable=False, server_default="cooperative"))
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(op.f("ck_purchase_order_status"), type_="check")
        batch_op.create_check_constraint(op.f("ck_purchase_order_status"), one_of("status", STATES))
        batch_op.create_check_constraint(op.f("ck_purchase_order_supplier"), one_of("supplier", SUPPLIERS))
        batch_op.create_check_constraint(op.f("ck_purchase_order_owed"), "owed_fen >= 0")


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.drop_column("supplier")
        batch_op.drop_column("owed_fen")
        batch_op.drop_column("approve_by")
        batch_op.drop_column("answered_at")

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_column("pack_size_g")

    op.drop_table("order_version")
    op.drop_table("food")
    op.drop_table("ordering_rule")
