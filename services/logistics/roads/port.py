"""The port to whoever knows the roads: a server where one is set, else, and where it fails, the estimate."""

from collections.abc import Mapping
from typing import Protocol

import structlog

from services.logistics.roads.estimate import estimated
from services.logistics.trips.problem import Place, Position, Roads
from shared.settings import Settings

log = structlog.get_logger()


class RoadsFailed(Exception):
    """The server cannot be asked now, or answers nonsense; its text shows nothing of what it answered."""


class RoadServer(Protocol):
    """Who knows the roads."""

    async def between(self, positions: Mapping[Place, Position]) -> Roads:
        """Return the ways between all places. Raises RoadsFailed."""
        ...


class Estimate:
    """The embedded default: nobody outside is asked."""

    async def between(self, positions: Mapping[Place, Position]) -> Roads:
        """Return the estimated ways."""
        return estimated(positions)


def server_of(settings: Settings) -> RoadServer:
    """Return the server the settings name."""
    if settings.roads_url is None:
        return Estimate()
    from services.logistics.roads.osrm import OsrmRoads

    return OsrmRoads(settings.roads_url)


async def roads_between(server: RoadServer, positions: Mapping[Place, Position]) -> tuple[Roads, str]:
    """Return the ways, and what is to be said of them: nothing, or that the server failed and they are estimated."""
    try:
        return await server.between(positions), ""
    except RoadsFailed as error:
        log.warning("roads-failed", error=str(error), places=len(positions))
        return estimated(positions), f"roads are estimated: the server of roads {error}"
