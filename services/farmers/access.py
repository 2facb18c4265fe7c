"""Who may call what in farmers (decision 43).

Clerks keep what is their cooperatives', and they alone answer orders. The county's administrators keep the register,
contracts and admissions, and help out a clerk; officials read, nutritionists what is grown, dispatchers what is fetched
where. Who a household is, is shown to its cooperative and its county (`privacy.py`).
"""

from services.farmers import owners
from shared.auth.access import (
    PROVINCE,
    WHOLE_PROVINCE,
    Access,
    Objects,
    Rule,
    objects,
    open_to_all,
    rows,
    rule,
    within,
)
from shared.auth.principal import Kind, Role

CLERK = frozenset({Role.CLERK})
COUNTY = frozenset({Role.ADMINISTRATOR})
KEEPERS = CLERK | COUNTY
OFFICE = COUNTY | {Role.OFFICIAL}
MONEY = CLERK | OFFICE
GROWN = MONEY | {Role.NUTRITIONIST}
MOVED = GROWN | {Role.DISPATCHER}
PARTIES = MOVED | {Role.CANTEEN}
EVERYBODY = frozenset(Role)

_COOPERATIVE = within(cooperative="cooperative_id")
_COUNTY = within(county="county_code")
_LISTED = within(cooperative="cooperative_id", county="county_code")
_ROWS = rows("body.rows", cooperative="cooperative_id")


def _offers(path: str) -> Objects:
    return objects("offer", owners.offers, path)


def _contracts(path: str, *, optional: bool = False) -> Objects:
    return objects("contract", owners.contracts, path, optional=optional)


def _orders(path: str) -> Objects:
    return objects("order", owners.orders, path)


def _lots(path: str, *, new: bool = False) -> Objects:
    # Who brings in a new one need not name it.
    return objects("lot", owners.lots, path, may_be_new=new, optional=new)


def _households(path: str, *, new: bool = False) -> Objects:
    # They move from one cooperative to another.
    return objects("household", owners.households, path, lasting=False, may_be_new=new)


def _files(path: str, *, new: bool = False, optional: bool = False) -> Objects:
    # They are somebody's from when they are named.
    return objects("file", owners.files, path, lasting=False, may_be_new=new, optional=optional)


_ORDER, _OFFER, _CONTRACT, _LOT = _orders("order_id"), _offers("offer_id"), _contracts("contract_id"), _lots("lot_id")
_HOUSEHOLD = _households("household_id")
_FORECAST = objects("forecast", owners.forecasts, "forecast_id")
_CERTIFICATE = objects("certificate", owners.certificates, "certificate_id")
_PAYOUT = objects("payout", owners.payouts, "payout_id")
_NEW_PAYOUT = objects("payout", owners.payouts, "body.payout_id", may_be_new=True)
_WEBHOOK = objects("webhook", owners.webhooks, "endpoint_id")
_APPLICATION = objects("application", owners.applications, "application_id")
_UNDER = _contracts("body.contract_id", optional=True)

_ORDERS: list[Rule] = [
    rule("GET /orders", MOVED, _LISTED),
    rule("GET /orders/{order_id}", PARTIES, _ORDER),
    rule("GET /orders/{order_id}/packing-list", PARTIES, _ORDER),
    rule("POST /orders/{order_id}/accept", CLERK, _ORDER),
    rule("POST /orders/{order_id}/decline", CLERK, _ORDER),
    rule("POST /orders/{order_id}/dispatch", CLERK, _ORDER, _lots("body.lines[].lots[].lot_id")),
    rule("POST /acceptances", CLERK, _orders("body.order_ids[]")),
    rule("POST /dispatches", CLERK, _orders("body.order_ids[]")),
    rule("GET /cooperatives/{cooperative_id}/packing-list", MOVED, _COOPERATIVE),
]

