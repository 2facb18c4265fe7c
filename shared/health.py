"""Liveness, readiness and metrics of a service, and its dead letters."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import func, select

from shared import steps
from shared.database import ping
from shared.messaging import outbox
from shared.messaging.tables import dead_letter, parked_event

router = APIRouter(tags=["operations"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Say that the process answers; checks nothing outside it."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Say whether the service can do its work: database, migrations, broker, consumer, keys of tokens."""
    service = request.app.state.service
    checks = {"database": "ok", "migrations": "ok", "bus": "ok", "consumer": "ok"}
    try:
        await ping(service.database)
        present, needed = await steps.present(service.database), steps.newest(service.definition.migrations)
        if present != needed:
            checks["migrations"] = f"at {present}, this code needs {needed}"
    except Exception as error:
        checks["database"] = checks["migrations"] = type(error).__name__
    if not await service.bus.healthy():
        checks["bus"] = "cannot be reached"
    if not service.consumer.healthy:
        checks["consumer"] = "failed several times in a row"
    if not service.guard.ready:
        checks["keys"] = "cannot be reached"
        service.guard.begin()
    ready = all(answer == "ok" for answer in checks.values())
    return JSONResponse({"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Show the service's metrics in Prometheus' text format."""
    service: Any = request.app.state.service
    await _measure(service)
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4")


async def _measure(service: Any) -> None:
    shown = service.metrics
    now = service.clock.now()
    async with service.database.transaction(read_only=True) as session:
        count, since = await outbox.waiting(session)
        unreplayed = select(func.count()).select_from(dead_letter).where(dead_letter.c.replayed_at.is_(None))
        shown.dead.set(await session.scalar(unreplayed))
        shown.parked.set(await session.scalar(select(func.count()).select_from(parked_event)))
    shown.outbox_waiting.set(count)
    shown.outbox_age.set((now - since).total_seconds() if since else 0)
    shown.lag.set(service.consumer.lag)
