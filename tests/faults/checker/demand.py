"""Rules of demand and offers: what is needed is ordered or known to be missing, and nothing is sold twice."""

from tests.faults.checker.rules import Findings, differs, rule
from tests.faults.checker.state import State

_PROMISED = """
SELECT l.offer_id AS id, sum(CASE WHEN o.status IN ('draft', 'placed') THEN l.ordered_g
    WHEN o.status IN ('refused', 'declined', 'cancelled') THEN 0 ELSE l.confirmed_g END)::bigint AS grams
FROM order_line l JOIN purchase_order o USING (order_id) GROUP BY 1
"""
_STANDING = """
SELECT l.demand_id AS id, sum(CASE WHEN l.lost IS NOT NULL THEN 0
    WHEN o.status IN ('draft', 'placed') THEN l.ordered_g
    WHEN o.status IN ('refused', 'declined', 'cancelled') THEN 0
    WHEN o.dispatched_at IS NOT NULL AND o.supplier = 'cooperative' THEN l.dispatched_g
    ELSE l.confirmed_g END)::bigint AS grams
FROM order_line l JOIN purchase_order o USING (order_id) GROUP BY 1
"""


@rule("docs/decisions/0025-what-is-still-wanted-is-counted-once.md")
async def demand_is_conserved(state: State) -> Findings:
    """Demand + what comes too much = allocated + unmet + still to be sourced, of every demand line."""
    statement = """
        SELECT demand_id, quantity_g, surplus_g, allocated_g, unmet_g, open_g FROM demand_line
        WHERE quantity_g + surplus_g <> allocated_g + unmet_g + open_g
    """
    async for demand_id, wanted, surplus, allocated, unmet, waiting in state.rows("procurement", statement):
        found = f"{allocated} g allocated + {unmet} g unmet + {waiting} g open"
        yield f"demand line {demand_id}", differs(found, f"{wanted} g demand + {surplus} g surplus")


@rule("services/procurement/demand/models.py, allocated_g is in orders that stand")
async def allocated_is_what_stands_in_orders(state: State) -> Findings:
    """What a demand line counts as allocated is what its order lines hold."""
    statement = f"""
        SELECT demand_id, allocated_g, coalesce(grams, 0) FROM demand_line
        LEFT JOIN ({_STANDING}) s ON s.id = demand_id
        WHERE allocated_g <> coalesce(grams, 0)
    """
    async for demand_id, allocated, held in state.rows("procurement", statement):
        yield f"demand line {demand_id}", differs(f"{allocated} g allocated", f"{held} g in orders")


@rule("services/procurement/partners/models.py, how much of it this service has allocated")
async def offers_give_what_orders_hold(state: State) -> Findings:
    """What procurement has taken of an offer is what its order lines hold of it."""
    statement = f"""
        SELECT offer_id, allocated_g, coalesce(grams, 0) FROM offer
        LEFT JOIN ({_PROMISED}) s ON s.id = offer_id
        WHERE allocated_g <> coalesce(grams, 0)
    """
    async for offer_id, allocated, held in state.rows("procurement", statement):
        yield f"offer {offer_id}", differs(f"{allocated} g allocated", f"{held} g in orders")


@rule("services/farmers/offers/models.py, promised_g BETWEEN 0 AND quantity_g")
async def no_offer_promises_more_than_it_has(state: State) -> Findings:
    """Promises of an offer are at most what it offers, and never less than nothing."""
    statement = "SELECT offer_id, promised_g, quantity_g FROM offer WHERE promised_g NOT BETWEEN 0 AND quantity_g"
    async for offer_id, promised, offered in state.rows("farmers", statement):
        yield f"offer {offer_id}", differs(f"{promised} g promised", f"0 to {offered} g")


@rule("services/farmers/orders/models.py, what its offer promises for it")
async def promises_are_those_of_orders(state: State) -> Findings:
    """What an offer has promised is what order lines are promised of it."""
    statement = """
        SELECT offer_id, o.promised_g, coalesce(sum(l.promised_g), 0)::bigint FROM offer o
        LEFT JOIN order_line l USING (offer_id) GROUP BY offer_id
        HAVING o.promised_g <> coalesce(sum(l.promised_g), 0)
    """
    async for offer_id, promised, held in state.rows("farmers", statement):
        yield f"offer {offer_id}", differs(f"{promised} g promised", f"{held} g held by orders")
