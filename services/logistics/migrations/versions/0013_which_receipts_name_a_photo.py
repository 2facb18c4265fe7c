"""Which receipts name a photo: their parties may see it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; what receipts have named so far stands in their lines."""
    named = op.create_table(
        "receipt_photo",
        sa.Column("photo_id", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], name=op.f("fk_receipt_photo_photo_id_photo")),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.receipt_id"], name=op.f("fk_receipt_photo_receipt_id_receipt")
        ),
        sa.PrimaryKeyConstraint("photo_id", "receipt_id", name=op.f("pk_receipt_photo")),
    )
    signed = sa.table("receipt_version", sa.column("receipt_id"), sa.column("lines", sa.JSON))
    found = {
        (photo_id, row.receipt_id)
        for row in op.get_bind().execute(sa.select(signed.c.receipt_id, signed.c.lines))
        for line in row.lines
        for photo_id in line.get("photo_ids", ())
    }
    op.bulk_insert(named, [{"photo_id": photo, "receipt_id": receipt} for photo, receipt in sorted(found)])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("receipt_photo")
