"""`Idempotency-Key`: sent again, a request gets the answer of the first time; its effect happens once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import Response
from sqlalchemy import insert

from shared.auth.access import Access, open_to_all
from shared.errors import Conflict
from shared.messaging.handlers import Handlers
from shared.messaging.tables import idempotency_key
from shared.routing import Input, UoW, service_router
from shared.service import Definition, Service, create_app
from shared.settings import Settings
from tests.contracts.backend import LOGISTICS, Backend, metadata, order, seen_table
from tests.world import KEY

router = service_router()


class Weighing(Input):
    """What the scales say."""

    cooperative: str
    grams: int


@router.post("/weighings", status_code=201)
async def weigh(body: Weighing, uow: UoW, response: Response) -> dict[str, int | str]:
    """Write a weighing down and tell an order; refuse less than nothing, after having written."""
    await uow.session.execute(insert(seen_table), [{"cooperative": body.cooperative, "what": str(body.grams)}])
    uow.emit(order(body.cooperative, body.grams))
    if body.grams < 0:
        raise Conflict("negative-weight", "nothing weighs less than nothing")
    response.headers["etag"] = f'"{body.grams}"'
    return {"cooperative": body.cooperative, "grams": body.grams}


@pytest.fixture
async def client(service: Backend, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service with the route above, on the tables of the backbone under test."""
    access = Access([open_to_all("POST /weighings")])
    definition = Definition(LOGISTICS, "Scales", [router], Handlers(), metadata, access)
    settings = Settings(var=tmp_path, database_url=service.url)
    scales = Service(definition, settings, service.bus, service.clock, trusts=[KEY.trust()])
    transport = httpx.ASGITransport(app=create_app(scales, owns_lifespan=False), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://scales") as opened:
        yield opened
    await scales.stop()
    scales.workers.close()


async def post(client: httpx.AsyncClient, grams: int, key: str | None, cooperative: str = "coop-a") -> httpx.Response:
    """Weigh something."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post("/weighings", json={"cooperative": cooperative, "grams": grams}, headers=headers)


async def test_the_second_answer_is_the_first(client: httpx.AsyncClient, service: Backend) -> None:
    """The same key and body get the same status, headers and bytes, and change nothing."""
    first, second = await post(client, 5, "k-1"), await post(client, 5, "k-1")
    assert (first.status_code, first.headers["etag"], first.content) == (201, '"5"', second.content)
    assert (second.status_code, second.headers["etag"], second.headers["idempotency-replayed"]) == (201, '"5"', "true")
    assert "idempotency-replayed" not in first.headers
    assert await service.seen() == {"coop-a": ["5"]}
    assert await service.waiting() == 1


async def test_without_a_key_every_request_counts(client: httpx.AsyncClient, service: Backend) -> None:
    """Whoever sends no key means it each time."""
    await post(client, 5, None)
    await post(client, 5, None)
    assert await service.seen() == {"coop-a": ["5", "5"]}


async def test_a_key_belongs_to_its_body(client: httpx.AsyncClient, service: Backend) -> None:
    """The same key with another body is refused."""
    await post(client, 5, "k-1")
    refused = await post(client, 6, "k-1")
    assert (refused.status_code, refused.json()["rule"]) == (422, "idempotency-key-reused")
    assert await service.seen() == {"coop-a": ["5"]}


async def test_the_same_key_at_the_same_moment_counts_once(client: httpx.AsyncClient, service: Backend) -> None:
    """Of requests with one key that come together, one has the effect and all get its answer."""
    answers = await asyncio.gather(*(post(client, 5, "k-1") for _ in range(12)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await service.seen() == {"coop-a": ["5"]}
    assert await service.waiting() == 1


async def test_a_refused_request_leaves_nothing(client: httpx.AsyncClient, service: Backend) -> None:
    """A request that is refused writes nothing, tells nothing, and gives its key back."""
    for _ in range(2):
        assert (await post(client, -1, "k-1")).status_code == 409
    assert await service.seen() == {}
    assert (await service.waiting(), await service.count(idempotency_key)) == (0, 0)
    assert (await post(client, 5, "k-1")).status_code == 201


async def test_many_keys_do_not_wait_for_each_other(client: httpx.AsyncClient, service: Backend) -> None:
    """64 requests with keys of their own all succeed, side by side."""
    answers = await asyncio.gather(*(post(client, n, f"k-{n}", f"coop-{n}") for n in range(64)))
    assert {answer.status_code for answer in answers} == {201}
    assert await service.waiting() == 64


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
async def test_a_key_is_short_and_printable(client: httpx.AsyncClient, key: str) -> None:
    """A key nobody could write down is refused, and says which rule it breaks."""
    refused = await post(client, 5, key)
    assert (refused.status_code, refused.json()["rule"]) == (422, "idempotency-key")
