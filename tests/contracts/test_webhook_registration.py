"""Who registers a webhook while something happens misses nothing: it is seen by who reads afterwards, or told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.farmers.income.usecases import keep_settlements
from services.farmers.lots.mixtures import recall_lots
from services.farmers.main import definition
from services.farmers.orders.usecases import accept_order, decline_order, take_orders
from services.farmers.webhooks import usecases as webhooks
from shared.events.logistics import RecallRaised
from shared.events.procurement import SettlementRecorded
from shared.messaging.embedded import EmbeddedBus
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork
from tests.api.farmers.builders import COOP, MONDAY, a_county, line, lot, placed, post
from tests.api.farmers.hooks import ALL
from tests.world import START, World, ok
from tools.servers.service import secret_keys

HOOK: dict[str, Any] = {"url": "https://village.example/hook", "kinds": ALL}
Act = Callable[[UnitOfWork], Awaitable[Any]]


@pytest.fixture(params=["sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Farmers alone, with a county, eight orders that wait for an answer and a lot."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = Settings(var=tmp_path, database_url=url, secret_keys=SecretStr(secret_keys()))
    async with World([definition], EmbeddedBus(tmp_path / "bus.sqlite"), {"farmers": settings}) as opened:
        await a_county(opened)
        await opened.publish(*(placed(f"order-{n}", line(ordered_g=1_000)) for n in range(8)))
        await opened.settle()
        await post(opened, "/lots", **lot(contributions={"hh-1": 20_000}))
        yield opened


async def _accept(uow: UnitOfWork) -> None:
    await accept_order(uow, "order-1", None, None)


async def _place(uow: UnitOfWork) -> None:
    await take_orders(uow, [placed("order-9", line(ordered_g=1_000))])


async def _recall(uow: UnitOfWork) -> None:
    said = {"recall_id": "r-1", "lot_id": "lot-1", "cooperative_id": COOP, "reason": "a sample", "raised_at": START}
    await recall_lots(uow, [RecallRaised.model_validate(said)])


async def _settle(uow: UnitOfWork) -> None:
    said: dict[str, Any] = {"settlement_id": "set-1", "order_id": "order-1", "receipt_id": "rec-1"}
    said |= {"canteen_id": "canteen-1", "cooperative_id": COOP, "delivery_day": MONDAY, "recorded_at": START}
    await keep_settlements(
        uow, [SettlementRecorded.model_validate(said | {"amount_fen": 150, "cooperative_fen": 150, "households": []})]
    )


ACTS = {"order.accepted": _accept, "order.placed": _place, "lot.recalled": _recall, "settlement.recorded": _settle}


async def _told(world: World, endpoint_id: str) -> list[Any]:
    client = world.client("farmers")
    rows = (await ok(await client.get(f"/webhooks/{endpoint_id}/deliveries", params={"limit": 1000})))["items"]
    return [(row["kind"], row["about"], row["delivery_id"]) for row in rows]


@pytest.mark.parametrize("kind", ACTS)
async def test_what_happens_while_an_endpoint_is_registered_is_told(world: World, kind: str) -> None:
    """A change that begins before the registration is committed, and ends after it, is told to the new endpoint."""
    service = world.services["farmers"]

    async def act() -> None:
        async with service.begin() as uow:
            await ACTS[kind](uow)

    async with service.begin() as uow:
        new = await webhooks.register(uow, service.sealer, COOP, HOOK["url"], HOOK["kinds"], loopback=False)
        await uow.session.flush()
        acting = asyncio.create_task(act())
        await asyncio.wait([acting], timeout=0.2)
    await acting
    assert [told[0] for told in await _told(world, new.endpoint_id)] == [kind]


@pytest.mark.parametrize("kind", ACTS)
async def test_a_registration_waits_for_what_is_under_way(world: World, kind: str) -> None:
    """What is not committed yet is so when the registration is answered: who reads then sees it."""
    service, client = world.services["farmers"], world.client("farmers")
    async with service.begin() as uow:
        await ACTS[kind](uow)
        await uow.session.flush()
        registering = asyncio.create_task(client.post(f"/cooperatives/{COOP}/webhooks", json=HOOK))
        await asyncio.wait([registering], timeout=0.2)
        assert not registering.done()
    assert (await registering).status_code == 201


async def test_registered_in_the_midst_of_changes_nothing_is_missed(world: World) -> None:
    """Orders are accepted, declined and placed while an endpoint is registered: each is as read then, or was told."""
    service, client = world.services["farmers"], world.client("farmers")

    async def change(number: int) -> None:
        async with service.begin() as uow:
            if number % 4 == 3:
                await take_orders(uow, [placed(f"order-1{number}", line(ordered_g=1_000))])
            elif number % 2:
                await decline_order(uow, f"order-{number}", "hail")
            else:
                await accept_order(uow, f"order-{number}", None, None)

    async def register() -> tuple[str, dict[str, str]]:
        new = await ok(await client.post(f"/cooperatives/{COOP}/webhooks", json=HOOK))
        return new["endpoint_id"], await _statuses(world)

    changes = [change(number) for number in range(8)]
    done: list[Any] = await asyncio.gather(*changes[:4], register(), *changes[4:])
    endpoint_id, read = done[4]
    told = {about: kind.removeprefix("order.") for kind, about, _ in await _told(world, endpoint_id)}
    for order_id, status in (await _statuses(world)).items():
        assert status == read.get(order_id) or told[order_id].replace("placed", "to_answer") == status


async def _statuses(world: World) -> dict[str, str]:
    orders = (await ok(await world.client("farmers").get("/orders", params={"cooperative_id": COOP})))["items"]
    return {one["order_id"]: one["status"] for one in orders}
