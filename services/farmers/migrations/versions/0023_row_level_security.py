"""Row-level security: on PostgreSQL a clerk's or a county's requests see and change no other's rows (decision 52)."""

from shared.row_security import expose, of, part_of, protect, protect_trail

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OF_COOPERATIVE = (
    *("cooperative_account", "cooperative_contact", "capacity", "contract", "offer", "forecast", "certificate"),
    *("payout", "webhook_endpoint", "cooperative_payment", "household_income"),
)
PARTS = (
    *(("order_line", "purchase_order", "order_id"), ("packed_lot", "purchase_order", "order_id")),
    *(("settlement_line", "settlement", "settlement_id"), ("payment_line", "cooperative_payment", "payment_id")),
    *(("payout_line", "payout", "payout_id"), ("offer_hold", "offer", "offer_id")),
    *(("contract_delivery", "contract", "contract_id"), ("contract_version", "contract", "contract_id")),
    *(("certificate_product", "certificate", "certificate_id"), ("household_status", "household", "household_id")),
    *(("application_document", "application", "application_id"), ("application_step", "application", "application_id")),
    *(("application_product", "application", "application_id"), ("webhook_secret", "webhook_endpoint", "endpoint_id")),
    *(("webhook_delivery", "webhook_endpoint", "endpoint_id"), ("webhook_attempt", "webhook_delivery", "delivery_id")),
)
OF_LOTS = ("lot_contribution", "lot_parent", "lot_test")
OF_HOUSEHOLDS = ("household_person", "registry_number", "disclosure", "erasure")
OF_THE_REGISTRY = ("registry_load", "registry_load_error", "registry_refusal", "registry_state")


def of_cooperative(table: str) -> str:
    """Return the condition that a row is of an own cooperative, or one in an own county."""
    return of(table, cooperative="cooperative_id", located=["cooperative"])


def upgrade() -> None:
    """Apply the step."""
    everybody = "true"
    protect("cooperative", of("cooperative", county="county_code", cooperative="cooperative_id"), read=everybody)
    for table in OF_COOPERATIVE:
        protect(table, of_cooperative(table))
    sides = {"canteen": "canteen_id", "cooperative": "cooperative_id"}
    protect("purchase_order", of("purchase_order", county="county_code", **sides, located=["cooperative"]))
    protect("settlement", of("settlement", **sides, located=["cooperative"]))
    protect("application", of("application", county="county_code", cooperative="cooperative_id"))
    # Who receives what was packed reads of which harvest it is.
    protect("lot", of_cooperative("lot"), read=part_of("lot", "packed_lot", "lot_id"))
    # Who was a member still stands in the books of then. Where a household was before must be seen by whoever says
    # where it is now: memberships do not overlap.
    member = part_of("household", "membership", "household_id", where=of_cooperative("membership"))
    protect("household", of_cooperative("household"), member)
    protect("membership", of_cooperative("membership"), read=everybody)
    for table in OF_HOUSEHOLDS:
        protect(table, part_of(table, "household", "household_id", where=of_cooperative("household")))
    for table in OF_LOTS:
        protect(table, part_of(table, "lot", "lot_id", where=of_cooperative("lot")))
    for table, whole, column in PARTS:
        protect(table, part_of(table, whole, column))
    for table in OF_THE_REGISTRY:
        protect(table)
    protect_trail()


def downgrade() -> None:
    """Take the step back."""
    parts = [table for table, _, _ in PARTS]
    others = ("cooperative", "purchase_order", "settlement", "application", "lot", "household", "membership")
    trail = ("audit_act", "audit_waiting", "audit_change", "audit_link")
    for table in (*OF_COOPERATIVE, *parts, *OF_LOTS, *OF_HOUSEHOLDS, *OF_THE_REGISTRY, *others, *trail):
        expose(table)
