"""Whoever names its own county, and beside it a canteen or a cooperative of another, is shown nothing of that one."""

from typing import Any

import httpx
import pytest

from shared.auth.access import Named, Rule
from shared.auth.principal import SCOPE, Kind, Principal
from tests.api.routes import routes_of
from tests.api.test_nonsense import SET_UP
from tests.api.walk import request_of
from tests.conftest import SERVICES, WorldOf
from tests.world import ok

ELSEWHERE = "520627"
THEIRS = {Kind.CANTEEN: ("sch-1", "school-1"), Kind.COOPERATIVE: ("coop-1",), Kind.DRIVER: ("drv-1",)}
"""What the set-ups have in another county."""
EXAMPLES = {"GET /board": {"day": "2026-11-30"}}


def named_by(rule: Rule) -> dict[Kind, str]:
    """Return the parameters a rule reads tenants from, where one of them is the county and one is not."""
    named = {kind: name for of in rule.of if isinstance(of, Named) for kind, name in of.names.items()}
    return named if Kind.COUNTY in named and len(named) > 1 else {}


def shown(answer: httpx.Response) -> bool:
    """Whether an answer tells of anything."""
    if not answer.is_success or "json" not in answer.headers["content-type"]:
        return answer.is_success
    return counts(answer.json())


def counts(told: Any) -> bool:
    """Whether there is a list that is not empty, or a number that is not 0."""
    if isinstance(told, dict):
        return any(counts(each) for each in told.values())
    return bool(told) and isinstance(told, list | int | float)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_own_county_opens_nothing_of_anothers(world_of: WorldOf, service: str) -> None:
    """Both filters hold, or the question is refused."""
    world = await world_of(service)
    await SET_UP[service](world)
    access = world.services[service].definition.access
    routes = {(r.method, r.path): r for r in routes_of(await ok(await world.client(service).get("/openapi.json")))}
    wrong, there = [], 0
    for key, rule in access.by_route.items():
        named = named_by(rule) if rule.method == "GET" and key in routes else {}
        roles = [role for role in sorted(rule.roles) if SCOPE[role] is Kind.COUNTY]
        for kind, name in named.items():
            for theirs in THEIRS.get(kind, ()):
                request = request_of(routes[key], rule, EXAMPLES.get(str(rule), {}))
                query = {n: v for n, v in request.query.items() if n not in named.values()} | {name: theirs}
                there += shown(await world.client(service).get(request.path, params=query))
                query |= {named[Kind.COUNTY]: ELSEWHERE}
                for role in roles:
                    who = Principal(f"{role}-there", frozenset({role}), frozenset({ELSEWHERE}))
                    answer = await world.client(service, as_=who).get(request.path, params=query)
                    if shown(answer):
                        wrong.append(f"{rule} {query} as {role}: {answer.text[:300]}")
    assert there, "without the county there is something to be seen"
    assert wrong == []
