"""Who may call what in logistics (decision 43)."""

from services.logistics import owners
from shared.auth.access import PROVINCE, WHOLE_PROVINCE, Access, objects, open_to_all, rows, rule, within
from shared.auth.principal import Kind, Role

OFFICE = {Role.DISPATCHER, Role.ADMINISTRATOR}
STAFF = {*OFFICE, Role.OFFICIAL}
ROAD = {Role.DRIVER, *OFFICE}
WATCHERS = {Role.NUTRITIONIST, Role.OFFICIAL, Role.ADMINISTRATOR}
"""Who looks after food in a county."""
PARTIES = {Role.CANTEEN, Role.CLERK, Role.DISPATCHER, *WATCHERS}

_CARGO = "what a trip carries is of several schools, cooperatives and counties"
_WAY = "the way of a lot leads through cooperatives and schools"

_IN_COUNTY = within(county="county_code")
_PLAN = objects("trip-plan", owners.of_plans, "plan_id")
_TRIP = objects("trip", owners.of_trips, "trip_id", lasting=False)
_RECEIPT = objects("receipt", owners.of_receipts, "receipt_id")
# A lot goes further while its recall is open.
_PARTY = within(canteen="canteen_id", cooperative="cooperative_id", county="county_code")
_RECALL = objects("recall", owners.of_recalls, "recall_id", lasting=False)

_FLEET = [
    rule(
        "PUT /depots",
        OFFICE,
        rows("rows.rows", county="county_code"),
        objects("depot", owners.of_depots, "rows.rows[].depot_id", lasting=False, may_be_new=True),
    ),
    rule(
        "PUT /vehicles",
        OFFICE,
        objects("depot", owners.of_depots, "rows.rows[].depot_id", lasting=False),
        objects("vehicle", owners.of_vehicles, "rows.rows[].vehicle_id", lasting=False, may_be_new=True),
    ),
    rule(
        "PUT /drivers",
        OFFICE,
        objects("depot", owners.of_depots, "rows.rows[].depot_id", lasting=False),
        objects("driver", owners.of_drivers, "rows.rows[].driver_id", lasting=False, may_be_new=True),
    ),
    rule("PUT /availability", OFFICE, objects("subject", owners.of_crews, "rows.rows[].subject_id", lasting=False)),
    rule(
        "PUT /spare-capacity",
        {Role.CLERK, *OFFICE},
        objects("vehicle", owners.of_vehicles, "rows.rows[].vehicle_id", lasting=False),
    ),
    rule(
        "PUT /access",
        OFFICE,
        objects("place", owners.of_places, "rows.rows[].place_id", lasting=False),
        objects("depot", owners.of_depots, "rows.rows[].depot_id", lasting=False, optional=True),
    ),
    rule(
        "PUT /devices",
        OFFICE,
        objects("vehicle", owners.of_vehicles, "rows.rows[].vehicle_id", lasting=False),
        objects("device", owners.of_devices, "rows.rows[].device_id", lasting=False, may_be_new=True),
    ),
    rule("PUT /driving-rules", {Role.ADMINISTRATOR}, WHOLE_PROVINCE),
    rule("GET /driving-rules", set(Role), PROVINCE),
    *(
        rule(f"GET /{name}", STAFF, _IN_COUNTY)
        for name in ("depots", "places", "vehicles", "drivers", "availability", "spare-capacity", "access", "devices")
    ),
]

