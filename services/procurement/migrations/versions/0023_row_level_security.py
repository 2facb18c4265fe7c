"""Row-level security: on PostgreSQL requests see and change the rows of their own tenants only (decision 52)."""

from shared.row_security import expose, of, part_of, protect, protect_trail

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

EVERYBODY = "true"
OF_COUNTY = (
    *("joint_plan", "payment_file", "freight", "household_month", "county_day"),
    "sourcing_run",  # Read by those, too, whose offers and lines it weighed: its reasons say who they are.
    "market_supplier",  # Named on orders to all who read them.
)
SEEN_BY_ALL = ("sourcing_run", "market_supplier")
OF_RUNS = ("shortfall", "sourcing_change", "sourcing_difference", "sourcing_line_reason", "sourcing_offer_reason")
PARTS = (
    *(("order_line", "purchase_order", "order_id"), ("order_version", "purchase_order", "order_id")),
    *(("receipt", "purchase_order", "order_id"), ("joint_round", "joint_plan", "planning_id")),
    *(("joint_draft", "joint_plan", "planning_id"), ("payment_line", "payment", "payment_id")),
    *(("payment_file_line", "payment_file", "file_id"), ("ledger_entry", "ledger_transaction", "transaction_id")),
    *(("ledger_waiting", "ledger_transaction", "transaction_id"), ("lot_contribution", "lot", "lot_id")),
    ("ledger_link", "ledger_transaction", "transaction_id"),
)
OTHERS = (
    *("cooperative", "canteen", "purchase_order", "demand_line", "menu", "dispute", "substitution", "settlement"),
    *("payment", "payment_account", "lot", "ledger_transaction"),
)


def of_county(table: str) -> str:
    """Return the condition that a row is of an own county."""
    return of(table, county="county_code")


def of_canteen(table: str) -> str:
    """Return the condition that a row is of an own canteen, or one in an own county."""
    return of(table, canteen="canteen_id", located=["canteen"])


def of_cooperative(table: str) -> str:
    """Return the condition that a row is of an own cooperative, or one in an own county."""
    return of(table, cooperative="cooperative_id", located=["cooperative"])


def upgrade() -> None:
    """Apply the step."""
    protect("canteen", of("canteen", county="county_code", canteen="canteen_id"), read=EVERYBODY)
    protect("cooperative", of("cooperative", county="county_code", cooperative="cooperative_id"), read=EVERYBODY)
    for table in OF_COUNTY:
        protect(table, of_county(table), read=EVERYBODY if table in SEEN_BY_ALL else None)
    for table in ("purchase_order", "dispute", "settlement"):
        protect(table, of_county(table), of_canteen(table), of_cooperative(table))
    for table in ("demand_line", "menu", "substitution"):
        protect(table, of_county(table), of_canteen(table))
    protect("payment", of_county("payment"), of_cooperative("payment"))
    protect("lot", of_cooperative("lot"))
    # Whom a county owes anything, it pays, wherever that is.
    owed = part_of("payment_account", "settlement", "cooperative_id")
    protect("payment_account", of_cooperative("payment_account"), read=owed)
    delivered = part_of("ledger_transaction", "purchase_order", "order_id")
    protect("ledger_transaction", of_county("ledger_transaction"), delivered)
    for table in OF_RUNS:
        arms = [part_of(table, "sourcing_run", "run_id", where=of_county("sourcing_run"))]
        if table in ("shortfall", "sourcing_line_reason"):
            arms.append(part_of(table, "demand_line", "demand_id"))
        if table in ("sourcing_change", "sourcing_offer_reason"):
            arms.append(of(table, cooperative="cooperative_id"))
        protect(table, *arms)
    for table, whole, column in PARTS:
        protect(table, part_of(table, whole, column))
    protect_trail()


def downgrade() -> None:
    """Take the step back."""
    trail = ("audit_act", "audit_waiting", "audit_change", "audit_link")
    for table in (*OF_COUNTY, *OF_RUNS, *(part[0] for part in PARTS), *OTHERS, *trail):
        expose(table)
