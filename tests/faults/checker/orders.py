"""Rules of orders on their way: no gram appears between the field and the plate, and lots add up."""

from tests.faults.checker.rules import Findings, differs, rule
from tests.faults.checker.state import State

_STEPS = "coalesce(accepted_g, 0), coalesce(received_g, 0), dispatched_g, confirmed_g"
_FALLING = "coalesce(accepted_g, 0) <= coalesce(received_g, 0) AND dispatched_g <= confirmed_g"


@rule("docs/architecture.md, Tests: conservation")
async def grams_only_fall_on_their_way(state: State) -> Findings:
    """Accepted ≤ received ≤ dispatched ≤ confirmed (≤ ordered) of every order line, in everybody's books."""
    for service, table, ordered in (
        ("farmers", "order_line", "ordered_g"),
        ("procurement", "order_line", "ordered_g"),
        ("logistics", "consignment_line", "confirmed_g"),
    ):
        statement = f"""
            SELECT order_id, line_id, {_STEPS}, {ordered} FROM {table}
            WHERE NOT ({_FALLING} AND coalesce(received_g, 0) <= dispatched_g AND confirmed_g <= {ordered})
        """
        async for order_id, line_id, *grams in state.rows(service, statement):
            yield f"{service}: line {line_id} of order {order_id}", differs(grams, sorted(grams))


@rule("services/farmers/lots/models.py, remaining_g of it is neither packed nor moved")
async def lots_are_packed_once(state: State) -> Findings:
    """A lot is what remains of it, what was packed and what went into other lots."""
    statement = """
        SELECT lot_id, quantity_g, remaining_g, moved_g, packed_g FROM lot, LATERAL (
            SELECT coalesce(sum(p.quantity_g), 0)::bigint AS packed_g FROM packed_lot p WHERE p.lot_id = lot.lot_id
        ) p WHERE quantity_g <> remaining_g + moved_g + packed_g
    """
    async for lot_id, quantity, remaining, moved, packed in state.rows("farmers", statement):
        found = f"{remaining} g left + {moved} g moved + {packed} g packed"
        yield f"lot {lot_id}", differs(found, f"{quantity} g")


@rule("shared/events/farmers.py, LineDispatched: the lots sum to dispatched_g")
async def what_is_dispatched_comes_from_lots(state: State) -> Findings:
    """What was dispatched of an order line is what was packed for it from lots."""
    statement = """
        SELECT order_id, line_id, dispatched_g, packed_g FROM order_line l, LATERAL (
            SELECT coalesce(sum(p.quantity_g), 0)::bigint AS packed_g FROM packed_lot p
            WHERE p.order_id = l.order_id AND p.line_id = l.line_id
        ) p WHERE dispatched_g <> packed_g
    """
    async for order_id, line_id, dispatched, packed in state.rows("farmers", statement):
        yield f"line {line_id} of order {order_id}", differs(f"{dispatched} g dispatched", f"{packed} g of lots")


@rule("shared/events/logistics.py, LineReceived: the lots sum to accepted_g")
async def what_is_accepted_comes_from_lots(state: State) -> Findings:
    """What was accepted of an order line is what was accepted of its lots, and a receipt says the same."""
    statement = """
        SELECT order_id, line_id, accepted_g, lots_g, signed_g FROM consignment_line l, LATERAL (
            SELECT coalesce(sum(t.accepted_g), 0)::bigint AS lots_g FROM consignment_lot t
            WHERE t.order_id = l.order_id AND t.line_id = l.line_id
        ) t, LATERAL (
            SELECT coalesce(sum((s->>'accepted_g')::bigint), 0)::bigint AS signed_g
            FROM receipt r JOIN receipt_version v USING (receipt_id, version), json_array_elements(v.lines) s
            WHERE r.order_id = l.order_id AND s->>'line_id' = l.line_id
        ) s WHERE accepted_g <> lots_g OR accepted_g <> signed_g
    """
    async for order_id, line_id, accepted, lots, signed in state.rows("logistics", statement):
        found = f"{accepted} g accepted"
        yield f"line {line_id} of order {order_id}", differs(found, f"{lots} g of lots, {signed} g signed")


@rule("services/nutrition/stocks/models.py, grams that came into a canteen's store")
async def what_was_accepted_is_in_the_store(state: State) -> Findings:
    """Of every lot that nobody counted, what came into a store is what receipts brought of it."""
    statement = """
        SELECT canteen_id, food_code, lot_id, came_g, booked_g FROM (
            SELECT canteen_id, food_code, lot_id, sum(accepted_g)::bigint AS booked_g
            FROM receipt_lot JOIN receipt USING (receipt_id) WHERE lot_id <> '' GROUP BY 1, 2, 3
        ) r LEFT JOIN stock_lot USING (canteen_id, food_code, lot_id)
        WHERE counted_on IS NULL AND coalesce(came_g, 0) <> booked_g
    """
    async for canteen_id, food, lot_id, came, booked in state.rows("nutrition", statement):
        yield f"{food} of lot {lot_id} at {canteen_id}", differs(f"{came} g came", f"{booked} g accepted")
