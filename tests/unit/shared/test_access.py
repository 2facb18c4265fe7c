"""The table of rules: who is let in where, on whose things."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from shared.auth.access import WHOLE_PROVINCE, Access, rule, within
from shared.auth.guard import Admitted, Guard
from shared.auth.principal import Principal, Role, Tenants
from shared.auth.signing import SYSTEM
from shared.auth.tokens import bearer
from shared.auth.trusting import parameters_of
from shared.errors import Forbidden
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service, create_app
from shared.settings import Settings
from tests import people
from tests.api.walk import walk
from tests.conftest import SERVICES
from tests.unit.shared import gate as gates
from tests.unit.shared.gate import NAME, RULES, defined, gate
from tests.world import World, ok, refused

CANTEEN, CLERK = people.canteen("canteen-1"), people.clerk("coop-1")
HERE, ELSEWHERE = people.nutritionist("520628"), people.nutritionist("520627")
PROVINCIAL = people.nutritionist()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world of the small service."""
    async with gate(tmp_path) as opened:
        yield opened


ASKED: list[tuple[Principal | None, str, int, str]] = [
    (None, "GET /orders", 401, "no-token"),
    (CLERK, "GET /orders", 403, "role-not-allowed"),
    (CANTEEN, "GET /orders", 403, "tenant-not-named"),
    (CANTEEN, "GET /orders?canteen_id=canteen-1", 200, ""),
    (CANTEEN, "GET /orders?canteen_id=canteen-2", 403, "other-tenant"),
    (CANTEEN, "GET /orders?county_code=520628", 403, "tenant-not-named"),
    (HERE, "GET /orders", 403, "tenant-not-named"),
    (HERE, "GET /orders?county_code=520628", 200, ""),
    (HERE, "GET /orders?county_code=520627", 403, "other-tenant"),
    (HERE, "GET /orders?canteen_id=canteen-1", 200, ""),
    (HERE, "GET /orders?canteen_id=canteen-2", 404, "unknown-canteen"),
    (HERE, "GET /orders?canteen_id=canteen-9", 404, "unknown-canteen"),
    (PROVINCIAL, "GET /orders", 200, ""),
    (people.auditor(), "GET /orders", 200, ""),
    (people.auditor(), "PUT /orders/order-1", 403, "role-not-allowed"),
    (SYSTEM, "PUT /orders/order-1", 200, ""),
    (CANTEEN, "GET /orders/order-1", 200, ""),
    (CANTEEN, "GET /orders/order-2", 404, "unknown-order"),
    (CANTEEN, "GET /orders/order-9", 404, "unknown-order"),
    (CLERK, "GET /orders/order-2", 200, ""),
    (HERE, "GET /orders/order-1", 200, ""),
    (HERE, "GET /orders/order-2", 404, "unknown-order"),
    (ELSEWHERE, "GET /orders/order-2", 200, ""),
    (PROVINCIAL, "GET /orders/order-2", 200, ""),
    (CANTEEN, "PUT /orders/order-9", 200, ""),
    (CANTEEN, "PUT /orders/order-2", 404, "unknown-order"),
    (CLERK, "GET /looks?order_id=order-1", 200, ""),
    (CLERK, "GET /looks", 403, "tenant-not-named"),
    (PROVINCIAL, "GET /looks", 200, ""),
    (CLERK, "GET /standards", 200, ""),
    (CLERK, "PUT /standards", 403, "role-not-allowed"),
    (HERE, "PUT /standards", 403, "province-only"),
    (PROVINCIAL, "PUT /standards", 200, ""),
    (None, "GET /notice", 200, ""),
    (CANTEEN, "PUT /orders/order-1/photo", 200, ""),
    (CANTEEN, "PUT /orders/order-2/photo", 404, "unknown-order"),
    (CANTEEN, "GET /orders/order-1/stream", 200, ""),
    (CANTEEN, "GET /orders/order-2/stream", 404, "unknown-order"),
    (None, "GET /orders/order-1/stream", 401, "no-token"),
]


