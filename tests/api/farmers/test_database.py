"""The service's database and document."""

import re
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect

from services.farmers.main import definition
from shared import migrate
from shared.database import open_database
from tests.conftest import WorldOf


async def test_a_migrated_database_is_what_the_models_say(world_of: WorldOf) -> None:
    """Migrations from zero leave nothing for the models to miss."""
    world = await world_of("farmers")
    service = world.services["farmers"]
    assert await migrate.differences(service.database, service.definition) == []


async def test_checks_are_those_of_the_models(tmp_path: Path) -> None:
    """Comparing columns misses CHECK constraints: a migrated database has the same ones as a created one."""
    migrated = open_database(f"sqlite:///{tmp_path / 'migrated.sqlite'}")
    await migrate.upgrade(migrated, definition.migrations)
    found = await migrated.run_sync(_checks)
    await migrated.close()
    created = create_engine(f"sqlite:///{tmp_path / 'created.sqlite'}")
    definition.metadata.create_all(created)
    with created.connect() as connection:
        wanted = _checks(connection)
    created.dispose()
    assert found == wanted


def _checks(connection: Connection) -> dict[str, str]:
    looking = inspect(connection)
    return {
        f"{table}.{check['name']}": re.sub(r"[\s()]+", "", str(check["sqltext"]))
        for table in looking.get_table_names()
        for check in looking.get_check_constraints(table)
    }


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
