"""Rules of read copies: what a service keeps of what another owns is what the owner has, row by row."""

from dataclasses import dataclass

from tests.faults.checker.rules import Findings, differs, rule
from tests.faults.checker.state import State, merged


@dataclass(frozen=True, slots=True)
class Copy:
    """What `owner` has and `holder` keeps of it: statements whose first column is the key.

    Where there are `others`, the holder also has rows of somebody else.
    """

    of: str
    owner: str
    owned: str
    holder: str
    held: str
    others: bool = False


_CANTEEN = "SELECT canteen_id, version, name_zh, name_en, county_code, lat, lon"
_COOPERATIVE = "SELECT cooperative_id, version, name_zh, name_en, county_code"
_PLACE = "SELECT place_id, version, name_zh, name_en, county_code, lat, lon, town_code FROM place WHERE kind = "
_OFFER = (
    "SELECT offer_id, cooperative_id, version, food_code, available_from, available_until, quantity_g,"
    " price_fen_per_kg, poor_share_permille"
)
_OPEN = "FROM offer WHERE status = 'open' AND NOT EXISTS (SELECT FROM offer_hold h WHERE h.offer_id = offer.offer_id)"
_CONTRIBUTION = (
    "SELECT lot_id || ' ' || household_id, bool_or(poor), sum(quantity_g)::bigint FROM lot_contribution"
    " GROUP BY lot_id, household_id"
)
_ORDER = (
    "SELECT order_id, canteen_id, cooperative_id, county_code, delivery_day, CASE WHEN dispatched_at IS NOT NULL"
    " THEN 'packed' WHEN status IN ('cancelled', 'declined') THEN 'off' ELSE 'open' END FROM purchase_order o"
)
_TOLD = (
    "supplier = 'cooperative' AND EXISTS (SELECT FROM order_version v WHERE v.order_id = o.order_id"
    " AND v.status NOT IN ('draft', 'refused', 'cancelled'))"
)
_CARRIED = "o.status IN ('confirmed', 'dispatched', 'loaded', 'received', 'settled') AND supplier = 'cooperative'"
_GRAMS = "coalesce(received_g, 0), coalesce(accepted_g, 0)"