_OFFERS: list[Rule] = [
    rule(
        "PUT /offers",
        KEEPERS,
        _ROWS,
        objects("offer", owners.offers, "body.rows[].offer_id", may_be_new=True),
        _contracts("body.rows[].contract_id"),
    ),
    rule("POST /offers/import", KEEPERS, _COOPERATIVE),
    rule("POST /offers", KEEPERS, within(cooperative="body.cooperative_id"), _UNDER),
    rule("PUT /offers/{offer_id}", KEEPERS, _OFFER, _UNDER),
    rule("POST /offers/{offer_id}/withdraw", KEEPERS, _OFFER),
    rule("POST /offers/{offer_id}/reduce", KEEPERS, _OFFER),
    rule("GET /offers", MOVED, _LISTED),
    rule("GET /offers/{offer_id}", MOVED, _OFFER),
    rule("POST /contracts", COUNTY, within(cooperative="body.cooperative_id")),
    rule("PUT /contracts/{contract_id}", COUNTY, _CONTRACT),
    rule("POST /contracts/{contract_id}/cancel", COUNTY, _CONTRACT),
    rule("GET /contracts", GROWN, _LISTED),
    rule("GET /contracts/{contract_id}", GROWN, _CONTRACT),
    rule("GET /contracts/{contract_id}/price", GROWN, _CONTRACT),
    rule("GET /contracts/{contract_id}/versions", GROWN, _CONTRACT),
    rule(
        "PUT /capacities",
        KEEPERS,
        _ROWS,
        objects("capacity", owners.capacities, "body.rows[].capacity_id", may_be_new=True),
    ),
    rule("GET /capacities", GROWN, _LISTED),
    rule("PUT /forecasts", KEEPERS, _ROWS),
    rule("POST /forecasts/{forecast_id}/confirm", KEEPERS, _FORECAST, _UNDER),
    rule("POST /forecasts/{forecast_id}/withdraw", KEEPERS, _FORECAST),
    rule("GET /forecasts", GROWN, _LISTED),
    rule("GET /forecasts/by-week", GROWN - CLERK, _COUNTY),
    rule("GET /forecasts/{forecast_id}", GROWN, _FORECAST),
    rule("GET /reference-prices", EVERYBODY, PROVINCE),
]

_GUIDANCE: list[Rule] = [
    rule("GET /planting-guidance", GROWN - CLERK, within(county="asked.county_code")),
    rule("GET /planting-guidance/export", GROWN - CLERK, within(county="asked.county_code")),
    rule("POST /planting-guidance/recount", COUNTY, WHOLE_PROVINCE),
    rule("GET /planting-guidance/publications", GROWN - CLERK, _COUNTY),
    rule("POST /planting-guidance/publications", COUNTY | {Role.NUTRITIONIST}, within(county="body.county_code")),
    rule("GET /cooperatives/{cooperative_id}/still-wanted", GROWN, _COOPERATIVE),
    rule("PUT /crops", COUNTY, WHOLE_PROVINCE),
    rule("GET /crops", EVERYBODY, PROVINCE),
]

_LOTS: list[Rule] = [
    rule("POST /lots", KEEPERS, within(cooperative="body.cooperative_id"), _lots("body.lot_id", new=True)),
    rule(
        "POST /lots/batch",
        KEEPERS,
        rows("body.lots", cooperative="cooperative_id"),
        _lots("body.lots[].lot_id", new=True),
    ),
    rule("POST /lots/mixtures", KEEPERS, _lots("body.parts[].lot_id"), _lots("body.lot_id", new=True)),
    rule("POST /lots/{lot_id}/parts", KEEPERS, _LOT, _lots("body.parts[].lot_id", new=True)),
    rule("GET /lots", MOVED, _LISTED),
    rule("GET /lots/{lot_id}", MOVED, _LOT),
    rule("POST /lots/{lot_id}/tests", KEEPERS, _LOT),
    rule("GET /lots/{lot_id}/tests", MOVED, _LOT),
    rule("PUT /lots/{lot_id}/photo", KEEPERS, _LOT, _files("body.file_id", new=True, optional=True)),
    # Parents see it behind the QR code of a meal; whoever takes it is told so.
    open_to_all("GET /lot-photos"),
    open_to_all("GET /lot-photos/{lot_id}"),
]