async def test_scope(world: World) -> None:
    """Everybody reaches what is theirs and nothing else; what is another's is answered as what does not exist."""
    wrong = []
    for who, asked, status, told in ASKED:
        method, path = asked.split(" ")
        answer = await world.client(NAME, as_=who).request(method, path)
        rule_told = answer.json()["rule"] if answer.is_error else ""
        if (answer.status_code, rule_told) != (status, told):
            wrong.append(f"{asked} as {who}: {answer.status_code} {answer.text}")
    assert wrong == []


LOADED: list[tuple[Principal, list[dict[str, Any]], str | None]] = [
    (CANTEEN, [{"canteen_id": "canteen-1"}, {"canteen_id": "canteen-1", "county_code": "520628"}], None),
    (CANTEEN, [{"canteen_id": "canteen-1"}, {"canteen_id": "canteen-2"}], "other-tenant"),
    (CANTEEN, [{"canteen_id": "canteen-1"}, {}], "tenant-not-named"),
    (CANTEEN, [{"canteen_id": ["canteen-1"]}], "other-tenant"),
    (CANTEEN, [], None),
    (HERE, [{"canteen_id": "canteen-1", "county_code": "520628"}, {"county_code": "520628"}], None),
    (HERE, [{"canteen_id": "canteen-2", "county_code": "520628"}], "unknown-canteen"),
    (HERE, [{"canteen_id": "canteen-1", "county_code": "520627"}], "other-tenant"),
    (HERE, [{"canteen_id": {}, "county_code": "520628"}], "unknown-canteen"),
    (HERE, [{"county_code": {}}], "other-tenant"),
    (HERE, [{}], "tenant-not-named"),
    (PROVINCIAL, [{}, {"canteen_id": "canteen-2"}], None),
]


async def test_rows(world: World) -> None:
    """Every row of a body must be the caller's; what a row says of its county does not hide whose canteen it names."""
    for who, rows, told in LOADED:
        answer = await world.client(NAME, as_=who).put("/orders", json={"rows": rows})
        if told is None:
            assert await ok(answer) == {"rows": len(rows)}
        else:
            refused(answer, 404 if told.startswith("unknown") else 403, told)


async def test_several_objects(world: World) -> None:
    """Of several objects all must be the caller's."""
    client = world.client(NAME, as_=CANTEEN)
    await ok(await client.post("/looks", json={"order_ids": ["order-1"]}))
    refused(await client.post("/looks", json={"order_ids": ["order-1", "order-2"]}), 404, "unknown-order")


async def test_several_roles(world: World) -> None:
    """Who has several roles may do what any of them may, each on its own tenants."""
    both = replace(CANTEEN, roles=frozenset({Role.CANTEEN, Role.CLERK}), cooperatives=frozenset({"coop-1"}))
    client = world.client(NAME, as_=both)
    await ok(await client.get("/orders/order-2"))
    refused(await client.get("/orders?canteen_id=canteen-2"), 403, "other-tenant")


async def test_the_refusal_comes_before_the_body_is_read(world: World) -> None:
    """Who may not ask is told so before anything it sent is looked at: nonsense and all."""
    for who, status in ((None, 401), (CLERK, 403)):
        answer = await world.client(NAME, as_=who).post("/orders", content=b"{nonsense")
        assert answer.status_code == status
    assert (await world.client(NAME, as_=CANTEEN).post("/orders", content=b"{nonsense")).status_code == 422


async def test_own_tenants_cost_no_query_and_objects_one(world: World) -> None:
    """What is named as one's own is not looked up; whose an object is is looked up once."""
    client = world.client(NAME, as_=CANTEEN)
    await ok(await client.get("/orders?canteen_id=canteen-1"))
    await ok(await client.post("/orders", json={"canteen_id": "canteen-1"}))
    await ok(await world.client(NAME, as_=HERE).get("/orders?county_code=520628&canteen_id=canteen-1"))
    assert gates.asked == []
    for _ in range(3):
        await ok(await client.get("/orders/order-1"))
    assert gates.asked == ["order-1"]
    for _ in range(2):
        await ok(await client.post("/looks", json={"order_ids": ["order-1"]}))
    assert gates.asked == ["order-1"] * 3, "what may change is looked up each time"


