"""Journeys run in the whole world, on each backend."""

import pytest

from tests.journeys.county import County
from tests.world import World


@pytest.fixture
def county(world: World) -> County[World]:
    """Return a county in an empty world."""
    return County(world)
