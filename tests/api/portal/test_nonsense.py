"""Nonsense from outside: whatever is asked of a page, nothing fails; services that are away are said to be."""

from itertools import product
from urllib.parse import quote

import pytest

from shared.auth.access import Rule
from shared.auth.principal import Principal, Role
from tests.api.portal.browser import HTML
from tests.api.routes import Route, routes_of
from tests.api.test_nonsense import NASTY
from tests.conftest import WorldOf
from tests.world import ok

TEXTS = [str(value) for value in NASTY if isinstance(value, str | int | float)]
FIELDS = ("kg", "quantity", "reason", "day", "weight", "version", "_key", "_page", "_csrf", "x")


def somebody(rule: Rule) -> Principal | None:
    """Return somebody who may see a page, with a tenant of each kind."""
    if rule.open_to_all:
        return None
    role = sorted(rule.roles - {Role.SYSTEM, Role.AUDITOR} or rule.roles)[0]
    own = frozenset({"walk-1"})
    return Principal(f"nonsense-{role}", frozenset({role}), own, own, own, own)


def addresses(route: Route) -> list[str]:
    """Return addresses of a route with something nasty in each of its parts."""
    found = []
    inside = [each for each in route.parameters if each["in"] == "path"]
    asked = [each["name"] for each in route.parameters if each["in"] == "query"]
    for text in TEXTS if inside or asked else [""]:
        said = quote(text.encode("utf-8", "surrogatepass"), safe="") or "%00"
        path = route.path
        for each in inside:
            path = path.replace(f"{{{each['name']}}}", said)
        found.append(f"{path}?{'&'.join(f'{name}={said}' for name in asked)}" if asked else path)
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nonsense(world_of: WorldOf, method: str) -> None:
    """Every page answers: by itself, by a refusal, or by saying that a service is away, and never by a failure."""
    world = await world_of("portal")
    access = world.services["portal"].definition.access
    assert access is not None
    document = await ok(await world.client("portal").get("/openapi.json"))
    routes = [each for each in routes_of(document) if (each.method, each.path) in access.by_route]
    asked = 0
    for route in (each for each in routes if each.method == method):
        client = world.client("portal", as_=somebody(access.by_route[method, route.path]))
        forms = [dict.fromkeys(FIELDS, text) for text in TEXTS if text.isprintable()] if method == "POST" else [None]
        pairs = product(addresses(route)[:1], forms) if method == "POST" else product(addresses(route), forms)
        for address, form in pairs:
            answer = await client.request(method, address, data=form, headers=HTML)
            assert answer.status_code != 500, f"{method} {address} {form}"
            asked += 1
    assert asked > 50
