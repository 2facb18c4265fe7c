"""A receipt signed by hand: Starlette and asyncpg, the same rows in one transaction as services/logistics writes.

`DSN=… PORT=… WEEK_CLOCK=… CLOUD_SECRET_KEYS=… python -m benchmarks.bare_receipts` serves it. As `bare_accept`: nothing
that a right answer does not need. `benchmarks.rest` compares the rows afterwards.
"""

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from benchmarks.bare import serve
from benchmarks.bare_once import Refused, once, plain, tell
from shared.ids import derived_id
from shared.quantities import split
from shared.sealing import Sealer, open_sealer
from shared.settings import Settings

_ORDER = (
    "SELECT order_id, canteen_id, cooperative_id, delivery_day, status, hold "
    "FROM consignment WHERE order_id = $1 FOR UPDATE"
)
_LINES = (
    "SELECT line_id, food_code, confirmed_g, dispatched_g FROM consignment_line WHERE order_id = $1 ORDER BY line_id"
)
_LOTS = (
    "SELECT line_id, lot_id, dispatched_g, EXISTS (SELECT FROM recall r WHERE r.lot_id = l.lot_id) AS recalled "
    "FROM consignment_lot l WHERE order_id = $1 ORDER BY line_id, lot_id"
)
_ALLOWED = (
    "SELECT DISTINCT ON (food_code) food_code, permille FROM weight_tolerance "
    "WHERE food_code = ANY($1::text[]) AND valid_from <= $2 ORDER BY food_code, valid_from DESC"
)
_KNOWN = "SELECT signer_id, name_sealed FROM signer WHERE canteen_id = $1 AND signer_id = ANY($2::text[])"
_NAME = (
    "INSERT INTO signer (canteen_id, signer_id, name_sealed, said_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (canteen_id, signer_id) DO UPDATE SET name_sealed = excluded.name_sealed, said_at = excluded.said_at"
)
_ADD = (
    "INSERT INTO receipt (receipt_id, order_id, version, canteen_id, cooperative_id, delivery_day, hold, signed_at) "
    "VALUES ($1, $2, 1, $3, $4, $5, $6, $7)"
)
_ADD_VERSION = (
    "INSERT INTO receipt_version (receipt_id, version, signers, lines, reason, inspection, captured_at, signed_at) "
    "VALUES ($1, 1, $2, $3, '', $4, $5, $6)"
)
_RECEIVED = "UPDATE consignment SET status = 'received' WHERE order_id = $1"
_SAVE_LINES = (
    "UPDATE consignment_line l SET received_g = n.received, accepted_g = n.accepted "
    "FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS n (line_id, received, accepted) "
    "WHERE l.order_id = $1 AND l.line_id = n.line_id"
)
_SAVE_LOTS = (
    "UPDATE consignment_lot l SET accepted_g = n.accepted "
    "FROM unnest($2::text[], $3::text[], $4::bigint[]) AS n (line_id, lot_id, accepted) "
    "WHERE l.order_id = $1 AND l.line_id = n.line_id AND l.lot_id = n.lot_id"
)

Row = dict[str, Any]
_sealer: Sealer = open_sealer(Settings())


async def sign(connection: Any, _request: Request, said: Row, now: datetime) -> tuple[int, bytes]:
    """Sign for an order at the gate."""
    order = await connection.fetchrow(_ORDER, said["order_id"])
    if order is None or order["status"] != "arrived" or len(set(said["signers"])) != 2:
        raise Refused("not-arrived")
    if order["hold"] and not said.get("inspection") and any(line["accepted_g"] for line in said["lines"]):
        raise Refused("inspection-needed")
    packed = {row["line_id"]: row for row in await connection.fetch(_LINES, order["order_id"])}
    lots: dict[str, list[Any]] = {line_id: [] for line_id in packed}
    for lot in await connection.fetch(_LOTS, order["order_id"]):
        lots[lot["line_id"]].append(lot)
    foods = ["", *{row["food_code"] for row in packed.values()}]
    allowed = {
        row["food_code"]: row["permille"] for row in await connection.fetch(_ALLOWED, foods, order["delivery_day"])
    }
    weighed = {line["line_id"]: line for line in said["lines"]}
    if {line_id for line_id, row in packed.items() if row["dispatched_g"]} - weighed.keys():
        raise Refused("line-missing")
    signed = [_signed(packed[each], lots[each], allowed, weighed[each]) for each in packed if each in weighed]
    receipt_id = derived_id("receipt", order["order_id"])
    await _write(connection, receipt_id, order, said, signed, now)
    await _name(connection, order["canteen_id"], said, now)
    await _tell(connection, receipt_id, order, said, signed, now)
    return 201, _answer(receipt_id, order, said, packed, signed, now)


