"""Requests with an effect, written by hand: once for each Idempotency-Key, and told in the same transaction.

Fair to the service: the key is claimed before, answer and outbox are in the transaction. Fair to what is written by
hand: nobody publishes what it tells on the same cores, which the service does meanwhile; it checks no more of a request
than the answer needs, and writes down no act.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from benchmarks.week.clock import VARIABLE, ToldClock
from shared.ids import new_id

_CLAIM = (
    "INSERT INTO idempotency_key (key, scope, body_hash, created_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT DO NOTHING RETURNING 1"
)
_CLAIMED = "SELECT body_hash, status, headers, body FROM idempotency_key WHERE key = $1 AND scope = $2"
_KEEP = "UPDATE idempotency_key SET status = $3, headers = $4, body = $5 WHERE key = $1 AND scope = $2"
_TELL = "INSERT INTO outbox (shard, topic, key, headers, value, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
_JSON = {"content-type": "application/json"}
_clock = ToldClock(Path(os.environ[VARIABLE])) if VARIABLE in os.environ else None

Act = Callable[[Any, Request, dict[str, Any], datetime], Awaitable[tuple[int, bytes]]]
"""What a request does: with a connection, the request, its body and the instant; returns status and answer."""


class Refused(Exception):
    """The request breaks a rule; the transaction is undone."""


def now() -> datetime:
    """Return the instant: that of the cloud's clock where its file is named."""
    return _clock.now() if _clock is not None else datetime.now(UTC)


def once(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """Return a route that acts once for each Idempotency-Key, in one transaction."""

    async def answer(request: Request) -> Response:
        key, sent, at = request.headers["idempotency-key"], await request.body(), now()
        scope, body_hash = f"POST {request.url.path}", hashlib.sha256(sent).hexdigest()
        try:
            async with request.app.state.pool.acquire() as connection, connection.transaction():
                if await connection.fetchval(_CLAIM, key, scope, body_hash, at) is None:
                    return _again(await connection.fetchrow(_CLAIMED, key, scope), body_hash)
                status, told = await act(connection, request, json.loads(sent), at)
                await connection.execute(_KEEP, key, scope, status, json.dumps(_JSON), told)
        except Refused as refused:
            return Response(json.dumps({"rule": str(refused)}), 422, _JSON)
        return Response(told, status, _JSON)

    return answer


def _again(known: Any, body_hash: str) -> Response:
    if known["body_hash"] != body_hash:
        raise Refused("idempotency-key-reused")
    return Response(known["body"], known["status"], json.loads(known["headers"]))


async def tell(connection: Any, topic: str, name: str, key: str, data: dict[str, Any], at: datetime) -> None:
    """Put an event into the outbox: of a topic and name, under its key."""
    service = topic.partition(".")[0]
    event = {
        "specversion": "1.0",
        "id": new_id(),
        "type": f"{service}.{name}.v1",
        "source": f"/{service}",
        "subject": key,
        "time": at.isoformat(),
        "datacontenttype": "application/json",
        "traceparent": f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01",
        "data": data,
    }
    headers = json.dumps([["ce_id", event["id"]], ["ce_type", event["type"]]])
    value = json.dumps(event, default=plain).encode()
    await connection.execute(_TELL, zlib.crc32(key.encode()) % 16, topic, key, headers, value, at)


def plain(value: Any) -> str:
    """Return a day or an instant as JSON tells it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    told: str = value.isoformat()
    return told
