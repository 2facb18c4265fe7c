"""Rules of chains: every act and every booking has its link, and each link covers what is there and the one before."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.faults.checker.rules import Findings, differs, rule
from tests.faults.checker.state import Row, State

_START = "0" * 64
_ACTS = """
SELECT number, hash, act_id, at, subject, client_id, roles, address, action, parameters, (
    SELECT coalesce(json_agg(json_build_array(kind, object_id, before, after) ORDER BY c.number), '[]')
    FROM audit_change c WHERE c.act_id = a.act_id
) FROM audit_link JOIN audit_act a USING (act_id) ORDER BY number
"""
_BOOKINGS = """
SELECT l.county_code, l.number, l.hash, t.transaction_id, t.receipt_id, t.receipt_version, t.order_id, t.county_code,
    t.delivery_day, t.booked_at, t.kind, t.settlement_id, t.source_id, (
    SELECT coalesce(json_agg(json_build_array(account, poor, amount_fen, accepted_g)), '[]')
    FROM ledger_entry e WHERE e.transaction_id = t.transaction_id
) FROM ledger_link l JOIN ledger_transaction t USING (transaction_id) ORDER BY l.county_code COLLATE "C", l.number
"""


@rule("docs/decisions/0050-acts-are-recorded-where-they-happen.md")
async def the_trail_is_whole(state: State) -> Findings:
    """Each service's acts are linked without a gap, and every hash covers its act and the link before."""
    for service in state.databases:
        number, before = 0, _START
        async for row in state.rows(service, _ACTS):
            number += 1
            content = [row[2], _instant(row[3]), row[4], row[5], *(_json(each) for each in (row[6],)), row[7], row[8]]
            before = _hash(before, number, [*content, _json(row[9]), _json(row[10])])
            if (row[0], row[1]) != (number, before):
                yield f"{service}: link {number} (act {row[2]})", differs(f"{row[0]} {row[1]}", f"{number} {before}")
                break
        without = "SELECT act_id FROM audit_act a WHERE NOT EXISTS (SELECT FROM audit_link l WHERE l.act_id = a.act_id)"
        async for (act_id,) in state.rows(service, without):
            yield f"{service}: act {act_id}", differs("no link", "a link")


@rule("docs/decisions/0033-the-ledger-is-chained-behind-the-bookings.md")
async def the_ledgers_chains_are_whole(state: State) -> Findings:
    """Each county's bookings are linked without a gap, and every hash covers its booking and the link before."""
    county, number, before, broken = "", 0, _START, False
    async for row in state.rows("procurement", _BOOKINGS):
        if row[0] != county:
            county, number, before, broken = row[0], 0, _START, False
        if broken:
            continue
        number += 1
        before = _hash(before, number, _booking(row))
        if (row[1], row[2]) != (number, before):
            yield f"link {number} of county {county}", differs(f"{row[1]} {row[2]}", f"{number} {before}")
            broken = True


def _booking(row: Row) -> list[object]:
    entries = sorted([account, bool(poor), fen, grams] for account, poor, fen, grams in _json(row[13]))
    return [*row[3:8], row[8].isoformat(), _instant(row[9]), *row[10:13], entries]


def _hash(before: str, number: int, content: Sequence[object]) -> str:
    """Return the SHA-256 of a link in the one way of writing it that the decisions name."""
    written = json.dumps([before, number, *content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _instant(at: datetime) -> str:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def _json(text: str) -> list[list[object]]:
    found: list[list[object]] = json.loads(text)
    return found
