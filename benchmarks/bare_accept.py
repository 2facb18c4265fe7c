"""An order accepted by hand: Starlette and asyncpg, the same rows in one transaction as services/farmers writes.

`DSN=… PORT=… python -m benchmarks.bare_accept` serves it. The service is measured by it, so nothing is in it that is
not needed for a right answer: no models, no layers, statements as an expert writes them, one after the other
(`bare_once` says what is fair to whom). `benchmarks.accepting` compares the rows afterwards.
"""

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from benchmarks.bare import serve
from benchmarks.bare_once import Refused, once, tell

_ORDER = (
    "SELECT order_id, version, canteen_id, cooperative_id, county_code, delivery_day, answer_by, placed_at, status, "
    "answer, answer_reason, answered_at, closing_reason, dispatched_at, dispatch_reason "
    "FROM purchase_order WHERE order_id = $1 FOR UPDATE"
)
_LINES = (
    "SELECT line_id, food_code, offer_id, temperature_class, price_fen_per_kg, promised_g, ordered_g, confirmed_g, "
    "dispatched_g, received_g, accepted_g, short_reason FROM order_line WHERE order_id = $1 ORDER BY place"
)
_SAVE = (
    "UPDATE purchase_order SET status = $2, answer = $3, answer_reason = $4, answered_at = $5 "
    "WHERE order_id = $1 AND status = 'to_answer' AND version = $6"
)
_SAVE_LINES = (
    "UPDATE order_line SET promised_g = n.g, answered_g = n.g, confirmed_g = n.g "
    "FROM unnest($2::text[], $3::bigint[]) AS n (line_id, g) "
    "WHERE order_line.order_id = $1 AND order_line.line_id = n.line_id"
)
_LOCK_OFFERS = "SELECT 1 FROM offer WHERE offer_id = ANY($1::text[]) ORDER BY offer_id FOR UPDATE"
_RELEASE = (
    "UPDATE offer SET promised_g = promised_g - n.g FROM unnest($1::text[], $2::bigint[]) AS n (offer_id, g) "
    "WHERE offer.offer_id = n.offer_id AND promised_g >= n.g"
)


async def accept(connection: Any, request: Request, said: dict[str, Any], now: datetime) -> tuple[int, bytes]:
    """Accept an order, whole or in part."""
    order_id = request.path_params["order_id"]
    order = dict(await connection.fetchrow(_ORDER, order_id) or {})
    if not order or order["status"] != "to_answer" or now > order["answer_by"]:
        raise Refused("not-to-answer")
    lines = [dict(row) for row in await connection.fetch(_LINES, order_id)]
    confirmed = _confirmed(lines, said.get("lines"))
    whole = all(confirmed[line["line_id"]] == line["ordered_g"] for line in lines)
    answer = "all" if all(confirmed[line["line_id"]] == line["promised_g"] for line in lines) else "part"
    reason = None if whole else said.get("reason") or ("offer-exhausted" if answer == "all" else None)
    if not any(confirmed.values()) or (reason is None and not whole):
        raise Refused("reason-required")
    order |= {"status": "accepted" if whole else "partly_accepted", "answer": answer, "answer_reason": reason}
    order["answered_at"] = now
    await connection.execute(_SAVE, order_id, order["status"], answer, reason, now, order["version"])
    await connection.execute(_SAVE_LINES, order_id, list(confirmed), list(confirmed.values()))
    await _release(connection, lines, confirmed)
    for line in lines:
        line["promised_g"] = line["confirmed_g"] = confirmed[line["line_id"]]
    await _tell(connection, order, confirmed, now)
    return 200, json.dumps(order | {"lines": lines}, default=lambda each: each.isoformat()).encode()


def _confirmed(lines: list[dict[str, Any]], wanted: list[dict[str, Any]] | None) -> dict[str, int]:
    if wanted is None:
        return {line["line_id"]: line["promised_g"] for line in lines}
    confirmed = {line["line_id"]: 0 for line in lines} | {each["line_id"]: each["confirmed_g"] for each in wanted}
    if len(confirmed) != len(lines) or any(confirmed[line["line_id"]] > line["promised_g"] for line in lines):
        raise Refused("more-than-promised")
    return confirmed


async def _release(connection: Any, lines: list[dict[str, Any]], confirmed: dict[str, int]) -> None:
    released: dict[str, int] = {}
    for line in lines:
        if grams := line["promised_g"] - confirmed[line["line_id"]]:
            released[line["offer_id"]] = released.get(line["offer_id"], 0) + grams
    if released:
        await connection.execute(_LOCK_OFFERS, list(released))
        await connection.execute(_RELEASE, list(released), list(released.values()))


async def _tell(connection: Any, order: dict[str, Any], confirmed: dict[str, int], now: datetime) -> None:
    whole = order["status"] == "accepted"
    data = {
        "order_id": order["order_id"],
        "order_version": order["version"],
        "cooperative_id": order["cooperative_id"],
        "canteen_id": order["canteen_id"],
        "lines": [{"line_id": line_id, "confirmed_g": grams} for line_id, grams in confirmed.items()],
        "answered_at": now.isoformat(),
    }
    name, more = ("OrderAccepted", {}) if whole else ("OrderPartlyAccepted", {"reason": order["answer_reason"]})
    await tell(connection, "farmers.order.v1", name, order["cooperative_id"], data | more, now)


if __name__ == "__main__":
    serve(Route("/orders/{order_id}/accept", once(accept), methods=["POST"]))
