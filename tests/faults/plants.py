"""Violations to be planted in a small week: what is spoilt by hand, and the rule that must find it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plant:
    """`statements` at a service (or in the notes) break `rule`; what is told of it names `subject`."""

    rule: str
    at: str
    statements: tuple[str, ...]
    subject: str


def _of(rule: str, at: str, subject: str, *statements: str) -> Plant:
    return Plant(rule, at, statements, subject)


def _first(table: str, key: str, where: str = "true") -> str:
    """Return the condition of one row of a table."""
    return f"{key} = (SELECT min({key}) FROM {table} WHERE {where})"


PLANTS = (
    _of(
        "every_event_has_its_effect_in_each_group",
        "procurement",
        "procurement: event",
        "DELETE FROM inbox WHERE event_id = (SELECT min(event_id) FROM inbox)",
    ),
    _of(
        "every_event_has_its_effect_in_each_group",
        "farmers",
        "made-up",
        "INSERT INTO inbox (event_id, received_at) VALUES ('made-up', now())",
    ),
    _of(
        "versions_of_an_object_never_fall",
        "notes",
        "nutrition.menu.v1",
        "INSERT INTO record SELECT topic, partition, offset + 1000000, key, 'late', type, object, 0, NULL FROM record"
        " WHERE type = 'nutrition.MenuAmended.v1' LIMIT 1",
    ),
    _of(
        "a_key_stays_in_its_partition",
        "notes",
        "farmers.lot.v1 coop-a",
        "INSERT INTO record SELECT topic, (partition + 1) % 12, offset + 1000000, key, event_id, type, object, version,"
        " NULL FROM record WHERE topic = 'farmers.lot.v1' AND key = 'coop-a' LIMIT 1",
    ),
    _of(
        "nothing_is_told_by_two_events",
        "notes",
        "farmers.LotHarvested.v1",
        "INSERT INTO record SELECT topic, partition, offset + 1000000, key, 'again', type, object, version, NULL"
        " FROM record WHERE type = 'farmers.LotHarvested.v1' LIMIT 1",
    ),
    _of(
        "an_event_means_one_thing",
        "notes",
        "2 meanings",
        "INSERT INTO record SELECT topic, partition, offset + 1000000, key, event_id, type, 'lot-other', version, NULL"
        " FROM record WHERE type = 'farmers.LotHarvested.v1' LIMIT 1",
    ),
    _of(
        "poison_is_buried_and_nothing_else",
        "farmers",
        "buried (no such thing)",
        'INSERT INTO dead_letter (topic, partition, "offset", key, headers, value, error, died_at)'
        " VALUES ('procurement.order.v1', 0, 1, 'coop-a', '[]', '', 'no such thing', now())",
    ),
    _of(
        "poison_is_buried_and_nothing_else",
        "notes",
        "not buried",
        "INSERT INTO record VALUES ('farmers.order.v1', 0, 1000000, 'coop-a', NULL, NULL, NULL, NULL, 'no-json')",
    ),
    _of(
        "nothing_waits",
        "nutrition",
        "an event that was never published",
        "INSERT INTO outbox (shard, topic, key, headers, value, created_at)"
        " VALUES (0, 'nutrition.menu.v1', 'sch-1', '[]', '', now())",
    ),
    _of(
        "nothing_waits",
        "logistics",
        "an event that still waits",
        'INSERT INTO parked_event (topic, partition, "offset", key, headers, value, reason, attempts, next_attempt_at,'
        " parked_at) VALUES ('farmers.order.v1', 0, 0, 'coop-a', '[]', '', 'no order', 1, now(), now())",
    ),
    _of(
        "nothing_is_half_done",
        "farmers",
        "order with lines",
        "DELETE FROM order_line WHERE order_id = (SELECT min(order_id) FROM order_line)",
    ),
    _of(
        "nothing_is_half_done",
        "nutrition",
        "menu version",
        "DELETE FROM menu_version WHERE version = 2",
    ),
    _of(
        "demand_is_conserved",
        "procurement",
        "demand line",
        "ALTER TABLE demand_line DROP CONSTRAINT ck_demand_line_conserved",
        "UPDATE demand_line SET unmet_g = unmet_g + 1 WHERE " + _first("demand_line", "demand_id"),
    ),
    _of(
        "allocated_is_what_stands_in_orders",
        "procurement",
        "demand line",
        "UPDATE demand_line SET allocated_g = allocated_g + 5, surplus_g = surplus_g + 5 WHERE "
        + _first("demand_line", "demand_id"),
    ),
    _of(
        "offers_give_what_orders_hold",
        "procurement",
        "off-a-rice",
        "UPDATE offer SET allocated_g = allocated_g - 1000 WHERE offer_id = 'off-a-rice'",
    ),
    _of(
        "no_offer_promises_more_than_it_has",
        "farmers",
        "off-b-rice",
        "ALTER TABLE offer DROP CONSTRAINT ck_offer_promised",
        "UPDATE offer SET promised_g = quantity_g + 1 WHERE offer_id = 'off-b-rice'",
    ),
    _of(
        "promises_are_those_of_orders",
        "farmers",
        "off-a-pork",
        "UPDATE offer SET promised_g = promised_g + 1 WHERE offer_id = 'off-a-pork'",
    ),
    _of(
        "grams_only_fall_on_their_way",
        "logistics",
        "logistics: line",
        "UPDATE consignment_line SET confirmed_g = dispatched_g - 1 WHERE "
        + _first("consignment_line", "line_id", "dispatched_g > 0"),
    ),
    _of(
        "lots_are_packed_once",
        "farmers",
        "lot lot-a-rice",
        "UPDATE lot SET remaining_g = remaining_g + 1, quantity_g = quantity_g + 2 WHERE lot_id LIKE 'lot-a-rice%'",
    ),
    _of(
        "what_is_dispatched_comes_from_lots",
        "farmers",
        "g of lots",
        "UPDATE packed_lot SET quantity_g = quantity_g + 1 WHERE " + _first("packed_lot", "line_id"),
    ),
    _of(
        "what_is_accepted_comes_from_lots",
        "logistics",
        "g signed",
        "UPDATE consignment_lot SET accepted_g = accepted_g - 1 WHERE "
        + _first("consignment_lot", "line_id", "accepted_g > 0"),
    ),
    _of(
        "what_was_accepted_is_in_the_store",
        "nutrition",
        "g came",
        "UPDATE stock_lot SET came_g = came_g * 2 WHERE lot_id LIKE 'lot-a-rice%' AND canteen_id = 'sch-1'",
    ),
    _of(
        "bookings_sum_to_zero",
        "procurement",
        "transaction",
        "UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE " + _first("ledger_entry", "entry_id"),
    ),
    _of(
        "a_receipt_is_booked_once",
        "procurement",
        "booked 2 times",
        "INSERT INTO ledger_transaction SELECT 'twice', receipt_id, receipt_version, order_id, county_code,"
        " delivery_day, booked_at, kind, settlement_id, source_id FROM ledger_transaction WHERE kind = 'settlement'"
        " LIMIT 1",
    ),
    _of(
        "lines_cost_what_was_accepted",
        "procurement",
        "fen/kg",
        "UPDATE order_line SET amount_fen = amount_fen + 1 WHERE " + _first("order_line", "line_id", "accepted_g > 0"),
    ),
    _of(
        "schools_pay_for_what_they_accepted",
        "procurement",
        "paid by the school",
        "UPDATE ledger_entry SET amount_fen = 2 * amount_fen WHERE transaction_id = (SELECT min(transaction_id)"
        " FROM ledger_transaction WHERE kind = 'settlement')",
    ),
    _of(
        "settlements_say_what_is_booked",
        "procurement",
        "settlement",
        "UPDATE settlement SET passed_fen = passed_fen + 1 WHERE " + _first("settlement", "settlement_id"),
    ),
    _of(
        "trips_cost_what_is_booked",
        "procurement",
        "fen booked",
        "INSERT INTO freight SELECT 'twice', county_code, carrier_id, trip_id, day, amount_fen, reference, reason,"
        " booked_by, booked_at FROM freight WHERE amount_fen > 0 LIMIT 1",
    ),
    _of(
        "the_trail_is_whole",
        "farmers",
        "farmers: link",
        "UPDATE audit_act SET subject = 'somebody else' WHERE " + _first("audit_act", "act_id"),
    ),
    _of(
        "the_trail_is_whole",
        "nutrition",
        "no link",
        "DELETE FROM audit_link WHERE number = (SELECT max(number) FROM audit_link)",
    ),
    _of(
        "the_ledgers_chains_are_whole",
        "procurement",
        "of county 520628",
        "UPDATE ledger_entry SET accepted_g = accepted_g + 1 WHERE " + _first("ledger_entry", "entry_id"),
    ),
    _of(
        "copies_equal_their_owners",
        "procurement",
        "Renamed",
        "UPDATE canteen SET name_en = 'Renamed' WHERE canteen_id = 'sch-1'",
    ),
    _of(
        "copies_equal_their_owners",
        "logistics",
        "coop-nobody",
        "INSERT INTO place SELECT kind, 'coop-nobody', version, name_zh, name_en, county_code, lat, lon, town_code"
        " FROM place WHERE kind = 'cooperative' LIMIT 1",
    ),
    _of(
        "what_was_answered_is_kept",
        "logistics",
        "as it was answered",
        "DELETE FROM idempotency_key WHERE " + _first("idempotency_key", "key", "scope LIKE '%/receipts'"),
    ),
    _of(
        "what_was_answered_is_kept",
        "farmers",
        "an answer, once",
        "UPDATE idempotency_key SET status = NULL WHERE " + _first("idempotency_key", "key"),
    ),
    _of(
        "what_was_answered_is_kept",
        "notes",
        "as it was refused",
        "UPDATE sending SET status = 409, certainty = 0 WHERE key = (SELECT min(key) FROM sending)",
    ),
    _of(
        "every_command_is_one_act",
        "procurement",
        "POST /payments",
        "INSERT INTO audit_act SELECT 'twice', at, subject, client_id, roles, address, action, parameters"
        " FROM audit_act WHERE action = 'POST /payments' LIMIT 1",
    ),
    _of(
        "what_was_acknowledged_is_in_effect",
        "farmers",
        "acknowledged and not in effect",
        "DELETE FROM lot WHERE lot_id LIKE 'lot-a-pork%'",
    ),
    _of(
        "what_was_acknowledged_is_in_effect",
        "logistics",
        "/receipts",
        "DELETE FROM receipt_version WHERE version = 2",
    ),
)

COPIES_SPOILT = {
    ("canteens", "procurement"): "DELETE FROM canteen WHERE canteen_id = 'sch-2'",
    ("canteens", "logistics"): "DELETE FROM place WHERE place_id = 'sch-2'",
    ("foods", "procurement"): "DELETE FROM food WHERE food_code = 'rice'",
    ("cooperatives", "procurement"): "DELETE FROM cooperative WHERE cooperative_id = 'coop-b'",
    ("cooperatives", "nutrition"): "DELETE FROM cooperative WHERE cooperative_id = 'coop-b'",
    ("cooperatives", "logistics"): "DELETE FROM place WHERE place_id = 'coop-b'",
    ("open offers", "procurement"): "DELETE FROM offer WHERE offer_id = 'off-a-rice'",
    ("open offers", "nutrition"): "UPDATE offer SET withdrawn = true WHERE offer_id = 'off-a-rice'",
    ("lots", "procurement"): "DELETE FROM lot WHERE lot_id LIKE 'lot-a-rice%'",
    ("what households brought", "procurement"): "DELETE FROM lot_contribution WHERE household_id = 'hh-a-1'",
    ("lots", "logistics"): "DELETE FROM lot WHERE lot_id LIKE 'lot-a-rice%'",
    ("orders", "farmers"): "DELETE FROM purchase_order WHERE " + _first("purchase_order", "order_id"),
    ("order lines", "farmers"): "DELETE FROM order_line WHERE " + _first("order_line", "line_id"),
    ("confirmed order lines", "logistics"): "DELETE FROM consignment_line WHERE "
    + _first("consignment_line", "line_id", "dispatched_g > 0"),
    ("packed lots", "logistics"): "DELETE FROM consignment_lot WHERE " + _first("consignment_lot", "line_id"),
    ("departed trips", "procurement"): "DELETE FROM trip",
    ("receipts", "procurement"): "DELETE FROM receipt WHERE " + _first("receipt", "receipt_id"),
    ("receipts", "farmers"): "UPDATE purchase_order SET receipt_version = 1 WHERE receipt_version = 2",
    ("accepted food", "nutrition"): "DELETE FROM receipt WHERE " + _first("receipt", "receipt_id"),
    ("recalls", "nutrition"): "DELETE FROM recalled_lot",
    ("recalls", "farmers"): "UPDATE lot SET recalled_at = NULL WHERE recalled_at IS NOT NULL",
    ("menus", "procurement"): "UPDATE menu SET demand_version = 1 WHERE demand_version = 2",
    ("demand of menus that stand", "procurement"): "DELETE FROM demand_line WHERE food_code = 'rice'",
    ("meals", "logistics"): "DELETE FROM meal_food WHERE position = 1",
    ("settlements", "farmers"): "DELETE FROM settlement WHERE " + _first("settlement", "settlement_id"),
    ("payments", "farmers"): "DELETE FROM cooperative_payment",
    ("payouts", "procurement"): "DELETE FROM ledger_transaction WHERE kind = 'payout'",
}
"""By copy and holder: what takes a row of it away."""
