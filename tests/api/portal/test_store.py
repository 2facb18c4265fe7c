"""What is stored fits what the code says is stored."""

from services.portal.main import definition
from shared import migrate
from tests.conftest import WorldOf


async def test_the_migrations_lead_to_the_models(world_of: WorldOf) -> None:
    """Nothing is in the models that the migrations do not make, and the other way round."""
    world = await world_of("portal")
    assert await migrate.differences(world.services["portal"].database, definition) == []
