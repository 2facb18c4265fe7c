"""Days and instants are asked for in text: a number is refused wherever one is taken, in every service."""

from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant

from shared import fields
from shared.routing import GuardedRoute
from tests.api.routes import routes_of
from tests.conftest import SERVICES, WorldOf
from tests.world import ok

TAKEN_BY = {"date": fields.day_as_text, "datetime": fields.instant_as_text}
"""What every day and every instant from outside goes through."""
NUMBERS = {"date": "1795996800", "date-time": "60"}
"""Midnight of a day, and a minute after the first second of 1970."""


def times_in(schema: Any, taken: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, bool]]:
    """Yield where a schema of pydantic's has a day or an instant, and whether only text is taken for it."""
    if isinstance(schema, dict):
        if (kind := schema.get("type")) in ("date", "datetime"):
            yield ".".join(name for above, name in pairwise(path) if above == "fields"), taken is TAKEN_BY[kind]
        if kind == "function-before":
            taken = schema["function"]["function"]
        for name, each in schema.items():
            yield from times_in(each, taken, (*path, name))
    elif isinstance(schema, list | tuple):
        for each in schema:
            yield from times_in(each, taken, (*path, ""))


def asked_of(dependant: Dependant) -> Iterator[Any]:
    """Yield what a route asks for in its path, its query, its headers and its body, by itself or by what it needs."""
    yield from (*dependant.path_params, *dependant.query_params, *dependant.header_params, *dependant.body_params)
    for each in dependant.dependencies:
        yield from asked_of(each)


@pytest.mark.parametrize("service", [*SERVICES, "identity", "portal"])
def test_every_time_of_every_route_is_text(service: str) -> None:
    """Whatever a route asks for, however deep in a body: a day or an instant is one of `shared.fields`."""
    definition = import_module(f"services.{service}.main").definition
    found, others = 0, []
    for route in (each for router in definition.routers for each in router.routes):
        assert isinstance(route, GuardedRoute)
        for field in asked_of(route.dependant):
            for where, as_text in times_in(field._type_adapter.core_schema):
                found += 1
                others += [] if as_text else [f"{route.methods} {route.path}: {field.name} {where}"]
    assert others == []
    assert found, "no route takes a time: the walk has gone blind"


@pytest.mark.parametrize("service", SERVICES)
async def test_numbers_in_paths_and_queries_are_refused(world_of: WorldOf, service: str) -> None:
    """A number of seconds is answered 422 that names the parameter and the rule: `GET /audit/acts?until=60`."""
    world = await world_of(service)
    client = world.client(service)
    asked = []
    for route in routes_of(await ok(await client.get("/openapi.json"))):
        for parameter in route.parameters:
            schema = parameter["schema"]
            formats = {part.get("format") for part in (schema, *schema.get("anyOf", ()))}
            for kind in formats & NUMBERS.keys():
                path = route.path.replace(f"{{{parameter['name']}}}", NUMBERS[kind])
                query = {parameter["name"]: NUMBERS[kind]} if parameter["in"] == "query" else {}
                answer = await client.request(route.method, path, params=query)
                assert answer.status_code == 422, f"{route}: {answer.status_code} {answer.text}"
                rules = {each["field"]: each["rule"] for each in answer.json()["errors"]}
                rule = "day" if kind == "date" else "instant"
                assert rules[f"{parameter['in']}.{parameter['name']}"] == rule, f"{route}: {answer.text}"
                asked.append((route.path, parameter["name"]))
    assert ("/audit/acts", "until") in asked
    assert len(asked) > 5