_REGISTER: list[Rule] = [
    rule(
        "PUT /cooperatives",
        COUNTY,
        rows("body.rows", county="county_code"),
        objects("cooperative", owners.cooperatives, "body.rows[].cooperative_id", may_be_new=True),
    ),
    rule("GET /cooperatives", MOVED - CLERK, _COUNTY),
    rule("GET /cooperatives/{cooperative_id}", MOVED, _COOPERATIVE),
    rule("PUT /cooperatives/{cooperative_id}/contacts", KEEPERS, _COOPERATIVE),
    rule("GET /cooperatives/{cooperative_id}/contacts", MOVED, _COOPERATIVE),
    rule("PUT /cooperatives/{cooperative_id}/account", KEEPERS, _COOPERATIVE),
    rule("GET /cooperatives/{cooperative_id}/account", MONEY, _COOPERATIVE),
    rule("PUT /households", KEEPERS, _ROWS, _households("body.rows[].household_id", new=True)),
    rule("PUT /household-statuses", COUNTY, _households("body.rows[].household_id")),
    rule("PUT /household-people", KEEPERS, _households("body.rows[].household_id")),
    rule("GET /cooperatives/{cooperative_id}/households", MONEY, _COOPERATIVE),
    rule("GET /households/{household_id}", MONEY, _HOUSEHOLD),
    rule("POST /households/{household_id}/moves", KEEPERS, _HOUSEHOLD, within(cooperative="body.cooperative_id")),
    rule("POST /households/{household_id}/departures", KEEPERS, _HOUSEHOLD),
    rule("GET /households/{household_id}/person", MONEY, _HOUSEHOLD),
    rule("POST /households/{household_id}/disclosures", MONEY, _HOUSEHOLD),
    rule("GET /households/{household_id}/disclosures", MONEY, _HOUSEHOLD),
    rule("POST /households/{household_id}/erasures", KEEPERS, _HOUSEHOLD),
    rule("GET /households/{household_id}/erasures", MONEY, _HOUSEHOLD),
    rule("POST /households/{household_id}/erasures/lift", KEEPERS, _HOUSEHOLD),
    rule("POST /household-registry/import", COUNTY, WHOLE_PROVINCE),
    rule("GET /household-registry/state", OFFICE, WHOLE_PROVINCE),
    rule("GET /household-registry/refusals", OFFICE, WHOLE_PROVINCE),
    rule("POST /household-registry/loads", COUNTY, WHOLE_PROVINCE),
    rule("GET /household-registry/loads", OFFICE, WHOLE_PROVINCE),
    rule("GET /household-registry/loads/{load_id}", OFFICE, WHOLE_PROVINCE),
    rule("GET /household-registry/loads/{load_id}/errors", OFFICE, WHOLE_PROVINCE),
]

_PAPERS: list[Rule] = [
    # Who applies has no account yet; what nobody names is forgotten, and read by nobody.
    open_to_all("POST /files", counted=True),
    rule("GET /files/{file_id}", MONEY, _files("file_id")),
    rule(
        "PUT /certificates",
        KEEPERS,
        _ROWS,
        objects("certificate", owners.certificates, "body.rows[].certificate_id", may_be_new=True),
        _lots("body.rows[].lot_id"),
        _files("body.rows[].file_id", new=True),
    ),
    rule("GET /certificates", GROWN, _LISTED),
    rule("GET /certificates/expiring", GROWN, _LISTED),
    rule("GET /certificates/{certificate_id}", GROWN, _CERTIFICATE),
    rule("POST /certificates/{certificate_id}/revoke", COUNTY, _CERTIFICATE),
    rule("PUT /certificate-requirements", COUNTY, WHOLE_PROVINCE),
    rule("GET /certificate-requirements", EVERYBODY, PROVINCE),
    rule("GET /cooperatives/{cooperative_id}/certificate-gaps", GROWN, _COOPERATIVE),
    # The applicant shows the secret that the application was made with.
    open_to_all("POST /applications", counted=True),
    open_to_all("GET /applications/{application_id}"),
    open_to_all("POST /applications/{application_id}/answers", counted=True),
    open_to_all("POST /applications/{application_id}/withdraw", counted=True),
    rule("GET /admissions", OFFICE, _COUNTY),
    rule("GET /admissions/{application_id}", OFFICE, _APPLICATION),
    rule("POST /admissions/{application_id}/ask", COUNTY, _APPLICATION),
    rule("POST /admissions/{application_id}/approve", COUNTY, _APPLICATION),
    rule("POST /admissions/{application_id}/refuse", COUNTY, _APPLICATION),
]

