"""Which files show lots as they were harvested."""

import sqlalchemy as sa
from alembic import op

from shared.row_security import expose, part_of, protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "lot_photo",
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.file_id"], name=op.f("fk_lot_photo_file_id_stored_file")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name=op.f("fk_lot_photo_lot_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot_photo")),
    )
    op.create_index(op.f("ix_lot_photo_file_id"), "lot_photo", ["file_id"])
    protect("lot_photo", part_of("lot_photo", "lot", "lot_id"), read="true")


def downgrade() -> None:
    """Take the step back."""
    expose("lot_photo")
    op.drop_table("lot_photo")
