"""Reference prices come from a bulletin outside, and those far from the market wait for a person."""

from typing import Any

import httpx
import pytest

from services.procurement.prices import usecases
from services.procurement.prices.feed import FeedFailed, HttpFeed, NullFeed, feed_of, follow, rows_of
from services.procurement.prices.outliers import is_outlier
from shared.events.procurement import ReferencePricePublished
from shared.fetching import Patience
from shared.settings import Settings
from tests.conftest import WorldOf
from tests.world import World, ok, refused


def row(region: str = "52", price: int = 200, day: str = "2026-11-20", food: str = "cabbage") -> dict[str, Any]:
    """Return a row of a bulletin."""
    named = {"food_code": food, "region_code": region, "day": day, "price_fen_per_kg": price}
    return named | {"source": "bulletin (fictional)", "verified": True}


NEIGHBOURS = [row("5201", 200), row("5202", 210), row("5203", 190), row("5204", 205), row("5205", 220)]


class Bulletin:
    """A bulletin outside that answers these in turn, the last one for ever."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers, self.asked, self.waited = list(answers), list[httpx.Request](), list[float]()
        self.feed = HttpFeed(
            "https://bulletin.test/prices", "secret", httpx.MockTransport(self._answer), Patience(sleep=self._sleep)
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


async def put(world: World, *rows: dict[str, Any]) -> dict[str, Any]:
    """Publish prices by request."""
    done: dict[str, Any] = await ok(await world.client("procurement").put("/reference-prices", json={"rows": rows}))
    return done


async def test_a_bulletin_is_followed(world_of: WorldOf) -> None:
    """New prices are told once, bad rows passed over, a busy bulletin is waited for."""
    world = await world_of("procurement")
    page = httpx.Response(200, json={"prices": [row(), row("5201", -1), row("5202", 210)]})
    bulletin = Bulletin(httpx.Response(503), page)
    service = world.services["procurement"]
    assert await follow(service, bulletin.feed) == 2
    assert await follow(service, bulletin.feed) == 0
    await world.settle()
    assert [each.region_code for each in world.told_of(ReferencePricePublished)] == ["52", "5202"]
    since = {request.url.params["since"] for request in bulletin.asked}
    assert len(since) == 1
    assert {request.headers["authorization"] for request in bulletin.asked} == {"Bearer secret"}
    assert len(bulletin.waited) == 1


async def test_a_bulletin_that_fails_changes_nothing(world_of: WorldOf) -> None:
    """Refusals and garbage are noted; the service goes on with the prices it has."""
    world = await world_of("procurement")
    for answer in (httpx.Response(403), httpx.Response(200, content=b"<html>"), httpx.Response(200, json={})):
        assert await follow(world.services["procurement"], Bulletin(answer).feed) == 0


async def test_nobody_is_asked_unless_the_settings_say_so(world_of: WorldOf) -> None:
    """The embedded default has no bulletin."""
    world = await world_of("procurement")
    assert isinstance(feed_of(Settings(prices_url=None)), NullFeed)
    assert await follow(world.services["procurement"], NullFeed()) == 0
    named = feed_of(Settings.model_validate({"prices_url": "https://bulletin.test", "prices_token": "secret"}))
    assert isinstance(named, HttpFeed)
    assert "secret" not in repr(named)


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 100_000, b'{"prices": [1]}', b'{"prices": {}}'])
def test_garbage_is_no_bulletin(body: bytes) -> None:
    """What is no list of rows is refused as a whole."""
    with pytest.raises(FeedFailed):
        rows_of(body)


def test_an_outlier_is_far_from_the_median_in_robust_deviations() -> None:
    """Neither a few outliers nor prices that all agree change what is normal; few prices judge nobody."""
    assert is_outlier(2_000, [200, 210, 190, 205, 220])
    assert is_outlier(2_000, [200, 210, 190, 205, 2_100])
    assert not is_outlier(230, [200, 210, 190, 205, 220])
    assert not is_outlier(230, [200] * 5)
    assert is_outlier(240, [200] * 5)
    assert not is_outlier(2_000, [200] * 4)


async def test_a_price_far_from_its_neighbours_waits_for_a_person(world_of: WorldOf) -> None:
    """It is shown as held, neither told nor used; confirmed, it is both."""
    world = await world_of("procurement")
    done = await put(world, *NEIGHBOURS, row("520628", 2_000))
    assert (done["created"], done["held"]) == (6, 1)
    await world.settle()
    assert "520628" not in {each.region_code for each in world.told_of(ReferencePricePublished)}
    client = world.client("procurement")
    (held,) = (await ok(await client.get("/reference-prices", params={"held": True})))["items"]
    path = f"/reference-prices/{held['price_id']}/confirm"
    done = await ok(await client.post(path, json={"official": "李主任（虚构）"}))
    await world.settle()
    assert (done["held"], done["version"]) == (False, 2)
    assert world.told_of(ReferencePricePublished)[-1].price_fen_per_kg == 2_000
    refused(await client.post(path, json={"official": "李主任（虚构）"}), 409, "not-held")


async def test_a_held_price_stands_beside_nothing(world_of: WorldOf) -> None:
    """The next best price serves until a person has looked."""
    world = await world_of("procurement")
    await put(world, *NEIGHBOURS, row("52", 204))
    await put(world, row("520628", 9_000, "2026-11-21"))
    async with world.services["procurement"].begin(read_only=True) as uow:
        asked = ("cabbage", "520628", uow.now.date())
        found = await usecases.beside(uow, [asked])
    assert found[asked].price_fen_per_kg == 204
