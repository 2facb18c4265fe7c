"""How a service stands, for whoever looks after it: the same route in every service with a REST API.

It opens no unit of work: a database that is away is one of the things it tells.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, Field

from shared import health
from shared.auth.access import PROVINCE, rule
from shared.auth.principal import Role
from shared.backed_up import BackedUp, backed_up
from shared.database import is_transient
from shared.messaging.backlog import Backlog, backlog
from shared.routing import guarded_router
from shared.service import Definition, Service
from shared.version import VERSION

router = guarded_router(prefix="/operations", tags=["operations"])
rules = [rule("GET /operations", {Role.ADMINISTRATOR}, PROVINCE)]  # counts alone; nothing of them is any county's


class WaitingRead(BaseModel):
    """What waits in the service's database: how many events, and for how many seconds the oldest has."""

    outbox_waiting: int
    outbox_age_s: int
    dead_letters: int = Field(description="that could not be handled, and are neither replayed nor dropped")
    parked: int = Field(description="events that wait for what they need")
    parked_age_s: int

    @classmethod
    def of(cls, found: Backlog) -> "WaitingRead":
        """Return the answer about a backlog; seconds are cut off."""
        return cls(
            outbox_waiting=found.outbox_waiting,
            outbox_age_s=int(found.outbox_age_s),
            dead_letters=found.dead_letters,
            parked=found.parked,
            parked_age_s=int(found.parked_age_s),
        )


class BackupRead(BaseModel):
    """What the service's database knows of its backups; null: there was none, and none failed after the last."""

    last_at: datetime | None = Field(description="the moment of which the last whole backup is")
    failed_at: datetime | None = Field(description="when the last one failed, if that was after it")
    failure: str | None

    @classmethod
    def of(cls, found: BackedUp) -> "BackupRead":
        """Return the answer about backups."""
        return cls(last_at=found.last_at, failed_at=found.failed_at, failure=found.failure)


class OperationsRead(BaseModel):
    """How the replica that answers stands; `waiting` and `backup` are null while its database does not answer.

    `checks` are those of `/readyz`, "ok" or what is wrong. `lag`: events of its partitions that it did not handle yet.
    """

    service: str
    version: str
    ready: bool
    checks: Mapping[str, str]
    lag: int
    waiting: WaitingRead | None
    backup: BackupRead | None


@router.get("")
async def read_operations(request: Request) -> OperationsRead:
    """Say how the service stands: whether it is ready, what waits, what could not be handled."""
    return await state_of(request.app.state.service)


async def state_of(service: Service) -> OperationsRead:
    """Return how a service stands, as its own process sees it."""
    checks = await health.checks_of(service)
    waiting, backup = await _kept(service)
    return OperationsRead(
        service=service.name,
        version=VERSION,
        ready=health.well(checks),
        checks=checks,
        lag=service.consumer.lag,
        waiting=waiting,
        backup=backup,
    )


async def _kept(service: Service) -> tuple[WaitingRead | None, BackupRead | None]:
    try:
        async with service.database.transaction(read_only=True) as session:
            waiting = WaitingRead.of(await backlog(session, service.clock.now()))
            return waiting, BackupRead.of(await backed_up(session))
    except Exception as error:
        if not is_transient(error):
            raise
        return None, None


def with_operations(definition: Definition) -> Definition:
    """Return a service that tells administrators how it stands."""
    access = replace(definition.access, rules=[*definition.access.rules, *rules])
    return replace(definition, routers=[*definition.routers, router], access=access)
