"""A walk over every route of a service: its table of rules holds, and lets its own in.

    async def test_walk(world_of: WorldOf) -> None:
        await walk(await world_of("logistics"), "logistics")

No object need exist: whose something is is answered here, and a request that the guard lets through goes no further.
Each route is asked with the examples of its document; `examples` adds to them where they are not enough:
`{"GET /board": {"day": "2026-11-30"}}` by the name of a parameter, `{"POST /orders": {"body": {…}}}` for a body.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from shared.auth.access import Access, Named, Objects, Rule, Source, Values
from shared.auth.guard import Admitted, Guard, Opened
from shared.auth.principal import EVERYWHERE, SCOPE, Kind, Principal, Role, Tenants
from shared.auth.signing import SYSTEM
from shared.auth.tokens import Verifier
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork
from tests.api.routes import Route, routes_of
from tests.world import KEY, World, ok

OWNER = "its-owner"
"""Every object of a walk is this tenant's, of every kind."""
STRANGER = "a-stranger"
Examples = Mapping[str, Mapping[str, Any]]


class LetThrough(DomainError):
    """The guard has let a request through; that is all a walk wants to know."""

    status = 418


class Watched(Guard):
    """A guard that tells what it judged, and answers itself what it lets through."""

    def __init__(self, access: Access, verifier: Verifier) -> None:
        super().__init__(access, verifier)
        self.values: Values = {}

    async def judge(self, admitted: Admitted, values: Values, opened: Opened) -> None:
        """Judge as ever, and go no further."""
        self.values = values
        await super().judge(admitted, values, opened)
        raise LetThrough("let-through", "the handler would run now")


async def _owned(_uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Tenants]:
    return dict.fromkeys(ids, Tenants(OWNER, OWNER, OWNER, OWNER))


async def _county_of(_uow: UnitOfWork, ids: Sequence[str]) -> dict[str, str]:
    return dict.fromkeys(ids, OWNER)


def owned(access: Access) -> Access:
    """Return a table whose objects are all the owner's."""

    def source(each: Source) -> Source:
        return dataclasses.replace(each, find=_owned) if isinstance(each, Objects) else each

    rules = [dataclasses.replace(each, of=tuple(source(one) for one in each.of)) for each in access.rules]
    return Access(rules, dict.fromkeys(access.county_of, _county_of))


async def walk(world: World, service: str, examples: Examples | None = None) -> None:
    """Ask each route as nobody, in each role that is not allowed, and in each that is as a stranger and as an owner."""
    running = world.services[service]
    access = running.definition.access
    document = await ok(await world.client(service).get("/openapi.json"))
    routes = {(r.method, r.path): r for r in routes_of(document, streams=True) if r.path not in OPERATIONS}
    assert routes.keys() == access.by_route.keys(), sorted(routes.keys() ^ access.by_route.keys())
    guard = running.guard = Watched(owned(access), Verifier([KEY.trust()], world.clock))
    for key, rule in guard.access.by_route.items():
        request = request_of(routes[key], rule, (examples or {}).get(str(rule), {}))
        await _Walker(world, service, guard, rule, request).walk()


OPERATIONS = ("/livez", "/readyz", "/metrics")
"""Open, and no rule's: they show nothing of anybody."""


@dataclasses.dataclass(frozen=True)
class Request:
    """What a route is asked with."""

    path: str
    query: dict[str, str]
    content: bytes | None
    headers: dict[str, str]


def request_of(route: Route, rule: Rule, examples: Mapping[str, Any]) -> Request:
    """Return a request of examples: what is required, and whatever names a tenant."""
    wanted = {path.split(".")[0].removesuffix("[]") for source in rule.of for path in source.paths}
    path, query, headers = route.path, {}, {}
    for parameter in route.parameters:
        name = parameter["name"]
        value = str(examples.get(name, _example(parameter)))
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        elif parameter["in"] == "query" and (parameter.get("required") or name in wanted | examples.keys()):
            query[name] = value
        elif parameter["in"] == "header" and parameter.get("required"):
            headers[name] = value
    content = None
    if route.media is not None:
        body = examples.get("body", route.examples[0] if route.examples else None)
        content = json.dumps(body).encode() if "json" in route.media else str(body).encode()
        headers["Content-Type"] = route.media
    return Request(path, query, content, headers)


def _example(parameter: dict[str, Any]) -> Any:
    schema = parameter["schema"]
    for part in (parameter, schema, *schema.get("anyOf", ())):
        if found := part.get("examples") or part.get("enum"):
            return found[0]
    formats = {"date": "2026-11-30", "date-time": "2026-11-30T00:00:00Z"}
    kinds = {"integer": 1, "boolean": "true"}
    return formats.get(schema.get("format", "")) or kinds.get(schema.get("type", "")) or "walk-1"


@dataclasses.dataclass(frozen=True)
class _Walker:
    world: World
    service: str
    guard: Watched
    rule: Rule
    request: Request

    async def walk(self) -> None:
        if self.rule.open_to_all:
            await self._expect(None, 418, "let-through")
            return
        await self._expect(None, 401, "no-token")
        for role in sorted(set(Role) - self.rule.roles):
            await self._expect(self._somebody(role, {OWNER, "*"}), 403, "role-not-allowed")
        await self._expect(SYSTEM, 418, "let-through")
        claims = [
            claim for source in self.rule.of if isinstance(source, Named) for claim in source.claimed(self.guard.values)
        ]
        for role in sorted(self.rule.roles):
            kind = SCOPE[role]
            named = {claim[kind] for claim in claims if kind in claim and claim[kind] is not None} if kind else set()
            if kind is not None and self.rule.whole_province:
                await self._expect(self._somebody(role, {OWNER}), 403, "province-only")
                named = {EVERYWHERE}
            await self._expect(self._somebody(role, named | {OWNER}), 418, "let-through")
            if kind is not None and self.rule.of:
                await self._expect(self._somebody(role, {STRANGER}), (403, 404), None)
                await self._say_nothing(role)

    async def _say_nothing(self, role: Role) -> None:
        """Whoever is bound must name a tenant: a question about all of them is not answered."""
        names = {name for source in self.rule.of if isinstance(source, Named) for name in source.names.values()}
        names |= {source.path for source in self.rule.of if isinstance(source, Objects) and not source.optional}
        left = {name: value for name, value in self.request.query.items() if name not in names}
        if names and names <= self.request.query.keys():
            nameless = dataclasses.replace(self.request, query=left)
            await self._expect(self._somebody(role, {STRANGER}), (403, 404, 422), None, nameless)

    def _somebody(self, role: Role, own: set[str]) -> Principal:
        kind = SCOPE[role]
        ids = {each: frozenset(own) if each is kind else frozenset() for each in Kind}
        return Principal(
            f"walking-{role}",
            frozenset({role}),
            ids[Kind.COUNTY],
            ids[Kind.CANTEEN],
            ids[Kind.COOPERATIVE],
            ids[Kind.DRIVER],
        )

    async def _expect(
        self, who: Principal | None, status: int | tuple[int, ...], rule: str | None, request: Request | None = None
    ) -> None:
        asked = request or self.request
        answer: httpx.Response = await self.world.client(self.service, as_=who).request(
            self.rule.method, asked.path, params=asked.query, content=asked.content, headers=asked.headers
        )
        role = "nobody" if who is None else ", ".join(sorted(who.roles))
        told = f"{self.rule} as {role} ({who}): {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json", told
        assert answer.status_code in (status if isinstance(status, tuple) else (status,)), told
        assert rule is None or answer.json()["rule"] == rule, told
        assert ("www-authenticate" in answer.headers) == (answer.status_code == 401), told
