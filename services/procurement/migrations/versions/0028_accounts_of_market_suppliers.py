"""On PostgreSQL a county's officials say what may be shown of their market supplier's account, too."""

from shared.auth.principal import Kind
from shared.row_security import expose, of, own, part_of, protect

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

OF_COOPERATIVE = of("payment_account", cooperative="cooperative_id", located=["cooperative"])
THERE = " ".join(("SELECT there.supplier_id FROM market_supplier there WHERE", own(Kind.COUNTY, "there.county_code")))
OF_SUPPLIER = f"payment_account.cooperative_id IN ({THERE})"
OWED = part_of("payment_account", "settlement", "cooperative_id")


def upgrade() -> None:
    """Apply the step."""
    expose("payment_account")
    protect("payment_account", OF_COOPERATIVE, OF_SUPPLIER, read=OWED)


def downgrade() -> None:
    """Take the step back."""
    expose("payment_account")
    protect("payment_account", OF_COOPERATIVE, read=OWED)
