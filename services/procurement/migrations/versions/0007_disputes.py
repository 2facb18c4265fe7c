"""What was agreed on settling, disputes, payment files."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "dispute",
        sa.Column("dispute_id", sa.String(length=64), nullable=False),
        sa.Column("receipt_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("dispatched_g", sa.BigInteger(), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.Column("weighed_fen", sa.BigInteger(), nullable=False),
        sa.Column("ordered_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=1200), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("opened_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("school_statement", sa.String(length=1000), nullable=False),
        sa.Column("cooperative_statement", sa.String(length=1000), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.Column("decided_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.CheckConstraint("decision IN ('as-weighed', 'as-ordered', 'amount')", name=op.f("ck_dispute_decision")),
        sa.CheckConstraint("status IN ('open', 'decided', 'withdrawn')", name=op.f("ck_dispute_status")),
        sa.CheckConstraint("weighed_fen <= ordered_fen", name=op.f("ck_dispute_held")),
        sa.PrimaryKeyConstraint("dispute_id", name=op.f("pk_dispute")),
    )
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_delivery_day", ["delivery_day", "county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index("ix_dispute_status", ["status", "decide_by"], unique=False)

    op.create_table(
        "funding_share",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("central_permille", sa.Integer(), nullable=False),
        sa.Column("local_permille", sa.Integer(), nullable=False),
        sa.Column("parents_permille", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "central_permille + local_permille + parents_permille = 1000", name=op.f("ck_funding_share_whole")
        ),
        sa.CheckConstraint(
            "central_permille >= 0 AND local_permille >= 0 AND parents_permille >= 0",
            name=op.f("ck_funding_share_parts"),
        ),
        sa.PrimaryKeyConstraint("scope", "valid_from", name=op.f("pk_funding_share")),
    )
    op.create_table(
        "payment_account",
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("account_masked", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_payment_account")),
    )
    op.create_table(
        "payment_file",
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.CheckConstraint("status IN ('open', 'confirmed', 'cancelled')", name=op.f("ck_payment_file_status")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_payment_file")),
    )
    with op.batch_alter_table("payment_file", schema=None) as batch_op:
        batch_op.create_index("ix_payment_file_county_code", ["county_code", "file_id"], unique=False)

    op.create_table(
        "settlement_terms",
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("dispute_days", sa.Integer(), nullable=False),
        sa.Column("weight_permille", sa.Integer(), nullable=True),
        sa.Column("tolerance_fen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(weight_permille IS NULL) = (tolerance_fen IS NULL)", name=op.f("ck_settlement_terms_tolerance")
        ),
        sa.CheckConstraint("payment_days >= 0 AND dispute_days >= 0", name=op.f("ck_settlement_terms_days")),
        sa.PrimaryKeyConstraint("region_code", "valid_from", name=op.f("pk_settlement_terms")),
    )
    op.create_table(
        "payment_file_line",
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["payment_file.file_id"], name=op.f("fk_payment_file_line_file_id_payment_file")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.settlement_id"], name=op.f("fk_payment_file_line_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("file_id", "settlement_id", name=op.f("pk_payment_file_line")),
    )
    with op.batch_alter_table("payment_file_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_file_line_settlement_id"), ["settlement_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("payment_file_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_file_line_settlement_id"))

    op.drop_table("payment_file_line")
    op.drop_table("settlement_terms")
    with op.batch_alter_table("payment_file", schema=None) as batch_op:
        batch_op.drop_index("ix_payment_file_county_code")

    op.drop_table("payment_file")
    op.drop_table("payment_account")
    op.drop_table("funding_share")
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_status")
        batch_op.drop_index(batch_op.f("ix_dispute_receipt_id"))
        batch_op.drop_index("ix_dispute_delivery_day")

    op.drop_table("dispute")