_MONEY: list[Rule] = [
    rule("GET /households/{household_id}/income", MONEY, _HOUSEHOLD),
    rule("GET /cooperatives/{cooperative_id}/income", MONEY, _COOPERATIVE),
    rule("GET /cooperatives/{cooperative_id}/payments", MONEY, _COOPERATIVE),
    rule(
        "POST /payouts",
        KEEPERS,
        within(cooperative="body.cooperative_id"),
        _NEW_PAYOUT,
        objects("payment", owners.payments, "body.payment_id", optional=True),
    ),
    rule("POST /payouts/{payout_id}/reversals", KEEPERS, _PAYOUT, _NEW_PAYOUT),
    rule("GET /payouts", MONEY, _LISTED),
    rule("GET /payouts/{payout_id}", MONEY, _PAYOUT),
    rule("GET /households/{household_id}/statement", MONEY, _HOUSEHOLD),
    rule("GET /households/{household_id}/statement/export", MONEY, _HOUSEHOLD),
    rule("GET /cooperatives/{cooperative_id}/statement", MONEY, _COOPERATIVE),
    rule("GET /cooperatives/{cooperative_id}/statement/export", MONEY, _COOPERATIVE),
    rule("GET /village-statements", OFFICE, _COUNTY),
    rule("GET /village-statements/export", OFFICE, _COUNTY),
    rule("GET /ageing", MONEY, within(cooperative="place.cooperative_id", county="place.county_code")),
    rule("GET /ageing/export", MONEY, within(cooperative="place.cooperative_id", county="place.county_code")),
]

_WEBHOOKS: list[Rule] = [
    rule("POST /cooperatives/{cooperative_id}/webhooks", KEEPERS, _COOPERATIVE),
    rule("GET /cooperatives/{cooperative_id}/webhooks", MONEY, _COOPERATIVE),
    rule("GET /webhooks", MONEY, _LISTED),
    rule("GET /webhooks/{endpoint_id}", MONEY, _WEBHOOK),
    rule("PUT /webhooks/{endpoint_id}", KEEPERS, _WEBHOOK),
    rule("DELETE /webhooks/{endpoint_id}", KEEPERS, _WEBHOOK),
    rule("POST /webhooks/{endpoint_id}/pause", KEEPERS, _WEBHOOK),
    rule("POST /webhooks/{endpoint_id}/resume", KEEPERS, _WEBHOOK),
    rule("POST /webhooks/{endpoint_id}/rotations", KEEPERS, _WEBHOOK),
    rule("POST /webhooks/{endpoint_id}/secret", CLERK, _WEBHOOK),
    rule("POST /webhooks/{endpoint_id}/tests", KEEPERS, _WEBHOOK),
    rule("GET /webhooks/{endpoint_id}/deliveries", MONEY, _WEBHOOK),
    rule("GET /webhooks/{endpoint_id}/deliveries/{delivery_id}", MONEY, _WEBHOOK),
    rule("POST /webhooks/{endpoint_id}/replays", KEEPERS, _WEBHOOK),
]

access = Access(
    county_of={Kind.COOPERATIVE: owners.counties},
    rules=[*_ORDERS, *_OFFERS, *_GUIDANCE, *_LOTS, *_REGISTER, *_PAPERS, *_MONEY, *_WEBHOOKS],
)
