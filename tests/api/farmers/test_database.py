"""The service's database and document."""

from shared import migrate
from tests.conftest import WorldOf


async def test_a_migrated_database_is_what_the_models_say(world_of: WorldOf) -> None:
    """Migrations from zero leave nothing for the models to miss."""
    world = await world_of("farmers")
    service = world.services["farmers"]
    assert await migrate.differences(service.database, service.definition) == []


async def test_every_route_says_what_it_does_and_shows_an_example(world_of: WorldOf) -> None:
    """Each route of the OpenAPI document has a description, and each request body an example."""
    world = await world_of("farmers")
    document = (await world.client("farmers").get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    for path, routes in document["paths"].items():
        for method, route in routes.items():
            assert route.get("description") or path.startswith(("/health", "/ready", "/metrics")), (method, path)
            content = route.get("requestBody", {}).get("content", {})
            for body in content.values():
                name = body["schema"].get("$ref", "").rsplit("/", 1)[-1]
                assert schemas.get(name, body["schema"]).get("examples"), (method, path, name)
