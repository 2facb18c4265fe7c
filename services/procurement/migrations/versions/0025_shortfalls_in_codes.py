"""Why lines went short, in codes with numbers of offers: sentences were English only."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SAID = {
    "too late": "too-late",
    "not available that day": "not-that-day",
    "not fresh that day": "not-fresh",
    "declined before": "given-up",
    "out of reach": "reach",
    "too far for its temperature class": "class-reach",
    "without a vehicle of its temperature class": "vehicle-class",
    "used up": "used-up",
    "at a limit of the rules": "rules",
    "beyond the budget of the school's week": "budget",
}
WHOLE = {
    "the delivery day is too near": "day-too-near",
    "nobody offers this food": "not-offered",
    "ordered by hand in part": "by-hand",
    "left by the exact answer": "exact",
}


def _code_of(said: str) -> dict[str, int]:
    if said in WHOLE:
        return {WHOLE[said]: 0}
    parts = (part.partition(" ") for part in said.rpartition(": ")[2].split(", "))
    return {SAID[words]: int(count) for count, _, words in parts if words in SAID}


def _rewrite() -> None:
    table = sa.table("shortfall", sa.column("why", sa.JSON), sa.column("reason", sa.String))
    bind = op.get_bind()
    for (said,) in bind.execute(sa.select(table.c.reason).distinct()).all():
        bind.execute(sa.update(table).where(table.c.reason == said).values(why=_code_of(said)))


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("shortfall", schema=None) as batch_op:
        batch_op.add_column(sa.Column("why", sa.JSON(), nullable=False, server_default="{}"))
    _rewrite()
    with op.batch_alter_table("shortfall", schema=None) as batch_op:
        batch_op.drop_column("reason")


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("shortfall", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=500), nullable=False, server_default=""))
        batch_op.drop_column("why")
