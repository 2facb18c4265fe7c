"""The ledger's hash chain: links cannot be changed; what was booked before waits for its link in order."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "ledger_waiting",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("transaction_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ledger_waiting")),
    )
    with op.batch_alter_table("ledger_waiting", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_waiting_county_code", ["county_code", "position"], unique=False)

    op.create_table(
        "ledger_link",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transaction.transaction_id"],
            name=op.f("fk_ledger_link_transaction_id_ledger_transaction"),
        ),
        sa.PrimaryKeyConstraint("county_code", "number", name=op.f("pk_ledger_link")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_ledger_link_transaction_id")),
    )
    refuse_changes()
    op.execute(
        "INSERT INTO ledger_waiting (county_code, transaction_id)"
        " SELECT county_code, transaction_id FROM ledger_transaction ORDER BY booked_at, transaction_id"
    )


def refuse_changes() -> None:
    """Let the database refuse UPDATE and DELETE of links, as of what they seal."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER ledger_link_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_link"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ledger_link_no_{change.lower()} BEFORE {change} ON ledger_link"
            " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("ledger_link")
    with op.batch_alter_table("ledger_waiting", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_waiting_county_code")

    op.drop_table("ledger_waiting")
