"""The API's document: what somebody who has never seen the service reads."""

from typing import Any

from tests.conftest import WorldOf
from tests.world import ok


async def test_every_route_says_what_it_does_and_shows_a_request(world_of: WorldOf) -> None:
    """Each route has a description; each body and each path parameter has an example."""
    world = await world_of("logistics")
    document = await ok(await world.client("logistics").get("/openapi.json"))
    schemas = document["components"]["schemas"]
    routes = [
        (f"{method} {path}", operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "tags" in operation
    ]
    assert len(routes) >= 30
    for name, operation in routes:
        assert operation["description"], name
        assert all(shown(parameter) for parameter in operation.get("parameters", []) if parameter["in"] == "path"), name
        if "requestBody" in operation:
            (media,) = operation["requestBody"]["content"].values()
            named = media["schema"].get("$ref", "").rsplit("/", 1)[-1]
            assert (schemas[named] if named else media["schema"])["examples"], name


def shown(parameter: dict[str, Any]) -> bool:
    """Whether a parameter has an example."""
    return bool(parameter.get("examples") or parameter["schema"].get("examples"))
