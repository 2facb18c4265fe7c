"""Who may see which page."""

from tests.api.walk import walk
from tests.conftest import WorldOf


async def test_walk(world_of: WorldOf) -> None:
    """Each page asks for a session and lets in its roles only."""
    await walk(await world_of("portal"), "portal")