async def test_who_moves_to_another_county_is_found_there_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counties are looked up each time: the new one sees a canteen and its orders, the old one does not any more."""
    here, elsewhere = (world.client(NAME, as_=who) for who in (HERE, ELSEWHERE))
    for client, route in ((here, "/orders?canteen_id=canteen-1"), (here, "/orders/order-1")):
        await ok(await client.get(route))
    monkeypatch.setitem(gates.COUNTIES, "canteen-1", "520627")
    for route, rule_ in (("/orders?canteen_id=canteen-1", "unknown-canteen"), ("/orders/order-1", "unknown-order")):
        refused(await here.get(route), 404, rule_)
        await ok(await elsewhere.get(route))


async def test_a_county_told_with_an_object_is_todays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is bound by counties is judged by whose an object is now, who is bound by its own id by what was found."""
    client = world.client(NAME, as_=HERE)
    monkeypatch.setitem(gates.ORDERS, "order-1", Tenants(canteen="canteen-1", county="520628"))
    await ok(await client.get("/orders/order-1"))
    monkeypatch.setitem(gates.ORDERS, "order-1", Tenants(canteen="canteen-1", county="520627"))
    refused(await client.get("/orders/order-1"), 404, "unknown-order")


async def test_the_key_of_another_fetches_no_answer(world: World) -> None:
    """An answer kept for an Idempotency-Key is given again to who got it first, to nobody else."""
    body, key = {"canteen_id": "canteen-1"}, {"Idempotency-Key": "k"}
    first = await world.client(NAME, as_=CANTEEN).post("/orders", json=body, headers=key)
    again = await world.client(NAME, as_=CANTEEN).post("/orders", json=body, headers=key)
    other = await world.client(NAME, as_=HERE).post("/orders", json=body, headers=key)
    assert first.json() == again.json() == {"by": "canteen-staff"}
    assert other.json() == {"by": "nutritionist"}


EXAMPLES = {"PUT /orders": {"body": {"rows": [{"canteen_id": "canteen-1"}]}}}


async def test_walk(world: World) -> None:
    """The walk over every route passes where the table is kept."""
    await walk(world, NAME, EXAMPLES)


async def _admit_all(self: Guard, method: str, path: str, headers: Any) -> Admitted:
    return Admitted(self.access.by_route[method, path], SYSTEM)


async def _admit_any_role(self: Guard, method: str, path: str, headers: Any) -> Admitted:
    return Admitted(self.access.by_route[method, path], await self.verifier.principal(bearer(headers)))


async def _judge_none(self: Guard, admitted: Admitted, values: Any, opened: Any) -> None:
    return None


async def _judge_all(self: Guard, admitted: Admitted, values: Any, opened: Any) -> None:
    raise Forbidden("other-tenant", "nobody may")


@pytest.mark.parametrize(
    ("part", "broken"),
    [("admit", _admit_all), ("admit", _admit_any_role), ("judge", _judge_none), ("judge", _judge_all)],
)
async def test_the_walk_fails_where_the_table_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, part: str, broken: Any
) -> None:
    """A guard that lets in nobody knows whom, any role, any tenant, or nobody at all is found out by the walk."""
    monkeypatch.setattr(Guard, part, broken)
    with pytest.raises(AssertionError):
        await walk(world, NAME, EXAMPLES)