_TRIPS = [
    rule("POST /trip-plans", OFFICE, within(county="body.county_code")),
    rule("POST /trip-plans/anew", OFFICE, within(county="body.county_code"), crosses=_CARGO),
    rule("GET /trip-plans", STAFF, _IN_COUNTY),
    rule("GET /trip-plans/{plan_id}", STAFF, _PLAN),
    rule("POST /trip-plans/{plan_id}/apply", OFFICE, _PLAN, crosses=_CARGO),
    rule("POST /trip-plans/{plan_id}/cancel", OFFICE, _PLAN),
    rule("POST /day-plans", OFFICE, WHOLE_PROVINCE),
    rule("GET /day-plans/{day_plan_id}", STAFF, WHOLE_PROVINCE),
    rule("POST /day-plans/{day_plan_id}/cancel", OFFICE, WHOLE_PROVINCE),
    rule("GET /trips", {Role.DRIVER, *STAFF}, within(county="county_code", driver="driver_id"), crosses=_CARGO),
    rule("GET /trip-days", {Role.DRIVER, *STAFF}, within(county="county_code", driver="driver_id")),
    rule("GET /trips/{trip_id}", {Role.DRIVER, *STAFF}, _TRIP, crosses=_CARGO),
    rule("GET /trips/{trip_id}/run-sheet", {Role.DRIVER, *STAFF}, _TRIP, crosses=_CARGO),
    rule("GET /trips/{trip_id}/run-sheet/page", {Role.DRIVER, *STAFF}, _TRIP, crosses=_CARGO),
    rule("GET /trips/{trip_id}/loading-check", {Role.DRIVER, *STAFF}, _TRIP, crosses=_CARGO),
    rule("POST /trips/{trip_id}/scans", ROAD, _TRIP, crosses=_CARGO),
    rule("POST /trips/{trip_id}/load", ROAD, _TRIP, crosses=_CARGO),
    rule("POST /trips/{trip_id}/depart", ROAD, _TRIP, crosses=_CARGO),
    rule("POST /trips/{trip_id}/arrive", ROAD, _TRIP, crosses=_CARGO),
    rule("POST /trips/{trip_id}/breakdown", ROAD, _TRIP, crosses=_CARGO),
    rule("GET /trips/{trip_id}/freight", STAFF, _TRIP, crosses=_CARGO),
    rule("GET /trips/freight/{county_code}/{day}", STAFF, _IN_COUNTY, crosses=_CARGO),
]

_PHONES = [
    # Each place and each driver says its own number; the office does it for those who do not.
    rule("PUT /canteens/{canteen_id}/phone", {Role.CANTEEN, *OFFICE}, within(canteen="canteen_id")),
    rule("GET /canteens/{canteen_id}/phone", {Role.CANTEEN, *OFFICE}, within(canteen="canteen_id")),
    rule("PUT /cooperatives/{cooperative_id}/phone", {Role.CLERK, *OFFICE}, within(cooperative="cooperative_id")),
    rule("GET /cooperatives/{cooperative_id}/phone", {Role.CLERK, *OFFICE}, within(cooperative="cooperative_id")),
    rule("PUT /drivers/{driver_id}/phone", ROAD, objects("driver", owners.of_drivers, "driver_id", lasting=False)),
    rule("GET /drivers/{driver_id}/phone", ROAD, objects("driver", owners.of_drivers, "driver_id", lasting=False)),
    rule("GET /trips/{trip_id}/phones", ROAD, _TRIP, crosses=_CARGO),
]

_TRACKING = [
    # Readings of a device that nobody knows are refused one by one: the others must not be lost with them.
    rule(
        "POST /points",
        {Role.DEVICE, *OFFICE},
        objects("device", owners.of_devices, "body.points[].device_id", lasting=False, may_be_new=True),
        crosses=_CARGO,
    ),
    rule("POST /trips/{trip_id}/points", {Role.DEVICE, *ROAD}, _TRIP, crosses=_CARGO),
    rule("GET /trips/{trip_id}/points", {Role.DRIVER, *STAFF}, _TRIP),
    rule("PUT /tracking-rules", {Role.ADMINISTRATOR}, WHOLE_PROVINCE),
    rule("GET /tracking-rules", set(Role), PROVINCE),
    rule("GET /board", STAFF, _IN_COUNTY, crosses=_CARGO),
    rule("GET /board/stream", STAFF, _IN_COUNTY, crosses=_CARGO),
    rule("PUT /temperature-limits", {Role.ADMINISTRATOR}, WHOLE_PROVINCE),
    rule("GET /temperature-limits", set(Role), PROVINCE),
    rule("GET /cold-chain-alarms", {Role.NUTRITIONIST, *STAFF}, _IN_COUNTY),
    rule(
        "POST /cold-chain-alarms/{alarm_id}/acknowledge",
        {Role.NUTRITIONIST, *OFFICE},
        objects("alarm", owners.of_alarms, "alarm_id"),
        crosses=_CARGO,
    ),
    rule("GET /trips/{trip_id}/cold-chain", {Role.DRIVER, Role.NUTRITIONIST, *STAFF}, _TRIP, crosses=_CARGO),
    rule("GET /trips/{trip_id}/cold-chain.csv", {Role.DRIVER, Role.NUTRITIONIST, *STAFF}, _TRIP, crosses=_CARGO),
]

