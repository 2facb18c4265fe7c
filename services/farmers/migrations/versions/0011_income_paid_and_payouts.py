"""What cooperatives were paid, what they passed on to households, and by how much lines were settled."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WAITING = sa.text("payout_id IS NULL AND cooperative_paid_on IS NOT NULL AND amount_fen <> 0")


def upgrade() -> None:
    """Apply the step; a household was poor, or not, for all of a part that was kept before."""
    op.create_table(
        "cooperative_payment",
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_cooperative_payment")),
    )
    with op.batch_alter_table("cooperative_payment", schema=None) as batch_op:
        batch_op.create_index("ix_cooperative_payment_cooperative_id", ["cooperative_id", "payment_id"], unique=False)

    op.create_table(
        "payment_line",
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["cooperative_payment.payment_id"],
            name=op.f("fk_payment_line_payment_id_cooperative_payment"),
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.settlement_id"], name=op.f("fk_payment_line_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("payment_id", "settlement_id", name=op.f("pk_payment_line")),
    )
    with op.batch_alter_table("payment_line", schema=None) as batch_op:
        batch_op.create_index("ix_payment_line_settlement_id", ["settlement_id"], unique=False)

    op.create_table(
        "payout",
        sa.Column("payout_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reverses", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("method IN ('bank', 'cash')", name=op.f("ck_payout_method")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_payout_cooperative_id_cooperative")
        ),
        sa.ForeignKeyConstraint(["reverses"], ["payout.payout_id"], name=op.f("fk_payout_reverses_payout")),
        sa.PrimaryKeyConstraint("payout_id", name=op.f("pk_payout")),
    )
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.create_index("ix_payout_cooperative_id", ["cooperative_id", "payout_id"], unique=False)
        batch_op.create_index("ix_payout_reverses", ["reverses"], unique=False)

    op.create_table(
        "settlement_line",
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.settlement_id"], name=op.f("fk_settlement_line_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("settlement_id", "line_id", name=op.f("pk_settlement_line")),
    )
    op.create_table(
        "payout_line",
        sa.Column("payout_id", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.payout_id"], name=op.f("fk_payout_line_payout_id_payout")),
        sa.PrimaryKeyConstraint("payout_id", "household_id", "settlement_id", name=op.f("pk_payout_line")),
    )
    with op.batch_alter_table("household_income", schema=None) as batch_op:
        batch_op.add_column(sa.Column("poor_fen", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("cooperative_paid_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("payout_id", sa.String(length=64), nullable=True))
        batch_op.create_index("ix_household_income_payout_id", ["payout_id"], unique=False)
        batch_op.create_index(
            "ix_household_income_waiting",
            ["cooperative_id", "household_id", "cooperative_paid_on"],
            unique=False,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        )

    op.execute("UPDATE household_income SET poor_fen = amount_fen WHERE poor")

    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paid_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.drop_column("paid_on")

    with op.batch_alter_table("household_income", schema=None) as batch_op:
        batch_op.drop_index("ix_household_income_waiting", sqlite_where=_WAITING, postgresql_where=_WAITING)
        batch_op.drop_index("ix_household_income_payout_id")
        batch_op.drop_column("payout_id")
        batch_op.drop_column("cooperative_paid_on")
        batch_op.drop_column("poor_fen")

    op.drop_table("payout_line")
    op.drop_table("settlement_line")
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.drop_index("ix_payout_reverses")
        batch_op.drop_index("ix_payout_cooperative_id")

    op.drop_table("payout")
    with op.batch_alter_table("payment_line", schema=None) as batch_op:
        batch_op.drop_index("ix_payment_line_settlement_id")

    op.drop_table("payment_line")
    with op.batch_alter_table("cooperative_payment", schema=None) as batch_op:
        batch_op.drop_index("ix_cooperative_payment_cooperative_id")

    op.drop_table("cooperative_payment")
