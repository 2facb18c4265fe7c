"""What two people saw at the gate, how much may lack, photos; who acknowledged a recall, and how it ended."""

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
        "photo",
        sa.Column("photo_id", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("uploaded_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo")),
    )
    op.create_table(
        "weight_tolerance",
        sa.Column("food_code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("permille", sa.Integer(), nullable=False),
        sa.CheckConstraint("permille BETWEEN 0 AND 1000", name=op.f("ck_weight_tolerance_permille")),
        sa.PrimaryKeyConstraint("food_code", "valid_from", name=op.f("pk_weight_tolerance")),
    )
    op.create_table(
        "recall_acknowledgement",
        sa.Column("recall_id", sa.String(), nullable=False),
        sa.Column("canteen_id", sa.String(), nullable=False),
        sa.Column("put_aside_g", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("acknowledged_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recall.recall_id"], name=op.f("fk_recall_acknowledgement_recall_id_recall")
        ),
        sa.PrimaryKeyConstraint("recall_id", "canteen_id", name=op.f("pk_recall_acknowledgement")),
    )
    with op.batch_alter_table("receipt_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("inspection", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("captured_at", sqlmodel.UTCDateTime(), nullable=True))
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", sqlmodel.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("closing_note", sa.String(), nullable=False, server_default=""))
        batch_op.create_check_constraint(
            op.f("ck_recall_outcome"), "outcome IN ('destroyed', 'returned', 'tested_clean')"
        )
        batch_op.create_check_constraint(op.f("ck_recall_closed"), "(closed_at IS NULL) = (outcome IS NULL)")


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_recall_closed"), type_="check")
        batch_op.drop_constraint(op.f("ck_recall_outcome"), type_="check")
        batch_op.drop_column("closing_note")
        batch_op.drop_column("outcome")
        batch_op.drop_column("closed_at")
    with op.batch_alter_table("receipt_version", schema=None) as batch_op:
        batch_op.drop_column("captured_at")
        batch_op.drop_column("inspection")
    op.drop_table("recall_acknowledgement")
    op.drop_table("weight_tolerance")
    op.drop_table("photo")
