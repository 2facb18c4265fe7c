"""On PostgreSQL who a household is, is seen by the cooperative it belongs to until it moves, too."""

from shared.row_security import expose, of, part_of, protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = ("household_person", "registry_number", "disclosure", "erasure")


def upgrade() -> None:
    """Apply the step; which of its cooperatives a household belongs to today, says the guard."""
    for table in TABLES:
        expose(table)
        protect(table, _part_of(table, "household"), _part_of(table, "membership"))


def downgrade() -> None:
    """Take the step back."""
    for table in TABLES:
        expose(table)
        protect(table, _part_of(table, "household"))


def _part_of(table: str, whole: str) -> str:
    mine = of(whole, cooperative="cooperative_id", located=["cooperative"])
    return part_of(table, whole, "household_id", where=mine)
