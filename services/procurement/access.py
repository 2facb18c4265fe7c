"""Who may call what in procurement (decision 43).

Officials buy, decide and pay for their county. The staff of a canteen sees what is needed and ordered for it, a clerk
what its cooperative is asked for and paid; both speak in a dispute. What a county buys by is no secret. Who belongs to
a household is told to nobody but its cooperative and the county's officials.
"""

from services.procurement.disputes import queries as disputes
from services.procurement.freight import queries as freight
from services.procurement.joint import queries as joint
from services.procurement.ledger import tenants as ledger
from services.procurement.market import queries as market
from services.procurement.orders import queries as orders
from services.procurement.partners import queries as partners
from services.procurement.paymentfiles import queries as files
from services.procurement.payments import queries as payments
from services.procurement.prices import queries as prices
from services.procurement.settlement import queries as settlements
from services.procurement.sourcing import queries as runs
from services.procurement.sourcing.reasons import queries as reasons
from services.procurement.substitution import queries as substitutions
from services.procurement.tenants import OFFICIALS
from shared.auth.access import PROVINCE, WHOLE_PROVINCE, Access, objects, rows, rule, within
from shared.auth.principal import Kind, Role

EVERYBODY = set(Role)
SCHOOLS = {Role.CANTEEN, Role.NUTRITIONIST, *OFFICIALS}
SUPPLIERS = {Role.CLERK, *OFFICIALS}
PARTIES = {*SCHOOLS, *SUPPLIERS}
CARRIERS = {Role.DISPATCHER, *OFFICIALS}

COUNTY = within(county="county_code")
COUNTY_OF_BODY = within(county="body.county_code")
COUNTY_ROWS = rows("body.rows", county="county_code")
REGION_ROWS = rows("body.rows", county="region_code")
EITHER_PARTY = within(canteen="canteen_id", cooperative="cooperative_id", county="county_code")

ORDER = objects("order", orders.tenants_of, "order_id")
DISPUTE = objects("dispute", disputes.tenants_of, "dispute_id")
JOINT_PLAN = objects("joint-plan", joint.tenants_of, "planning_id")
RUN = objects("sourcing-run", runs.tenants_of, "run_id")
# A run is also theirs whose offers and demand it looked at; while it computes nobody knows whose that is.
RUN_OF_PARTIES = objects("sourcing-run", reasons.parties_of, "run_id", lasting=False)
SUBSTITUTION = objects("substitution", substitutions.tenants_of, "substitution_id")
FILE = objects("payment-file", files.tenants_of, "file_id")
# Accounts are also theirs who earn or pay on them since.
ACCOUNT = objects("account", ledger.tenants_of_accounts, "account", lasting=False)

DEMAND = [
    rule("GET /demand", SCHOOLS, within(canteen="canteen_id", county="county_code")),
    # Names of schools and suppliers stand on every order and on the public page of a meal.
    rule("GET /names", EVERYBODY, PROVINCE),
    rule("GET /needs", SCHOOLS, within(canteen="canteen_id", county="county_code")),
    rule("GET /needs/days", SCHOOLS, within(canteen="canteen_id", county="county_code")),
    rule("GET /needs/{food_code}/supply", {*OFFICIALS, Role.NUTRITIONIST}, COUNTY),
]

SOURCING = [
    rule("POST /sourcing-runs", OFFICIALS, COUNTY_OF_BODY),
    rule("POST /sourcing-runs/province", OFFICIALS, WHOLE_PROVINCE),
    rule("GET /sourcing-runs", {*OFFICIALS, Role.NUTRITIONIST}, COUNTY),
    rule("GET /sourcing-runs/{run_id}", {*OFFICIALS, Role.NUTRITIONIST}, RUN),
    rule("POST /sourcing-runs/{run_id}/cancel", OFFICIALS, RUN),
    rule("GET /sourcing-runs/{run_id}/allocations", OFFICIALS, RUN),
    rule("GET /sourcing-runs/{run_id}/shortfalls", {*OFFICIALS, Role.NUTRITIONIST}, RUN),
    # What is shown is narrowed to whoever's offers and lines they are.
    rule("GET /sourcing-runs/{run_id}/offers", SUPPLIERS, RUN_OF_PARTIES),
    rule("GET /sourcing-runs/{run_id}/offers/{offer_id}", SUPPLIERS, RUN_OF_PARTIES),
    rule("GET /offer-reasons", SUPPLIERS, within(cooperative="cooperative_id")),
    rule("GET /sourcing-runs/{run_id}/lines", SCHOOLS, RUN_OF_PARTIES),
    rule("GET /sourcing-runs/{run_id}/lines/{demand_id}", SCHOOLS, RUN_OF_PARTIES),
    rule("GET /sourcing-runs/{run_id}/difference", OFFICIALS, RUN),
    rule("POST /sourcing-runs/{run_id}/difference/take", OFFICIALS, RUN),
    rule("GET /sourcing-runs/{run_id}/changes", OFFICIALS, RUN),
    rule("PUT /sourcing-rules/{county_code}", OFFICIALS, COUNTY),
    rule("GET /sourcing-rules/{county_code}", EVERYBODY, PROVINCE),
    rule("GET /sourcing-rules/{county_code}/history", EVERYBODY, PROVINCE),
]

