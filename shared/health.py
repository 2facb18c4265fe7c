"""Liveness, readiness and metrics of a service, and its dead letters."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from shared import steps
from shared.backed_up import backed_up
from shared.database import ping
from shared.messaging.backlog import backlog
from shared.version import VERSION

router = APIRouter(tags=["operations"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Say that the process answers, and of which version it is; checks nothing outside it."""
    return {"status": "alive", "version": VERSION}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Say whether the service can do its work: database, migrations, broker, consumer, keys of tokens."""
    checks = await checks_of(request.app.state.service)
    ready = well(checks)
    return JSONResponse({"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503)


def well(checks: Mapping[str, str]) -> bool:
    """Whether nothing is wrong."""
    return all(answer == "ok" for answer in checks.values())


async def checks_of(service: Any) -> dict[str, str]:
    """Return what a service needs to do its work, each "ok" or what is wrong with it."""
    checks = {"database": "ok", "migrations": "ok", "bus": "ok", "consumer": "ok"}
    try:
        await ping(service.database)
        present, needed = await steps.present(service.database), steps.newest(service.definition.migrations)
        if not steps.serve(present, needed):
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
    return checks


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
        waiting, backups = await backlog(session, now), await backed_up(session)
    shown.dead.set(waiting.dead_letters)
    shown.parked.set(waiting.parked)
    shown.parked_age.set(waiting.parked_age_s)
    shown.outbox_waiting.set(waiting.outbox_waiting)
    shown.outbox_age.set(waiting.outbox_age_s)
    shown.lag.set(service.consumer.lag)
    shown.backup_age.set(backups.age_s(now))
