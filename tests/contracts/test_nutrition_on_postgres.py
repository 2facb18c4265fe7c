"""Whose the things of nutrition are is found on PostgreSQL, too."""

from tests.api.nutrition import test_access as access
from tests.conftest import WorldOf


async def test_everybody_reads_what_is_theirs(world_of: WorldOf) -> None:
    """Every finder, and every list of a county or canteen."""
    await access.test_everybody_reads_what_is_theirs(world_of)
