"""How a service stands, for whoever looks after it: the same route in every service with a REST API.

It opens no unit of work: a database that is away is one of the things it tells.
"""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import Request
from pydantic import BaseModel, Field

from shared import health
from shared.auth.access import PROVINCE, rule
from shared.auth.principal import Role
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


class OperationsRead(BaseModel):
    """How the replica that answers stands; `waiting` is null while its database does not answer.

    `checks` are those of `/readyz`, "ok" or what is wrong. `lag`: events of its partitions that it did not handle yet.
    """

    service: str
    version: str
    ready: bool
    checks: Mapping[str, str]
    lag: int
    waiting: WaitingRead | None


@router.get("")
async def read_operations(request: Request) -> OperationsRead:
    """Say how the service stands: whether it is ready, what waits, what could not be handled."""
    return await state_of(request.app.state.service)


async def state_of(service: Service) -> OperationsRead:
    """Return how a service stands, as its own process sees it."""
    checks = await health.checks_of(service)
    return OperationsRead(
        service=service.name,
        version=VERSION,
        ready=health.well(checks),
        checks=checks,
        lag=service.consumer.lag,
        waiting=await _waiting(service),
    )


async def _waiting(service: Service) -> WaitingRead | None:
    try:
        async with service.database.transaction(read_only=True) as session:
            return WaitingRead.of(await backlog(session, service.clock.now()))
    except Exception as error:
        if not is_transient(error):
            raise
        return None


def with_operations(definition: Definition) -> Definition:
    """Return a service that tells administrators how it stands."""
    access = replace(definition.access, rules=[*definition.access.rules, *rules])
    return replace(definition, routers=[*definition.routers, router], access=access)
