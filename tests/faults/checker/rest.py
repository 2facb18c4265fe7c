"""Rules of a run that came to rest: nothing is half done, nothing waits for what never comes."""

from tests.faults.checker.rules import Findings, differs, rule
from tests.faults.checker.state import State

_WAITING = (
    ("outbox", "topic || ' ' || key || ' of ' || created_at", "an event that was never published"),
    ("parked_event", "topic || ' ' || key || ': ' || reason", "an event that still waits"),
    ("audit_waiting", "act_id", "an act without its link"),
)
_HALF_DONE = {
    "nutrition": (
        ("menu version", "SELECT menu_id, version, (SELECT count(*) FROM menu_version v WHERE v.menu_id = m.menu_id)"
         " FROM menu m"),
        ("meal correction", "SELECT meal_id, version - 1, (SELECT count(*) FROM meal_correction c"
         " WHERE c.meal_id = m.meal_id) FROM served_meal m"),
    ),
    "procurement": (
        ("order with lines", "SELECT order_id, 1, least(1, (SELECT count(*) FROM order_line l"
         " WHERE l.order_id = o.order_id)) FROM purchase_order o"),
        ("settlement's booking", "SELECT settlement_id, 1, (SELECT count(*) FROM ledger_transaction t"
         " WHERE t.transaction_id = s.settlement_id) FROM settlement s"),
        ("payment's lines", "SELECT payment_id, amount_fen, (SELECT coalesce(sum(amount_fen), 0) FROM payment_line l"
         " WHERE l.payment_id = p.payment_id)::bigint FROM payment p"),
        ("ledger transaction in its county's chain", "SELECT transaction_id, 1, (SELECT count(*) FROM ledger_link l"
         " WHERE l.transaction_id = t.transaction_id) FROM ledger_transaction t"),
    ),
    "farmers": (
        ("order with lines", "SELECT order_id, 1, least(1, (SELECT count(*) FROM order_line l"
         " WHERE l.order_id = o.order_id)) FROM purchase_order o"),
        ("payout's lines", "SELECT payout_id, amount_fen, (SELECT coalesce(sum(amount_fen), 0) FROM payout_line l"
         " WHERE l.payout_id = p.payout_id)::bigint FROM payout p"),
        ("contract version", "SELECT contract_id, version, (SELECT count(*) FROM contract_version v"
         " WHERE v.contract_id = c.contract_id) FROM contract c"),
    ),
    "logistics": (
        ("receipt version", "SELECT receipt_id, version, (SELECT count(*) FROM receipt_version v"
         " WHERE v.receipt_id = r.receipt_id) FROM receipt r"),
        ("trip with stops", "SELECT trip_id, 1, least(1, (SELECT count(*) FROM trip_stop s"
         " WHERE s.trip_id = t.trip_id)) FROM trip t"),
    ),
}  # fmt: skip
"""By service: what must be as many as a row says."""


@rule("docs/architecture.md, What the backbone promises: the relay publishes, parked events are tried again")
async def nothing_waits(state: State) -> Findings:
    """Outboxes are empty, no event is parked, every act has its link."""
    for service in state.databases:
        for table, subject, what in _WAITING:
            async for (told,) in state.rows(service, f"SELECT {subject} FROM {table} LIMIT 100"):
                yield f"{service}: {told}", differs(what, "nothing")


@rule("docs/architecture.md, One request is one transaction")
async def nothing_is_half_done(state: State) -> Findings:
    """What belongs together is there together: an order and its lines, a menu and its versions, a payment's parts."""
    for service, pairs in _HALF_DONE.items():
        for what, statement in pairs:
            unequal = f"SELECT * FROM ({statement}) AS r(id, wanted, found) WHERE wanted <> found"
            async for subject, wanted, found in state.rows(service, unequal):
                yield f"{service}: {what} of {subject}", differs(found, wanted)
