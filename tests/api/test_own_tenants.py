"""What it costs to be let in: whoever names a tenant of its own is judged by its token, and no database is asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from shared.auth.access import Named, Rule
from shared.auth.principal import SCOPE, Kind, Principal, Role
from tests.api.routes import routes_of
from tests.api.test_nonsense import SET_UP
from tests.api.walk import Request, request_of
from tests.conftest import SERVICES, WorldOf
from tests.world import World, ok

EXAMPLES = {"GET /board": {"day": "2026-11-30"}, "GET /epcis/events": {"day": "2026-11-30"}}


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Return every statement that any database is asked, by whatever way, as it comes."""
    asked: list[str] = []

    def listen(connection: Any, _record: Any) -> None:
        connection.set_trace_callback(asked.append)

    event.listen(Engine, "connect", listen)
    yield asked
    event.remove(Engine, "connect", listen)


def owner_of(rule: Rule, role: Role, request: Request) -> Principal | None:
    """Return who owns what a request names, in a role; None where it does not name the tenant that bounds the role."""
    kind = SCOPE[role]
    names = [of.names.get(kind) for of in rule.of if isinstance(of, Named)] if kind is not None else []
    own = frozenset(request.query[name] for name in names if name in request.query)
    if not own or len(names) < len(rule.of):
        return None
    county, canteen, cooperative, driver = (own if each is kind else frozenset[str]() for each in Kind)
    return Principal(f"own-{role}", frozenset({role}), county, canteen, cooperative, driver)


@pytest.mark.parametrize("service", SERVICES)
async def test_own_tenants_cost_no_statement(statements: list[str], world_of: WorldOf, service: str) -> None:
    """Every list that is asked for by the own tenant takes as many statements as for a machine that may everything."""
    world = await world_of(service)
    await SET_UP[service](world)
    access = world.services[service].definition.access
    assert access is not None
    document = await ok(await world.client(service).get("/openapi.json"))
    compared = 0
    for route in routes_of(document):
        rule = access.by_route.get((route.method, route.path))
        if rule is None or route.method != "GET" or not rule.of:
            continue
        request = request_of(route, rule, EXAMPLES.get(str(rule), {}))
        for role in sorted(rule.roles):
            if (who := owner_of(rule, role, request)) is not None:
                machine = Principal("machine", frozenset({Role.SYSTEM}))
                bare, judged = [await count(world, service, request, each, statements) for each in (machine, who)]
                assert judged == bare, f"{rule} as {role}: {judged} statements instead of {bare}"
                compared += 1
    assert compared > 3


async def count(world: World, service: str, request: Request, who: Principal, statements: list[str]) -> int:
    """Return how many statements an answer takes, asked a second time: by then the token is known."""
    client = world.client(service, as_=who)
    for _ in range(2):
        statements.clear()
        answer = await client.get(request.path, params=request.query, headers=request.headers)
        assert answer.status_code in (200, 404), answer.text
    return len(statements)