COPIES = (
    Copy("canteens", "nutrition", f"{_CANTEEN} FROM canteen", "procurement", f"{_CANTEEN} FROM canteen"),
    Copy("canteens", "nutrition", f"{_CANTEEN}, town_code FROM canteen", "logistics", f"{_PLACE} 'canteen'"),
    Copy(
        "foods",
        "nutrition",
        "SELECT food_code, version, name_zh, name_en, food_group FROM food",
        "procurement",
        "SELECT food_code, version, name_zh, name_en, food_group FROM food",
    ),
    Copy(
        "cooperatives",
        "farmers",
        f"{_COOPERATIVE}, lat, lon, priority_group, households, poor_households, vehicle_classes FROM cooperative",
        "procurement",
        f"{_COOPERATIVE}, lat, lon, priority_group, households, poor_households, vehicle_classes FROM cooperative",
    ),
    Copy(
        "cooperatives",
        "farmers",
        f"{_COOPERATIVE} FROM cooperative",
        "nutrition",
        f"{_COOPERATIVE} FROM cooperative",
    ),
    Copy(
        "cooperatives",
        "farmers",
        f"{_COOPERATIVE}, lat, lon, town_code FROM cooperative",
        "logistics",
        f"{_PLACE} 'cooperative'",
    ),
    Copy(
        "open offers",
        "farmers",
        f"{_OFFER}, minimum_lot_g, harvest_day, shelf_life_days, pack_size_g {_OPEN}",
        "procurement",
        f"{_OFFER}, minimum_lot_g, harvest_day, shelf_life_days, pack_size_g FROM offer WHERE status = 'open'",
    ),
    Copy(
        "open offers",
        "farmers",
        f"{_OFFER}, contract_id {_OPEN}",
        "nutrition",
        f"{_OFFER}, contract_id FROM offer WHERE NOT withdrawn",
    ),
    Copy(
        "contracts",
        "farmers",
        "SELECT contract_id, told_version, cooperative_id, food_code FROM contract WHERE told_version > 0",
        "nutrition",
        "SELECT contract_id, version, cooperative_id, food_code FROM contract",
    ),
    Copy(
        "lots",
        "farmers",
        "SELECT lot_id, cooperative_id, food_code, harvest_day, quantity_g FROM lot",
        "procurement",
        "SELECT lot_id, cooperative_id, food_code, harvest_day, quantity_g FROM lot",
    ),
    Copy("what households brought", "farmers", _CONTRIBUTION, "procurement", _CONTRIBUTION),
    Copy(
        "lots",
        "farmers",
        "SELECT lot_id, cooperative_id, food_code, harvest_day, quantity_g, certificate_no, (SELECT count(*)"
        " FROM lot_contribution c WHERE c.lot_id = lot.lot_id) FROM lot",
        "logistics",
        "SELECT lot_id, cooperative_id, food_code, harvest_day, quantity_g, certificate_no,"
        " households::bigint FROM lot",
    ),
    Copy(
        "orders",
        "procurement",
        f"{_ORDER} WHERE {_TOLD}",
        "farmers",
        _ORDER,
    ),
    Copy(
        "order lines",
        "procurement",
        f"SELECT line_id, order_id, food_code, offer_id, price_fen_per_kg, dispatched_g, {_GRAMS},"
        " CASE WHEN o.status IN ('placed', 'confirmed') THEN ordered_g END,"
        " CASE WHEN o.status IN ('placed', 'confirmed') THEN confirmed_g END"
        f" FROM order_line JOIN purchase_order o USING (order_id) WHERE {_TOLD}",
        "farmers",
        f"SELECT line_id, order_id, food_code, offer_id, price_fen_per_kg, dispatched_g, {_GRAMS},"
        " CASE WHEN o.status IN ('to_answer', 'accepted', 'partly_accepted') THEN ordered_g END,"
        " CASE WHEN o.status IN ('to_answer', 'accepted', 'partly_accepted') THEN confirmed_g END"
        " FROM order_line JOIN purchase_order o USING (order_id)",
    ),
    Copy(
        "confirmed order lines",
        "procurement",
        "SELECT order_id || ' ' || line_id, o.canteen_id, o.cooperative_id, o.delivery_day, food_code, confirmed_g,"
        f" dispatched_g, {_GRAMS} FROM order_line JOIN purchase_order o USING (order_id) WHERE {_CARRIED}",
        "logistics",
        "SELECT order_id || ' ' || line_id, c.canteen_id, c.cooperative_id, c.delivery_day, food_code, l.confirmed_g,"
        f" l.dispatched_g, {_GRAMS} FROM consignment_line l JOIN consignment c USING (order_id)"
        " WHERE c.status <> 'cancelled'",
    ),
    Copy(
        "packed lots",
        "farmers",
        "SELECT order_id || ' ' || line_id || ' ' || lot_id, quantity_g FROM packed_lot",
        "logistics",
        "SELECT order_id || ' ' || line_id || ' ' || lot_id, dispatched_g FROM consignment_lot",
    ),
    Copy(
        "departed trips",
        "logistics",
        "SELECT trip_id, vehicle_id FROM trip WHERE departed_at IS NOT NULL",
        "procurement",
        "SELECT trip_id, vehicle_id FROM trip",
    ),
    Copy(
        "receipts",
        "logistics",
        "SELECT receipt_id, order_id, version FROM receipt",
        "procurement",
        "SELECT receipt_id, order_id, r.version FROM receipt r JOIN purchase_order USING (order_id)"
        " WHERE supplier = 'cooperative'",
    ),
    Copy(
        "receipts",
        "logistics",
        "SELECT order_id, version FROM receipt",
        "farmers",
        "SELECT order_id, receipt_version FROM purchase_order WHERE receipt_version IS NOT NULL",
    ),
    Copy(
        "accepted food",
        "logistics",
        "SELECT receipt_id, version, canteen_id, (SELECT coalesce(sum(accepted_g), 0)::bigint FROM consignment_line l"
        " WHERE l.order_id = receipt.order_id) FROM receipt",
        "nutrition",
        "SELECT receipt_id, version, canteen_id, (SELECT coalesce(sum(accepted_g), 0)::bigint FROM receipt_lot l"
        " WHERE l.receipt_id = receipt.receipt_id) FROM receipt",
        others=True,
    ),
    Copy("recalls", "logistics", "SELECT lot_id, recall_id FROM recall", "nutrition",
         "SELECT lot_id, recall_id FROM recalled_lot"),
    Copy("recalls", "logistics", "SELECT lot_id FROM recall", "farmers",
         "SELECT lot_id FROM lot WHERE recalled_at IS NOT NULL"),
    Copy(
        "menus",
        "nutrition",
        "SELECT menu_id, canteen_id, county_code, week_start, version FROM menu",
        "procurement",
        "SELECT menu_id, canteen_id, county_code, week_start, greatest(demand_version, withdrawn_version) FROM menu",
    ),
    Copy(
        "demand of menus that stand",
        "nutrition",
        "SELECT d.canteen_id || ' ' || delivery_day || ' ' || food_code, menu_id, version, quantity_g"
        " FROM demand_line d JOIN menu USING (menu_id) WHERE status = 'published' AND quantity_g > 0",
        "procurement",
        "SELECT d.canteen_id || ' ' || delivery_day || ' ' || food_code, menu_id, menu_version, quantity_g"
        " FROM demand_line d JOIN menu USING (menu_id) WHERE withdrawn_version <= demand_version AND quantity_g > 0",
    ),
    Copy(
        "meals",
        "nutrition",
        "SELECT meal_id, version, canteen_id, menu_id, day, meal, headcount, (SELECT coalesce(sum("
        "(u->>'quantity_g')::bigint), 0)::bigint FROM json_array_elements(used) u) FROM served_meal",
        "logistics",
        "SELECT meal_id, version, canteen_id, menu_id, day, meal, headcount, (SELECT coalesce(sum(quantity_g), 0)"
        "::bigint FROM meal_food f WHERE f.meal_id = m.meal_id) FROM served_meal m",
    ),
    Copy(
        "samples",
        "nutrition",
        "SELECT sample_id, meal_id, dish_code, quantity_g, state FROM sample",
        "logistics",
        "SELECT sample_id, meal_id, dish_code, quantity_g, state FROM kept_sample",
    ),
    Copy(
        "forecasts",
        "nutrition",
        "SELECT county_code || ' ' || week_start, version, canteens FROM demand_forecast",
        "farmers",
        "SELECT county_code || ' ' || week_start, version, canteens FROM demand_week",
    ),
    Copy(
        "reference prices",
        "procurement",
        "SELECT food_code || ' ' || region_code || ' ' || day, version, price_fen_per_kg FROM reference_price"
        " WHERE NOT held",
        "farmers",
        "SELECT food_code || ' ' || region_code || ' ' || day, version, price_fen_per_kg FROM reference_price",
    ),
    Copy(
        "settlements",
        "procurement",
        "SELECT settlement_id, order_id, receipt_id, cooperative_id, amount_fen, cooperative_fen FROM settlement"
        " WHERE purpose = 'food' AND amount_fen <> 0",
        "farmers",
        "SELECT settlement_id, order_id, receipt_id, cooperative_id, amount_fen, cooperative_fen FROM settlement"
        " WHERE amount_fen <> 0",
    ),
    Copy(
        "payments",
        "procurement",
        "SELECT payment_id, cooperative_id, amount_fen, paid_on FROM payment WHERE purpose = 'food'",
        "farmers",
        "SELECT payment_id, cooperative_id, amount_fen, paid_on FROM cooperative_payment",
    ),
    Copy(
        "payouts",
        "farmers",
        "SELECT payout_id || ' ' || settlement_id, sum(amount_fen)::bigint FROM payout_line"
        " GROUP BY payout_id, settlement_id",
        "procurement",
        "SELECT source_id || ' ' || settlement_id, coalesce(sum(e.amount_fen) FILTER (WHERE e.kind = 'household'), 0)"
        "::bigint FROM ledger_transaction t LEFT JOIN ledger_entry e USING (transaction_id) WHERE t.kind = 'payout'"
        " GROUP BY source_id, settlement_id",
    ),
)  # fmt: skip


@rule("docs/architecture.md: read copies are built from events")
async def copies_equal_their_owners(state: State) -> Findings:
    """Every row of a read copy is its owner's, and none of the owner's rows is missing."""
    for copy in COPIES:
        async for finding in differences(state, copy):
            yield finding


async def differences(state: State, copy: Copy) -> Findings:
    """Give the rows of a copy that are not their owner's."""
    owned, held = state.sorted(copy.owner, copy.owned), state.sorted(copy.holder, copy.held)
    async for owner, holder in merged(owned, held):
        if owner != holder and not (owner is None and copy.others):
            row = owner or holder or ()
            yield f"{copy.of} of {copy.owner} at {copy.holder}: {row[0]}", differs(_shown(holder), _shown(owner))


def _shown(row: tuple[object, ...] | None) -> str:
    return "missing" if row is None else ", ".join(str(value) for value in row[1:])
