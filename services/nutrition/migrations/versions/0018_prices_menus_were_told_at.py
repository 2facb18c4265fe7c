"""The prices a version of a menu was told at."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("menu_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prices", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("menu_version", schema=None) as batch_op:
        batch_op.drop_column("prices")
