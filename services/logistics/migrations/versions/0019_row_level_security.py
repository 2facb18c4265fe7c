"""Row-level security: on PostgreSQL requests see and change rows of their own parties and counties (decision 52)."""

from shared.auth.principal import Kind
from shared.row_security import expose, of, own, part_of, protect, protect_trail

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

EVERYBODY = "true"
PARTS = (
    *((table, "consignment", "order_id") for table in ("consignment_line", "consignment_lot", "scanned_lot")),
    *((table, "receipt", "receipt_id") for table in ("receipt_version", "receipt_photo")),
    *((table, "served_meal", "meal_id") for table in ("meal_food", "kept_sample")),
    *(
        (table, "trip", "trip_id")
        for table in ("trip_stop", "trip_state", "point", "cold_chain_alarm", "cold_chain_report")
    ),
    ("spare_capacity", "vehicle", "vehicle_id"),
)
OTHERS = (
    *("depot", "vehicle", "driver", "device", "availability", "access", "place", "consignment", "receipt"),
    *("served_meal", "recall_acknowledgement", "trip", "trip_plan", "lot", "lot_parent", "recall"),
)


def in_county(column: str, kind: str) -> str:
    """Return the condition that a canteen or cooperative lies in an own county."""
    there = f"place.kind = '{kind}' AND {own(Kind.COUNTY, 'place.county_code')}"
    return f"{column} IN (SELECT place.place_id FROM place WHERE {there})"  # noqa: S608 (names are those of the step)


def of_canteen(table: str) -> str:
    """Return the condition that a row is of an own canteen, or one in an own county."""
    return f"{of(table, canteen='canteen_id')} OR {in_county(f'{table}.canteen_id', 'canteen')}"


def of_cooperative(table: str) -> str:
    """Return the condition that a row is of an own cooperative, or one in an own county."""
    return f"{of(table, cooperative='cooperative_id')} OR {in_county(f'{table}.cooperative_id', 'cooperative')}"


def upgrade() -> None:
    """Apply the step."""
    of_depot = of("depot", county="county_code")
    protect("place", of("place", county="county_code"), read=EVERYBODY)
    protect("depot", of_depot)
    of_vehicle = part_of("vehicle", "depot", "depot_id", where=of_depot)
    protect("vehicle", of_vehicle, of("vehicle", cooperative="cooperative_id"))
    protect("driver", part_of("driver", "depot", "depot_id", where=of_depot), of("driver", driver="driver_id"))
    # What a driver carries is nobody's until it is mounted.
    protect("device", part_of("device", "vehicle", "vehicle_id"), "device.vehicle_id IS NULL")
    vehicles = "EXISTS (SELECT FROM vehicle WHERE vehicle.vehicle_id = availability.subject_id)"
    drivers = "EXISTS (SELECT FROM driver WHERE driver.driver_id = availability.subject_id)"
    protect("availability", vehicles, drivers)
    at_gate = "place.kind = access.kind AND " + of("place", county="county_code")
    protect("access", part_of("access", "place", "place_id", where=at_gate))
    protect(
        "consignment", of("consignment", county="county_code"), of_canteen("consignment"), of_cooperative("consignment")
    )
    protect("receipt", of_canteen("receipt"), of_cooperative("receipt"))
    for table in ("served_meal", "recall_acknowledgement"):
        protect(table, of_canteen(table))
    # Whose goods a trip brings reads when it comes.
    carried = part_of("trip", "consignment", "trip_id")
    protect("trip", of("trip", county="county_code", driver="driver_id"), read=carried)
    protect("trip_plan", of("trip_plan", county="county_code"))
    # At every gate it must be known what is recalled.
    for table in ("lot", "recall"):
        protect(table, of_cooperative(table), read=EVERYBODY)
    protect("lot_parent", part_of("lot_parent", "lot", "lot_id", where=of_cooperative("lot")), read=EVERYBODY)
    for table, whole, column in PARTS:
        protect(table, part_of(table, whole, column))
    protect_trail()


def downgrade() -> None:
    """Take the step back."""
    trail = ("audit_act", "audit_waiting", "audit_change", "audit_link")
    for table in (*(part[0] for part in PARTS), *OTHERS, *trail):
        expose(table)