_GATE = [
    rule("GET /consignments", PARTIES, _PARTY),
    rule("GET /delivery-days", PARTIES, _PARTY),
    rule("GET /consignments/{order_id}", PARTIES, objects("consignment", owners.of_orders, "order_id")),
    rule(
        "POST /consignments/{order_id}/give-up",
        OFFICE,
        objects("consignment", owners.of_orders, "order_id"),
    ),
    rule("POST /receipts", {Role.CANTEEN}, objects("order", owners.of_orders, "body.order_id")),
    rule("POST /receipts/batch", {Role.CANTEEN}, objects("order", owners.of_orders, "body.receipts[].order_id")),
    rule("GET /receipts", {Role.CANTEEN, *WATCHERS}, within(canteen="canteen_id")),
    rule("GET /receipts/{receipt_id}", {Role.CANTEEN, Role.CLERK, *WATCHERS}, _RECEIPT),
    rule("PUT /receipts/{receipt_id}", {Role.CANTEEN}, _RECEIPT),
    rule("GET /canteens/{canteen_id}/signers", {Role.CANTEEN, *WATCHERS}, within(canteen="canteen_id")),
    rule(
        "DELETE /canteens/{canteen_id}/signers/{signer_id}",
        {Role.CANTEEN, Role.NUTRITIONIST, Role.ADMINISTRATOR},
        within(canteen="canteen_id"),
    ),
    rule("PUT /weight-tolerances", {Role.ADMINISTRATOR}, WHOLE_PROVINCE),
    rule("GET /weight-tolerances", set(Role), PROVINCE),
    # A photo is nobody's until a receipt names it.
    rule("POST /photos", {Role.CANTEEN, Role.DRIVER}, PROVINCE),
    rule(
        "GET /photos/{photo_id}",
        {Role.CANTEEN, Role.CLERK, *WATCHERS},
        objects("photo", owners.of_photos, "photo_id", lasting=False),
    ),
]

_TRACE = [
    rule("GET /delivery-figures", {Role.NUTRITIONIST, *STAFF}, _IN_COUNTY),
    # The paper at the serving hatch is read by parents and pupils.
    open_to_all("GET /public-trace/meals/{meal_id}"),
    rule(
        "GET /trace/meals/{meal_id}",
        {Role.CANTEEN, *WATCHERS},
        objects("meal", owners.of_meals, "meal_id"),
        crosses=_WAY,
    ),
    rule("GET /trace/lots/{lot_id}", {Role.CLERK, *WATCHERS}, objects("lot", owners.of_lots, "lot_id"), crosses=_WAY),
    rule(
        "POST /recalls",
        {Role.CLERK, Role.NUTRITIONIST, Role.ADMINISTRATOR},
        objects("lot", owners.of_lots, "body.lot_id"),
        crosses=_WAY,
    ),
    rule(
        "GET /recalls",
        {Role.CANTEEN, Role.CLERK, *WATCHERS},
        _PARTY,
        crosses=_WAY,
    ),
    rule("GET /recalls/{recall_id}", {Role.CANTEEN, Role.CLERK, *WATCHERS}, _RECALL, crosses=_WAY),
    rule(
        "POST /recalls/{recall_id}/acknowledgements",
        {Role.CANTEEN, Role.NUTRITIONIST},
        within(canteen="body.canteen_id"),
        _RECALL,
        crosses=_WAY,
    ),
    rule(
        "POST /recalls/{recall_id}/close",
        {Role.NUTRITIONIST, Role.ADMINISTRATOR},
        objects("recall", owners.of_recalled, "recall_id"),
        crosses=_WAY,
    ),
    rule("GET /epcis/events", {Role.CANTEEN, *WATCHERS}, within(canteen="canteen_id"), crosses=_WAY),
    rule("POST /epcis/capture", {Role.ADMINISTRATOR}, WHOLE_PROVINCE),
]

access = Access(
    county_of={
        Kind.CANTEEN: owners.counties_of_canteens,
        Kind.COOPERATIVE: owners.counties_of_cooperatives,
    },
    rules=[*_FLEET, *_TRIPS, *_PHONES, *_TRACKING, *_GATE, *_TRACE],
)
