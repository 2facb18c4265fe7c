"""Photos nobody names: each waits for a receipt, and is kept or gone."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; those that are there are judged like any other."""
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(), nullable=False, server_default="waiting"))
        batch_op.create_check_constraint(op.f("ck_photo_state"), "state IN ('waiting', 'kept', 'gone')")
        batch_op.create_index("ix_photo_state_uploaded_at", ["state", "uploaded_at"], unique=False)
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.alter_column("state", server_default=None)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index("ix_photo_state_uploaded_at")
        batch_op.drop_constraint(op.f("ck_photo_state"), type_="check")
        batch_op.drop_column("state")
