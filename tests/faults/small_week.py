"""A small county's week in one process on PostgreSQL, with a journal of what its people were told."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import httpx
from pydantic import SecretStr

from shared.messaging.bus import Bus
from shared.settings import Settings
from tests import builders as b
from tests.faults.journal import Command, Journal
from tests.journeys.county import County
from tests.world import World, ok
from tools.servers.service import secret_keys

SERVICES = ("nutrition", "farmers", "procurement", "logistics")
SCHOOLS = ("sch-1", "sch-2")


@asynccontextmanager
async def living(folder: Path, urls: Mapping[str, str], bus: Bus, journal: Path) -> AsyncIterator[County[World]]:
    """Open a world on these databases and this bus, whose people write down what they are told."""
    definitions = [import_module(f"services.{name}.main").definition for name in SERVICES]
    settings = {
        name: Settings(var=folder, database_url=urls[name], secret_keys=SecretStr(secret_keys())) for name in SERVICES
    }
    async with World(definitions, bus, settings) as world:
        with Journal(journal) as written:
            for name in SERVICES:
                _write_down(world.client(name), name, written)
            yield County(world)


def _write_down(client: httpx.AsyncClient, service: str, journal: Journal) -> None:
    """Give every command of a client a key, and journal its answer."""

    async def with_key(request: httpx.Request) -> None:
        if request.method != "GET":
            request.headers.setdefault("Idempotency-Key", uuid4().hex)

    async def written(response: httpx.Response) -> None:
        request = response.request
        if request.method == "GET":
            return
        await response.aread()
        journal.write(
            Command(
                key=request.headers["Idempotency-Key"],
                attempt=1,
                client="people",
                kind=request.url.path.rsplit("/", 1)[-1],
                service=service,
                method=request.method,
                path=request.url.path,
                body=json.loads(request.content or b"null"),
                headers={},
                status=response.status_code,
                answer=response.json(),
                sent_s=0.0,
                answered_s=0.0,
            )
        )

    client.event_hooks = {"request": [with_key], "response": [written]}


async def order(county: County[World]) -> None:
    """Two schools publish, one amends; their orders are placed, one is declined, the others are accepted."""
    await county.set_up(schools=len(SCHOOLS))
    menus = [await county.publish(b.a_menu(school)) for school in SCHOOLS]
    await county.source()
    # Of the last day: what is amended afterwards leaves something of every food to everybody on the first.
    declined = max(await county.inbox("a"), key=lambda order: (order["delivery_day"], order["canteen_id"]))["order_id"]
    await ok(await county.farmers.post(f"/orders/{declined}/decline", json={"reason": "hail"}))
    await county.world.settle()
    await county.accept_all()
    amended = {"reason": "fewer guests", "days": b.a_menu("sch-2", dish="d02")["days"]}
    await ok(await county.nutrition.put(f"/menus/{menus[1]['menu_id']}", json=amended, headers={"If-Match": '"1"'}))
    await county.world.settle()
    await county.accept_all()


async def eat(county: County[World], days: Sequence[str] = b.WEEK[:1]) -> None:
    """Days are harvested, driven, received and served; one receipt is put right."""
    for day in days:
        await county.live_through(day, SCHOOLS)
    (first, *_) = (await ok(await county.logistics.get("/receipts", params={"canteen_id": "sch-1"})))["items"]
    one = next(each for each in await county.consignments() if each["order_id"] == first["order_id"])
    corrected = county.a_receipt(one, 900) | {"reason": "weighed again"}
    del corrected["order_id"]
    await ok(await county.logistics.put(f"/receipts/{first['receipt_id']}", json=corrected))
    await county.world.settle()


async def pay(county: County[World]) -> None:
    """Everything open is paid to the cooperatives, and passed on to their households."""
    day = county.world.clock.now().date().isoformat()
    due = (await ok(await county.procurement.get("/settlements", params={"open": "true"})))["items"]
    cooperatives = sorted({one["cooperative_id"] for one in due})
    for number, cooperative_id in enumerate(cooperatives):
        settled = [one for one in due if one["cooperative_id"] == cooperative_id]
        named = [{"settlement_id": one["settlement_id"], "amount_fen": one["amount_fen"]} for one in settled]
        body = {"cooperative_id": cooperative_id, "settlements": named, "paid_on": day, "reference": f"bank-{number}"}
        await ok(await county.procurement.post("/payments", json=body))
    await county.world.settle()
    for cooperative_id in cooperatives:
        body = {"payout_id": f"payout-{cooperative_id}", "cooperative_id": cooperative_id, "paid_on": day}
        await ok(await county.farmers.post("/payouts", json=body | {"method": "bank"}))
    await county.world.settle()


async def recall(county: County[World]) -> None:
    """A lot turns out to be bad."""
    lot_id = f"lot-a-cabbage-{b.WEEK[0]}"
    await ok(await county.logistics.post("/recalls", json={"lot_id": lot_id, "reason": "cadmium found"}))
    await county.world.settle()
