"""An order accepted with SQLModel as its documentation shows it: FastAPI, a session, objects that are changed.

`DSN=… PORT=… python -m benchmarks.orm_accept` serves it. It does what `bare_accept` does, row by row: the difference is
what the ORM costs. Tables are those of farmers; key and outbox are models of its own.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel
from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.bare import CONNECTIONS
from services.farmers.main import definition  # noqa: F401 (every table that another refers to)
from services.farmers.offers.models import Offer
from services.farmers.orders.models import OrderLine, PurchaseOrder
from shared.collector import collect_seldom
from shared.ids import new_id

engine = create_async_engine(
    os.environ.get("DSN", "postgresql://").replace("postgresql://", "postgresql+asyncpg://"),
    pool_size=CONNECTIONS,
    max_overflow=0,
)


class Key(SQLModel, table=True):
    """An Idempotency-Key and the answer it got."""

    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    body_hash: str
    status: int | None = None
    headers: dict[str, str] | None = Field(default=None, sa_type=JSON)
    body: bytes | None = None
    created_at: datetime


class Told(SQLModel, table=True):
    """An event that waits to be published."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    shard: int
    topic: str
    key: str
    headers: list[list[str]] = Field(sa_type=JSON)
    value: bytes
    created_at: datetime


class Confirmed(BaseModel):
    """What is confirmed of a line."""

    line_id: str
    confirmed_g: int


class Said(BaseModel):
    """An answer to an order: without lines, all that is promised."""

    lines: list[Confirmed] | None = None
    reason: str | None = None


class LineRead(BaseModel):
    """A line as it is shown."""

    line_id: str
    food_code: str
    offer_id: str
    price_fen_per_kg: int
    promised_g: int
    ordered_g: int
    confirmed_g: int


class OrderRead(BaseModel):
    """An order as it is shown."""

    order_id: str
    version: int
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    answer_by: datetime
    status: str
    answer: str | None
    answer_reason: str | None
    answered_at: datetime | None
    lines: list[LineRead]


app = FastAPI()


@app.post("/orders/{order_id}/accept", response_model=OrderRead)
async def accept(order_id: str, said: Said, request: Request, idempotency_key: Annotated[str, Header()]) -> Any:
    """Accept an order, whole or in part, once for each Idempotency-Key."""
    body_hash = hashlib.sha256(await request.body()).hexdigest()
    now = datetime.now(UTC)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        if known := await session.get(Key, (idempotency_key, f"POST {request.url.path}")):
            return Response(known.body, known.status or 200, known.headers)
        claim = Key(key=idempotency_key, scope=f"POST {request.url.path}", body_hash=body_hash, created_at=now)
        session.add(claim)
        await session.flush()
        order, lines = await _answered(session, order_id, said, now)
        session.add(_told(order, lines, now))
        answer = OrderRead.model_validate({**order.model_dump(), "lines": [line.model_dump() for line in lines]})
        claim.status, claim.headers = 200, {"content-type": "application/json"}
        claim.body = answer.model_dump_json().encode()
        await session.commit()
    return answer


async def _answered(
    session: AsyncSession, order_id: str, said: Said, now: datetime
) -> tuple[PurchaseOrder, Sequence[OrderLine]]:
    order = (
        await session.exec(select(PurchaseOrder).where(PurchaseOrder.order_id == order_id).with_for_update())
    ).first()
    if order is None or order.status != "to_answer" or now > order.answer_by:
        raise HTTPException(422, "not-to-answer")
    lines = (
        await session.exec(select(OrderLine).where(OrderLine.order_id == order_id).order_by(col(OrderLine.place)))
    ).all()
    confirmed = {line.line_id: 0 if said.lines else line.promised_g for line in lines}
    confirmed |= {each.line_id: each.confirmed_g for each in said.lines or ()}
    if len(confirmed) != len(lines) or any(confirmed[line.line_id] > line.promised_g for line in lines):
        raise HTTPException(422, "more-than-promised")
    whole = all(confirmed[line.line_id] == line.ordered_g for line in lines)
    kept = all(confirmed[line.line_id] == line.promised_g for line in lines)
    order.status, order.answer = "accepted" if whole else "partly_accepted", "all" if kept else "part"
    order.answer_reason = None if whole else said.reason or ("offer-exhausted" if kept else None)
    order.answered_at = now
    if not any(confirmed.values()) or (order.answer_reason is None and not whole):
        raise HTTPException(422, "reason-required")
    await _release(session, {line.offer_id: line.promised_g - confirmed[line.line_id] for line in lines})
    for line in lines:
        line.promised_g = line.answered_g = line.confirmed_g = confirmed[line.line_id]
    return order, lines


async def _release(session: AsyncSession, left_g: dict[str, int]) -> None:
    """Give back to offers what is not taken of them; the lines of an order are of offers of their own."""
    released = [offer_id for offer_id, grams in left_g.items() if grams]
    if not released:
        return
    wanted = select(Offer).where(col(Offer.offer_id).in_(released)).order_by(Offer.offer_id).with_for_update()
    for offer in (await session.exec(wanted)).all():
        offer.promised_g -= left_g[offer.offer_id]


def _told(order: PurchaseOrder, lines: Sequence[OrderLine], now: datetime) -> Told:
    name = "OrderAccepted" if order.status == "accepted" else "OrderPartlyAccepted"
    event_id, kind = new_id(), f"farmers.{name}.v1"
    data = {
        "order_id": order.order_id,
        "order_version": order.version,
        "cooperative_id": order.cooperative_id,
        "canteen_id": order.canteen_id,
        "lines": [{"line_id": line.line_id, "confirmed_g": line.confirmed_g} for line in lines],
        "answered_at": now.isoformat(),
        "reason": order.answer_reason,
    }
    event = {"specversion": "1.0", "id": event_id, "type": kind, "source": "/farmers", "time": now.isoformat()}
    return Told(
        shard=zlib.crc32(order.cooperative_id.encode()) % 16,
        topic="farmers.order.v1",
        key=order.cooperative_id,
        headers=[["ce_id", event_id], ["ce_type", kind]],
        value=json.dumps(event | {"subject": order.cooperative_id, "data": data}).encode(),
        created_at=now,
    )


if __name__ == "__main__":
    collect_seldom()
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False)