def _signed(packed: Any, lots: list[Any], allowed: dict[str, int], line: Row) -> Row:
    received, accepted, reason = line["received_g"], line["accepted_g"], line.get("reason", "")
    if not accepted <= received <= packed["dispatched_g"] or (accepted < received and not reason):
        raise Refused("more-than-dispatched")
    permille = allowed.get(packed["food_code"], allowed.get(""))
    lacking = (packed["dispatched_g"] - received) * 1000
    if permille is not None and not reason and lacking > permille * packed["dispatched_g"]:
        raise Refused("reason-required")
    if accepted and any(lot["recalled"] for lot in lots):
        raise Refused("lot-recalled")
    parts = split(accepted, [lot["dispatched_g"] for lot in lots]) if lots else []
    return {
        "line_id": line["line_id"],
        "food_code": packed["food_code"],
        "received_g": received,
        "accepted_g": accepted,
        "reason": reason,
        "temperature_c": line.get("temperature_c"),
        "certificate_seen": line.get("certificate_seen"),
        "photo_ids": [],
        "refused": (line.get("refused") or "returned") if accepted < received else None,
        "lots": [[lot["lot_id"], part] for lot, part in zip(lots, parts, strict=True)],
    }


async def _write(connection: Any, receipt_id: str, order: Any, said: Row, signed: list[Row], now: datetime) -> None:
    order_id, when = order["order_id"], said.get("captured_at")
    place = (order["canteen_id"], order["cooperative_id"], order["delivery_day"], order["hold"])
    await connection.execute(_ADD, receipt_id, order_id, *place, now)
    captured = None if when is None else datetime.fromisoformat(when)
    kept = (json.dumps(said["signers"]), json.dumps(signed), said.get("inspection", ""), captured, now)
    await connection.execute(_ADD_VERSION, receipt_id, *kept)
    await connection.execute(_RECEIVED, order_id)
    columns = ([line[name] for line in signed] for name in ("line_id", "received_g", "accepted_g"))
    await connection.execute(_SAVE_LINES, order_id, *columns)
    lots = [(line["line_id"], lot_id, grams) for line in signed for lot_id, grams in line["lots"]]
    if lots:
        await connection.execute(_SAVE_LOTS, order_id, *map(list, zip(*lots, strict=True)))


async def _name(connection: Any, canteen_id: str, said: Row, now: datetime) -> None:
    """Keep what the signers are called, sealed, where it is not known."""
    names = dict(zip(said["signers"], said.get("signer_names") or (), strict=False))
    if not names:
        return
    known = {row["signer_id"]: row["name_sealed"] for row in await connection.fetch(_KNOWN, canteen_id, list(names))}
    for signer_id, name in names.items():
        place = f"signer.name:{canteen_id}:{signer_id}"
        if signer_id not in known or _sealer.open(known[signer_id], place) != name:
            await connection.execute(_NAME, canteen_id, signer_id, _sealer.seal(name, place), now)


async def _tell(connection: Any, receipt_id: str, order: Any, said: Row, signed: list[Row], now: datetime) -> None:
    told = ("line_id", "food_code", "received_g", "accepted_g", "reason")
    lines = [
        {name: line[name] for name in told}
        | {"lots": [{"lot_id": lot_id, "accepted_g": grams} for lot_id, grams in line["lots"] if grams]}
        for line in signed
    ]
    data = _head(receipt_id, order) | {"signers": said["signers"], "lines": lines, "signed_at": now}
    await tell(connection, "logistics.receipt.v1", "ReceiptSigned", order["canteen_id"], data, now)


def _head(receipt_id: str, order: Any) -> Row:
    named = ("order_id", "canteen_id", "cooperative_id", "delivery_day")
    return {"receipt_id": receipt_id, "version": 1} | {name: order[name] for name in named}


def _answer(receipt_id: str, order: Any, said: Row, packed: dict[str, Any], signed: list[Row], now: datetime) -> bytes:
    lines = [
        line
        | {name: packed[line["line_id"]][name] for name in ("confirmed_g", "dispatched_g")}
        | {"refused_g": line["received_g"] - line["accepted_g"]}
        | {"lots": [{"lot_id": lot_id, "accepted_g": grams} for lot_id, grams in line["lots"]]}
        for line in signed
    ]
    version = {
        "version": 1,
        "signers": said["signers"],
        "reason": "",
        "inspection": said.get("inspection", ""),
        "captured_at": said.get("captured_at"),
        "signed_at": now,
    }
    told = _head(receipt_id, order) | {
        "hold": order["hold"],
        "signers": said["signers"],
        "signed_at": now,
        "received_g": sum(line["received_g"] for line in signed),
        "accepted_g": sum(line["accepted_g"] for line in signed),
        "lines": lines,
        "versions": [version],
    }
    return json.dumps(told, default=plain).encode()


if __name__ == "__main__":
    serve(Route("/receipts", once(sign), methods=["POST"]))
