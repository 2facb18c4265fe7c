"""Freight."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "freight",
        sa.Column("freight_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("carrier_id", sa.String(length=64), nullable=False),
        sa.Column("trip_id", sa.String(length=64), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("booked_by", sa.String(length=64), nullable=False),
        sa.Column("booked_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["freight_id"], ["ledger_transaction.transaction_id"], name=op.f("fk_freight_freight_id_ledger_transaction")
        ),
        sa.PrimaryKeyConstraint("freight_id", name=op.f("pk_freight")),
    )
    with op.batch_alter_table("freight", schema=None) as batch_op:
        batch_op.create_index("ix_freight_county_code", ["county_code", "freight_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("freight", schema=None) as batch_op:
        batch_op.drop_index("ix_freight_county_code")

    op.drop_table("freight")
