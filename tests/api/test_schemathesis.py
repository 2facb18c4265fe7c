"""Schemathesis asks every route of every service's document, in every role: what is answered is as the document says,
and whoever may not is refused as the table says (decision 43).

Each request is generated from the document, right or wrong, and names things that exist where it can. `make test` draws
the same few each time; `make fuzz` draws many, by a seed that it prints, and checks whatever Schemathesis can.
"""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from services.identity.main import definition as identity
from shared.auth.access import Named, Objects, Rule, read
from shared.auth.principal import SCOPE, Principal, Role
from shared.auth.signing import SYSTEM
from shared.messaging.embedded import EmbeddedBus
from shared.rates import Rates
from tests.api.identity.issuer import Issuer, settings_for
from tests.api.routes import routes_of
from tests.api.test_nonsense import NEXT_WEEK, SET_UP, Known
from tests.conftest import SERVICES, WorldOf
from tests.world import World, ok

CASES = 1
"""Requests of each kind for each route: a right one is sent as several people, a wrong one as one that may."""
OWN = frozenset({"sch-1", "coop-1", "drv-1"})
HERE = "520628"
STRANGER = "a-stranger"
AnyCase = Case[Any]
BOUNDED: list[CheckFunction] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
NOT_OURS: list[CheckFunction] = [
    checks.positive_data_acceptance,  # rules of the field refuse much that has the right form
    checks.ignored_auth,  # asked here, of more people than with and without a token
]


