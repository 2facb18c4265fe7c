"""How long drivers' days may be is a rule with a date, unless it is told of the driver."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

EVERYBODYS_MINUTES = 900
"""What held for every driver of whom nothing was told."""
_DRIVER = sa.table("driver", sa.column("longest_minutes", sa.Integer))
_MINUTES = _DRIVER.c.longest_minutes


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "driving_rule",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("longest_minutes", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("longest_minutes > 0", name=op.f("ck_driving_rule_longest_minutes")),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_driving_rule")),
    )
    with op.batch_alter_table("driver", schema=None) as batch_op:
        batch_op.alter_column("longest_minutes", existing_type=sa.Integer(), nullable=True, server_default=None)
    op.execute(sa.update(_DRIVER).where(_MINUTES == EVERYBODYS_MINUTES).values(longest_minutes=None))


def downgrade() -> None:
    """Take the step back."""
    op.execute(sa.update(_DRIVER).where(_MINUTES.is_(None)).values(longest_minutes=EVERYBODYS_MINUTES))
    with op.batch_alter_table("driver", schema=None) as batch_op:
        batch_op.alter_column("longest_minutes", existing_type=sa.Integer(), nullable=False)
    op.drop_table("driving_rule")
