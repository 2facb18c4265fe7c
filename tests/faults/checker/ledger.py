"""Rules of money: what was accepted is paid for, once, to the fen, and every fen comes from somewhere."""

from tests.faults.checker.rules import Findings, differs, rule
from tests.faults.checker.state import State

_LEDGER = "services/procurement/ledger/domain.py"


@rule(_LEDGER)
async def bookings_sum_to_zero(state: State) -> Findings:
    """The entries of every transaction sum to zero, and so does the ledger."""
    statement = """
        SELECT transaction_id, sum(amount_fen)::bigint FROM ledger_entry GROUP BY transaction_id
        HAVING sum(amount_fen) <> 0
    """
    async for transaction_id, fen in state.rows("procurement", statement):
        yield f"transaction {transaction_id}", differs(f"{fen} fen", "0")


@rule("docs/decisions/0027-a-part-is-paid-once-and-whole.md")
async def a_receipt_is_booked_once(state: State) -> Findings:
    """A version of a receipt is booked by one transaction, and by none without a version of its own."""
    statement = """
        SELECT receipt_id, receipt_version, count(*) FROM ledger_transaction
        WHERE kind = 'settlement' GROUP BY 1, 2 HAVING count(*) > 1
    """
    async for receipt_id, version, count in state.rows("procurement", statement):
        yield f"version {version} of receipt {receipt_id}", differs(f"booked {count} times", "once")


@rule("shared/quantities.py, amount_fen")
async def lines_cost_what_was_accepted(state: State) -> Findings:
    """A line's amount is accepted grams × price per kg, rounded half up, unless an official decided otherwise."""
    statement = """
        SELECT line_id, amount_fen, accepted_g, price_fen_per_kg, (2 * accepted_g * price_fen_per_kg + 1000) / 2000
        FROM order_line l WHERE amount_fen <> (2 * accepted_g * price_fen_per_kg + 1000) / 2000
        AND NOT EXISTS (SELECT FROM dispute d WHERE d.line_id = l.line_id AND d.status = 'decided')
    """
    async for line_id, amount, grams, price, due in state.rows("procurement", statement):
        yield f"line {line_id}", differs(f"{amount} fen", f"{due} fen for {grams} g at {price} fen/kg")


@rule(_LEDGER)
async def schools_pay_for_what_they_accepted(state: State) -> Findings:
    """What the ledger takes from a school for an order is what its lines come to."""
    statement = """
        SELECT order_id, coalesce(paid, 0), coalesce(due, 0) FROM (
            SELECT order_id, sum(amount_fen)::bigint AS due FROM order_line GROUP BY 1
        ) l FULL JOIN (
            SELECT order_id, -sum(e.amount_fen)::bigint AS paid
            FROM ledger_transaction t JOIN ledger_entry e USING (transaction_id)
            WHERE t.kind IN ('settlement', 'decision') AND e.kind = 'school' GROUP BY 1
        ) t USING (order_id) WHERE coalesce(paid, 0) <> coalesce(due, 0)
    """
    async for order_id, paid, due in state.rows("procurement", statement):
        yield f"order {order_id}", differs(f"{paid} fen paid by the school", f"{due} fen")


@rule("services/procurement/settlement/models.py, Settlement")
async def settlements_say_what_is_booked(state: State) -> Findings:
    """A settlement's amount is what its transaction gives others than schools; its payments are those on record."""
    statement = """
        SELECT settlement_id, s.amount_fen, booked, s.paid_fen, paid, s.passed_fen, passed FROM settlement s, LATERAL (
            SELECT coalesce(sum(amount_fen), 0)::bigint AS booked FROM ledger_entry e
            WHERE e.transaction_id = s.settlement_id AND e.kind IN ('cooperative', 'household', 'compensation')
        ) b, LATERAL (
            SELECT coalesce(sum(amount_fen), 0)::bigint AS paid FROM payment_line p
            WHERE p.settlement_id = s.settlement_id
        ) p, LATERAL (
            SELECT coalesce(sum(e.amount_fen), 0)::bigint AS passed FROM ledger_transaction t
            JOIN ledger_entry e USING (transaction_id)
            WHERE t.settlement_id = s.settlement_id AND t.kind = 'payout' AND e.kind = 'household'
        ) h WHERE s.amount_fen <> booked OR s.paid_fen <> paid OR s.passed_fen <> passed
    """
    async for settlement_id, amount, booked, paid, payments, passed, payouts in state.rows("procurement", statement):
        found = f"{amount} fen, {paid} paid, {passed} passed on"
        yield f"settlement {settlement_id}", differs(found, f"{booked}, {payments}, {payouts}")


@rule("docs/decisions/0048-who-drove-is-paid-and-what-was-kept-is-found.md")
async def trips_cost_what_is_booked(state: State) -> Findings:
    """What a trip cost as told last is what is booked out of the freight fund for it."""
    statement = """
        SELECT trip_id, cost_fen, booked FROM trip t, LATERAL (
            SELECT coalesce(sum(amount_fen), 0)::bigint AS booked FROM freight f WHERE f.trip_id = t.trip_id
        ) f WHERE cost_fen <> booked
    """
    async for trip_id, cost, booked in state.rows("procurement", statement):
        yield f"trip {trip_id}", differs(f"{booked} fen booked", f"{cost} fen")
