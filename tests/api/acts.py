"""What auditors are told of who did what."""

from typing import Any

from tests.people import auditor
from tests.world import World, ok


async def acts_of(world: World, service: str, action: str) -> list[dict[str, Any]]:
    """Return the acts of a service by one of its routes ("POST /files"), the newest first."""
    answer = await ok(await world.client(service, as_=auditor()).get("/audit/acts", params={"limit": 1000}))
    return [act for act in answer["items"] if act["action"] == action]