async def test_the_walk_fails_where_a_rule_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the start let a lost rule pass, the walk would not."""
    monkeypatch.setattr(Access, "check", lambda *_: None)
    async with gate(tmp_path, defined(RULES[:-1])) as world:
        with pytest.raises(AssertionError, match="stream"):
            await walk(world, NAME, EXAMPLES)


@pytest.mark.parametrize("lost", range(len(RULES)))
def test_no_route_without_a_rule(tmp_path: Path, lost: int) -> None:
    """A service with a route that has no rule, or a rule twice, or one of no route, does not start."""
    less = [each for place, each in enumerate(RULES) if place != lost]
    with pytest.raises(ValueError, match="no rule"):
        create_app(a_service(tmp_path, *less))
    with pytest.raises(ValueError, match="two rules"):
        create_app(a_service(tmp_path, *RULES, RULES[lost]))
    with pytest.raises(ValueError, match="without a route"):
        create_app(a_service(tmp_path, *RULES, replace(RULES[lost], path="/elsewhere")))


@pytest.mark.parametrize("service", [*SERVICES, "identity", "portal"])
def test_no_service_loses_a_rule(service: str) -> None:
    """Whichever rule is taken out of a service's table, its route is named, and the service does not start."""
    definition = import_module(f"services.{service}.main").definition
    routes, access = parameters_of(definition.routers), definition.access
    access.check(routes, service)
    for lost in access.rules:
        less = Access([each for each in access.rules if each is not lost], access.county_of)
        assert less.faults(routes) == [f"{lost}: no rule"]
        with pytest.raises(ValueError, match=re.escape(f"services/{service}/access.py")):
            less.check(routes, service)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (rule("GET /orders", {Role.CANTEEN}, within(canteen="canteen")), "no parameter canteen"),
        (rule("GET /orders", {Role.CLERK}, within(canteen="canteen_id")), "nothing tells the cooperative"),
        (rule("GET /orders", {Role.DRIVER}, within(canteen="canteen_id")), "nothing tells the driver"),
        (rule("GET /orders", {Role.CLERK}, WHOLE_PROVINCE), "cooperative is never of the whole province"),
    ],
)
def test_a_rule_that_cannot_be_kept(tmp_path: Path, made: Any, told: str) -> None:
    """A rule that looks where nothing is, or bounds nobody it lets in, is refused at the start."""
    with pytest.raises(ValueError, match=told):
        create_app(a_service(tmp_path, made, *RULES[1:]))


def test_a_rule_says_of_whom_it_is() -> None:
    """A rule that forgot its tenants is none; of nobody is said."""
    with pytest.raises(ValueError, match="PROVINCE"):
        rule("GET /orders", {Role.CANTEEN})


async def test_no_guard_without_an_issuer(tmp_path: Path) -> None:
    """A service with a table does not start where nobody is named whose tokens it takes; nothing turns that off."""
    for settings in (
        Settings(var=tmp_path),
        Settings(var=tmp_path, auth_jwks=tmp_path / "keys.json"),
        Settings(var=tmp_path, auth_issuer="https://issuer.test", auth_jwks=tmp_path / "none.json"),
    ):
        service = a_service(tmp_path, *RULES, settings=settings)
        with pytest.raises(ValueError, match="CLOUD_AUTH"):
            await service.start()
        await service.stop()


def test_document(tmp_path: Path) -> None:
    """The document tells which routes need a token, of which roles, and how they refuse."""
    document = create_app(a_service(tmp_path, *RULES)).openapi()
    shown = document["paths"]["/orders/{order_id}"]["get"]
    assert shown["security"] == [{"bearer": []}]
    assert shown["x-roles"] == sorted({*gates.PARTIES, Role.AUDITOR, Role.SYSTEM})
    assert {"401", "403"} <= shown["responses"].keys()
    assert "security" not in document["paths"]["/notice"]["get"]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def a_service(folder: Path, *rules: Any, settings: Settings | None = None) -> Service:
    """Return the small service, not started."""
    settings = settings or Settings(var=folder)
    return Service(defined(rules), settings, EmbeddedBus(folder / "bus.sqlite"))