@schemathesis.serializer("text/csv", "application/pdf", "image/jpeg", "image/png")
def plain_bytes(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Send a body that is no JSON as the bytes it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def somebody(role: Role, own: frozenset[str], county: str) -> Principal:
    """Return somebody in one role whose own are these."""
    return Principal(f"{role}-of-{county}", frozenset({role}), frozenset({county}), own, own, own)


@dataclass(frozen=True)
class Asking:
    """Who asks, and what the table says: the status, or that nothing may be shown or done; None, whatever happens."""

    who: Principal | None
    status: int | None = None
    succeeds: bool = True


def people_of(rule: Rule) -> Iterator[list[Asking]]:
    """Return, without end, who asks with the next request: one of each kind, in the next role."""
    mine = sorted(rule.roles)
    bound = [role for role in mine if SCOPE[role] is not None]
    # What may be new may also be the province's, which is everybody's to read.
    of_somebody = rule.whole_province or any(not isinstance(one, Objects) or not one.may_be_new for one in rule.of)
    wrong = itertools.cycle(sorted(set(Role) - rule.roles) or [None])
    for number in itertools.count():
        asking = [Asking(None, 401), Asking(SYSTEM), Asking(somebody(mine[number % len(mine)], OWN, HERE))]
        if (role := next(wrong)) is not None:
            asking.append(Asking(somebody(role, OWN, "*"), 403))
        if bound and of_somebody:
            stranger = somebody(bound[number % len(bound)], frozenset({STRANGER}), STRANGER)
            asking.append(Asking(stranger, 403 if rule.whole_province else None, succeeds=False))
        yield asking


class Asked:
    """A service that is asked by many, from another thread than the one it runs in."""

    def __init__(self, world: World, service: str, known: Known, loop: asyncio.AbstractEventLoop) -> None:
        self.world, self.service, self.known, self._loop = world, service, known, loop
        running = world.services[service]
        running.rates = Rates(running.settings.model_copy(update=dict.fromkeys(LIMITS, 10**9)))

    def send(self, case: AnyCase, who: Principal | None) -> httpx.Response:
        """Send a request as somebody."""
        said = case.as_transport_kwargs(base_url=f"http://{self.service}")
        prepared = requests.Request(**said).prepare()
        headers = [
            (name.encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in prepared.headers.items()
            if name.lower() != "authorization"  # the client's own says who asks
        ]
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
        assert body is None or isinstance(body, bytes)
        client = self.world.client(self.service, as_=who)
        asked = client.request(str(prepared.method), str(prepared.url), content=body, headers=headers)
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result(timeout=60)

    def name_what_exists(self, case: AnyCase) -> None:
        """Put in ids of what is there: what is made up is only ever unknown."""
        for parameters in (case.path_parameters, case.query):
            for name in parameters or {}:
                if there := self.known.named(name):
                    parameters[name] = str(there[len(str(parameters[name])) % len(there)])


LIMITS = ("subject_per_minute", "address_per_minute")


def names_nothing(rule: Rule, case: AnyCase) -> bool:
    """Whether all that names tenants are lists in the body, and they name none: then there is nothing to refuse."""
    sources = [f"{one.base}[]" if isinstance(one, Named) and one.base else one.paths[0] for one in rule.of]
    named = [one for path in sources for one in read({path.split(".")[0]: case.body}, path) if one is not None]
    return all("[]" in path for path in sources) and not named


def as_said(asked: Asked, rule: Rule, case: AnyCase, asking: Asking, wanted: list[CheckFunction] | None) -> None:
    """Send a request as somebody, and hold the answer against the document and the table."""
    answer = asked.send(case, asking.who)
    told = f"{case.as_curl_command()}\nas {asking.who}: {answer.status_code} {answer.text[:500]}"
    assert asking.status is None or answer.status_code == asking.status, told
    assert asking.succeeds or not answer.is_success or names_nothing(rule, case), told
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", told
    try:
        case.validate_response(answer, checks=wanted, excluded_checks=NOT_OURS)
    except Exception as error:
        raise AssertionError(f"{error}\n{told}") from error
    if answer.is_success and "json" in answer.headers.get("content-type", ""):
        asked.known.learn(answer.json())


def ask(asked: Asked, operation: APIOperation[Any, Any, Any, Any], rule: Rule) -> None:
    """Ask a route with requests that are right, and with some that are wrong."""
    drawn = settings.default
    assert drawn is not None
    long = not drawn.derandomize
    people = people_of(rule)

    def each(case: AnyCase) -> None:
        right = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
        if right:
            asked.name_what_exists(case)
        parts = [str(value) for value in (case.path_parameters or {}).values()]
        assume(all(part.strip(".") and "/" not in part for part in parts))  # else it is another route's path
        for asking in next(people) if right or long else [next(people)[2]]:
            as_said(asked, rule, case, asking, None if long else BOUNDED)

    for mode in GenerationMode:
        if mode is GenerationMode.NEGATIVE and not (list(operation.iter_parameters()) or operation.body):
            continue
        settings(
            max_examples=drawn.max_examples if long else CASES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(operation.as_strategy(generation_mode=mode))(each))()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_answers_as_it_says(world_of: WorldOf, service: str) -> None:
    """No 5xx, no answer that is not documented, no success for whom the table shuts out, whatever is asked."""
    world = await world_of(service)
    await SET_UP[service](world)
    await ask_all(world, service)


async def test_identity_answers_as_it_says(tmp_path: Path) -> None:
    """So does the issuer where a token is needed; what is open to all is OAuth's, and asked by its own tests."""
    async with World([identity], EmbeddedBus(tmp_path / "bus.sqlite"), {"identity": settings_for(tmp_path)}) as world:
        await world.settle()
        await Issuer(world).settle_in()
        await ask_all(world, "identity")


async def ask_all(world: World, service: str) -> None:
    """Ask every route of a service, those that change something first: reading meets what they left."""
    client = world.client(service)
    document = await ok(await client.get("/openapi.json"))
    access = world.services[service].definition.access
    assert access is not None
    known = Known()
    known.learn(NEXT_WEEK)
    known.learn({"county_code": HERE, "canteen_id": "sch-1", "cooperative_id": "coop-1", "driver_id": "drv-1"})
    routes = routes_of(document)
    for route in routes:
        if route.method == "GET" and "{" not in route.path:
            answer = await client.get(route.path)
            known.learn(answer.json() if "json" in answer.headers["content-type"] else None)
    asked = Asked(world, service, known, asyncio.get_running_loop())
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)  # who asks is ours to say, not generated
    operations = schemathesis.openapi.from_dict(document)
    for route in routes:
        rule = access.by_route.get((route.method, route.path))
        if rule is not None and not rule.open_to_all:
            await asyncio.to_thread(ask, asked, operations[route.path][route.method.lower()], rule)
    metrics = (await client.get("/metrics")).text
    assert f'dead_letters{{service="{service}"}} 0.0' in metrics or service == "identity"