PLANNING = [
    rule("GET /joint-plans", {*OFFICIALS, Role.NUTRITIONIST}, COUNTY),
    rule("GET /joint-plans/{planning_id}", {*OFFICIALS, Role.NUTRITIONIST}, JOINT_PLAN),
    rule("POST /joint-plans/{planning_id}/cancel", {*OFFICIALS, Role.NUTRITIONIST}, JOINT_PLAN),
    rule("GET /joint-plans/{planning_id}/rounds/{number}/prices", {*OFFICIALS, Role.NUTRITIONIST}, JOINT_PLAN),
    rule("GET /joint-plans/{planning_id}/drafts", {*OFFICIALS, Role.NUTRITIONIST}, JOINT_PLAN),
]

ORDERS = [
    rule("GET /orders", {*PARTIES, Role.DISPATCHER}, EITHER_PARTY),
    rule("GET /orders/price-deviations", OFFICIALS, COUNTY),
    rule("POST /orders", OFFICIALS, within(canteen="body.canteen_id")),
    rule("GET /orders/{order_id}", {*PARTIES, Role.DISPATCHER}, ORDER),
    # Only an official changes an order as one.
    rule("POST /orders/{order_id}/cancel", {Role.CANTEEN, *OFFICIALS}, ORDER),
    rule("POST /orders/{order_id}/lower", {Role.CANTEEN, *OFFICIALS}, ORDER),
    rule("POST /orders/{order_id}/approve", OFFICIALS, ORDER),
    rule("POST /orders/{order_id}/refuse", OFFICIALS, ORDER),
    rule("GET /orders/{order_id}/document.pdf", PARTIES, ORDER),
    rule("GET /orders/{order_id}/document.csv", PARTIES, ORDER),
    rule("GET /orders/{order_id}/versions", PARTIES, ORDER),
    rule("PUT /ordering-rules", OFFICIALS, REGION_ROWS),
    rule("GET /ordering-rules", EVERYBODY, PROVINCE),
]

MARKET = [
    rule(
        "PUT /market-suppliers",
        OFFICIALS,
        COUNTY_ROWS,
        objects("market-supplier", market.tenants_of, "body.rows[].supplier_id", lasting=False, may_be_new=True),
    ),
    rule("GET /market-suppliers", SCHOOLS - {Role.CANTEEN}, COUNTY),
    rule("POST /market-orders", OFFICIALS, COUNTY_OF_BODY),
    rule("POST /market-orders/{order_id}/answer", OFFICIALS, ORDER),
    rule("PUT /market-orders/{order_id}/receipt", {Role.CANTEEN}, ORDER),
]

SUBSTITUTION_RULES = [
    rule("POST /substitutions", {*OFFICIALS, Role.NUTRITIONIST}, COUNTY_OF_BODY),
    rule("GET /substitutions", {*OFFICIALS, Role.NUTRITIONIST}, COUNTY),
    rule("POST /substitutions/{substitution_id}/approve", {*OFFICIALS, Role.NUTRITIONIST}, SUBSTITUTION),
    rule("POST /substitutions/{substitution_id}/refuse", {*OFFICIALS, Role.NUTRITIONIST}, SUBSTITUTION),
]

PRICES = [
    rule("PUT /reference-prices", OFFICIALS, REGION_ROWS),
    rule("GET /reference-prices", EVERYBODY, PROVINCE),
    rule(
        "POST /reference-prices/{price_id}/confirm",
        OFFICIALS,
        objects("reference-price", prices.tenants_of, "price_id"),
    ),
]

LEDGER = [
    # The sum of all and the last link of each chain say nothing of anybody: they are there to be kept by many.
    rule("GET /ledger/sum", EVERYBODY, PROVINCE),
    rule("GET /ledger/chains", EVERYBODY, PROVINCE),
    rule("GET /ledger/chains/{county_code}/verification", OFFICIALS, COUNTY),
    rule("GET /ledger/entries", PARTIES - {Role.NUTRITIONIST}, ACCOUNT),
    # A booking names households: no canteen reads it.
    rule(
        "GET /ledger/transactions/{transaction_id}",
        SUPPLIERS,
        objects("transaction", ledger.tenants_of, "transaction_id"),
    ),
    rule("GET /statements/schools/{canteen_id}", {Role.CANTEEN, *OFFICIALS}, within(canteen="canteen_id")),
    rule("GET /statements/schools/{canteen_id}/{format}", {Role.CANTEEN, *OFFICIALS}, within(canteen="canteen_id")),
    rule("GET /statements/cooperatives/{cooperative_id}", SUPPLIERS, within(cooperative="cooperative_id")),
    rule("GET /statements/cooperatives/{cooperative_id}/{format}", SUPPLIERS, within(cooperative="cooperative_id")),
    rule(
        "GET /statements/households/{household_id}",
        SUPPLIERS,
        objects("household", ledger.tenants_of_households, "household_id", lasting=False),
    ),
]

PAYMENTS = [
    rule(
        "POST /payments",
        OFFICIALS,
        objects("payment-file", files.tenants_of, "body.payment_file_id", optional=True),
        objects("cooperative", market.tenants_of_suppliers, "body.cooperative_id", lasting=False, optional=True),
        objects("settlement", settlements.tenants_of, "body.settlements[].settlement_id"),
    ),
    rule("GET /payments", SUPPLIERS, within(cooperative="cooperative_id", county="county_code")),
    rule("GET /payments/{payment_id}", SUPPLIERS, objects("payment", payments.tenants_of, "payment_id")),
    rule("GET /settlements", SUPPLIERS, within(cooperative="cooperative_id", county="county_code")),
    rule("POST /payment-files", OFFICIALS, COUNTY_OF_BODY),
    rule("GET /payment-files", OFFICIALS, COUNTY),
    rule("GET /payment-files/{file_id}", OFFICIALS, FILE),
    rule("GET /payment-files/{file_id}/csv", OFFICIALS, FILE),
    rule("POST /payment-files/{file_id}/cancel", OFFICIALS, FILE),
    rule("PUT /payment-accounts", OFFICIALS, rows("body.rows", cooperative="cooperative_id")),
    rule("GET /ageing", OFFICIALS, COUNTY),
    rule("GET /late-payments", OFFICIALS, COUNTY),
    rule("GET /late-payouts", OFFICIALS, COUNTY),
    rule("PUT /settlement-terms", OFFICIALS, REGION_ROWS),
    rule("GET /settlement-terms", EVERYBODY, PROVINCE),
    rule("PUT /funding-shares", OFFICIALS, rows("body.rows", canteen="canteen_id", county="region_code")),
    rule("GET /funding-shares", EVERYBODY, PROVINCE),
]

DISPUTES = [
    rule("GET /disputes", PARTIES - {Role.NUTRITIONIST}, EITHER_PARTY),
    rule("GET /disputes/{dispute_id}", PARTIES - {Role.NUTRITIONIST}, DISPUTE),
    # A side speaks for itself.
    rule("PUT /disputes/{dispute_id}/statements/{side}", {Role.CANTEEN, Role.CLERK}, DISPUTE),
    rule("POST /disputes/{dispute_id}/decision", OFFICIALS, DISPUTE),
]

FREIGHT = [
    rule("POST /freight", OFFICIALS, COUNTY_OF_BODY),
    rule("GET /freight", CARRIERS, COUNTY),
    rule("GET /freight/trips/{trip_id}", CARRIERS, objects("trip", freight.tenants_of, "trip_id")),
]

REPORTS = [
    rule(f"GET /reports/{report}", OFFICIALS, COUNTY)
    for report in ("week", "month", "month/csv", "month/page", "month/lines", "month/households", "month/unmet")
]

access = Access(
    # The market supplier is asked for where a cooperative is: on orders, statements and payments.
    county_of={Kind.CANTEEN: partners.counties_of_canteens, Kind.COOPERATIVE: market.counties_of_suppliers},
    rules=[
        *DEMAND,
        *SOURCING,
        *PLANNING,
        *ORDERS,
        *MARKET,
        *SUBSTITUTION_RULES,
        *PRICES,
        *LEDGER,
        *PAYMENTS,
        *DISPUTES,
        *FREIGHT,
        *REPORTS,
    ],
)
