"""Whoever offers, contracts and orders at the same moment takes turns: no gram goes twice, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.farmers.main import definition
from services.farmers.orders.usecases import cancel_orders, take_orders
from shared.events.farmers import ContractChanged
from shared.events.procurement import OrderCancelled
from shared.messaging.embedded import EmbeddedBus
from shared.settings import Settings
from tests.api.farmers.builders import COOP, a_county, line, offer, order_of, placed, post, put, terms
from tests.api.farmers.test_contracts import agreed, left, sign
from tests.api.farmers.test_forecasts import confirmation, forecast, likely
from tests.api.farmers.test_offer_sheets import row, sheet
from tests.api.farmers.test_prices import price
from tests.world import START, World, ok


@pytest.fixture(params=["sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Farmers alone, with a county in it."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = {"farmers": Settings(var=tmp_path, database_url=url)}
    async with World([definition], EmbeddedBus(tmp_path / "bus.sqlite"), settings) as opened:
        await a_county(opened)
        yield opened


def _statuses(answers: list[httpx.Response]) -> dict[int, int]:
    codes = [answer.status_code for answer in answers]
    return {code: codes.count(code) for code in codes}


async def test_a_contract_is_never_overdrawn(world: World) -> None:
    """Of twenty offers of 40 kg at the same moment a contract of 500 kg takes twelve, in single and in many rows."""
    contract_id = (await sign(world))["contract_id"]
    client = world.client("farmers")
    one = {"cooperative_id": COOP, **terms(quantity_g=40_000, contract_id=contract_id)}
    rows = [[offer(f"off-{n}-{m}", quantity_g=40_000, contract_id=contract_id) for m in (1, 2)] for n in range(5)]
    singles = [client.post("/offers", json=one) for _ in range(10)]
    many = [client.put("/offers", json={"rows": each}) for each in rows]
    answers = await asyncio.gather(*singles, *many)
    made = sum(answer.status_code == 201 for answer in answers[:10])
    assert set(_statuses(answers[:10])) <= {201, 409}
    made += sum(answer.json()["created"] for answer in answers[10:])
    assert made == 12
    assert await left(world, contract_id) == 20_000


async def test_amendments_at_once_never_overdraw_a_contract(world: World) -> None:
    """Ten offers that all want more get, together, no more than there is."""
    contract_id = (await sign(world))["contract_id"]
    await put(world, "/offers", *(offer(f"off-{n}", quantity_g=10_000, contract_id=contract_id) for n in range(10, 20)))
    client = world.client("farmers")
    body = terms(quantity_g=100_000, contract_id=contract_id)
    answers = await asyncio.gather(*(client.put(f"/offers/off-{n}", json=body) for n in range(10, 20)))
    assert _statuses(answers) == {200: 4, 409: 6}
    assert await left(world, contract_id) == 40_000


async def test_of_contracts_signed_at_once_for_the_same_days_one_stands(world: World) -> None:
    """Overlap is looked for by one at a time."""
    client = world.client("farmers")
    body = {"cooperative_id": COOP, **agreed()}
    answers = await asyncio.gather(*(client.post("/contracts", json=body) for _ in range(6)))
    assert _statuses(answers) == {201: 1, 409: 5}


async def test_a_capacity_declared_while_offers_are_made_holds(world: World) -> None:
    """Either the offers were there first and the smaller capacity is refused, or no offer goes beyond it."""
    capacity: dict[str, Any] = {
        "capacity_id": "cap-1",
        "cooperative_id": COOP,
        "food_code": "napa_cabbage",
        "quantity_g": 200_000,
    }
    capacity |= {"season_from": "2026-11-01", "season_until": "2026-12-31"}
    client = world.client("farmers")
    offers = [client.put("/offers", json={"rows": [offer(f"off-{n}")]}) for n in range(2, 6)]
    await asyncio.gather(*offers[:2], client.put("/capacities", json={"rows": [capacity]}), *offers[2:])
    offered = sum(one["quantity_g"] for one in (await ok(await client.get("/offers")))["items"])
    declared = (await ok(await client.get("/capacities")))["items"]
    assert [one["offered_g"] for one in declared] == ([offered] if declared else [])
    assert all(one["offered_g"] <= one["quantity_g"] for one in declared)


async def test_orders_taken_at_once_are_never_promised_the_same_grams(world: World) -> None:
    """Twelve orders of 30 kg at once share 100 kg: three are promised all, one the rest, the others nothing."""
    service = world.services["farmers"]

    async def take(number: int) -> None:
        async with service.begin() as uow:
            await take_orders(uow, [placed(f"order-{number}", line(ordered_g=30_000))])

    await asyncio.gather(*(take(number) for number in range(12)))
    held = [(await order_of(world, f"order-{n}"))["lines"][0]["promised_g"] for n in range(12)]
    assert sorted(held) == [0] * 8 + [10_000] + [30_000] * 3
    assert (await ok(await world.client("farmers").get("/offers/off-1")))["promised_g"] == 100_000


async def test_a_promise_never_passes_what_is_offered_while_both_move(world: World) -> None:
    """Orders come, are called off, and the offer is amended at once: it never promises more than it has."""
    service, client = world.services["farmers"], world.client("farmers")

    async def take(number: int) -> None:
        order = placed(f"order-{number}", line(ordered_g=20_000))
        off = OrderCancelled(
            order_id=order.order_id,
            version=2,
            canteen_id=order.canteen_id,
            cooperative_id=COOP,
            reason="closed",
            cancelled_at=START,
        )
        async with service.begin() as uow:
            await take_orders(uow, [order])
        if number % 2:
            async with service.begin() as uow:
                await cancel_orders(uow, [off])

    amendments = [client.put("/offers/off-1", json=terms(quantity_g=grams)) for grams in (60_000, 45_000, 90_000)]
    answers: list[Any] = await asyncio.gather(*(take(number) for number in range(8)), *amendments)
    assert {answer.status_code for answer in answers[8:]} <= {200, 409}
    shown = await ok(await client.get("/offers/off-1"))
    orders = [await order_of(world, f"order-{n}") for n in range(8)]
    held = sum(one["promised_g"] for order in orders for one in order["lines"])
    assert held == shown["promised_g"] <= shown["quantity_g"]


async def test_a_reduction_meets_answers_and_new_orders(world: World) -> None:
    """Accepted, reduced and ordered from at once, an offer promises exactly what its orders hold."""
    service, client = world.services["farmers"], world.client("farmers")
    await world.publish(*(placed(f"order-{n}", line(ordered_g=15_000)) for n in range(6)))
    await world.settle()

    async def take(number: int) -> None:
        async with service.begin() as uow:
            await take_orders(uow, [placed(f"order-{number}", line(ordered_g=15_000))])

    accept = [client.post(f"/orders/order-{n}/accept", json={}) for n in range(3)]
    hail = {"quantity_g": 50_000, "reason": "hail"}
    answers: list[Any] = await asyncio.gather(
        *accept, *(client.post("/offers/off-1/reduce", json=hail) for _ in range(2)), take(7), take(8)
    )
    assert {answer.status_code for answer in answers[3:5]} <= {200, 409, 422}
    shown = await ok(await client.get("/offers/off-1"))
    orders = [await order_of(world, f"order-{n}") for n in (*range(6), 7, 8)]
    held = sum(one["promised_g"] for order in orders for one in order["lines"])
    assert held == shown["promised_g"] <= shown["quantity_g"]


async def test_what_is_shown_is_reckoned_the_same_on_both(world: World) -> None:
    """A contract's sums, its price by the market and its history are read back as they were written."""
    await world.publish(price(160, day=date(2026, 11, 15)), price(200, day=date(2026, 11, 22)))
    await world.settle()
    rule = {"kind": "reference", "difference_permille": -100, "floor_at_market_mean": True}
    contract_id = (await sign(world, price=rule))["contract_id"]
    under = {"contract_id": contract_id, "price_fen_per_kg": 180}
    await put(world, "/offers", offer("off-2", pack_size_g=500, harvest_day="2026-11-29", **under))
    await world.publish(placed("order-1", line(offer_id="off-2", ordered_g=12_345)))
    await world.settle()
    world.clock.advance(timedelta(minutes=1))
    await post(world, f"/contracts/{contract_id}/cancel", reason="hail")
    client = world.client("farmers")
    shown = await ok(await client.get(f"/contracts/{contract_id}"))
    assert (shown["offered_g"], shown["promised_g"], shown["remaining_g"]) == (100_000, 12_345, 400_000)
    assert (shown["priced"]["price_fen_per_kg"], shown["priced"]["mean_fen_per_kg"]) == (180, 180)
    kept = (await ok(await client.get(f"/contracts/{contract_id}/versions")))["items"]
    assert [one["terms"]["deliveries"][0]["week_start"] for one in kept] == ["2026-11-30"] * 2
    seen = (await ok(await client.get("/reference-prices", params={"county_code": "520628"})))["items"]
    assert [(one["food_code"], one["price_fen_per_kg"]) for one in seen] == [("napa_cabbage", 200)]
    (line_1,) = (await order_of(world))["lines"]
    assert line_1["reference"]["difference_permille"] == -230


async def test_a_forecast_becomes_one_offer_on_both(world: World) -> None:
    """Forecast anew and confirmed at once, it becomes one offer; a county's sum counts what is still expected."""
    client = world.client("farmers")
    await put(world, "/forecasts", forecast(), likely())
    named = {one["food_code"]: one["forecast_id"] for one in (await ok(await client.get("/forecasts")))["items"]}
    path = f"/forecasts/{named['napa_cabbage']}/confirm"
    again = [client.put("/forecasts", json={"rows": [forecast(p10_g=n)]}) for n in (1, 2)]
    answers = await asyncio.gather(*(client.post(path, json=confirmation()) for _ in range(3)), *again)
    assert sorted(answer.status_code for answer in answers[:3]) == [201, 409, 409]
    where = {"county_code": "520628", "first_week": "2026-12-14"}
    weeks = (await ok(await client.get("/forecasts/by-week", params=where)))["items"]
    assert [(one["food_code"], one["expected_g"]) for one in weeks] == [("egg", 54_000)]
    assert len((await ok(await client.get("/offers")))["items"]) == 2


async def test_a_file_of_offers_is_tried_and_taken_on_both(world: World) -> None:
    """A preview keeps nothing; taken, the same file again changes nothing."""
    headers, client = {"content-type": "text/csv"}, world.client("farmers")
    data = sheet(row(), row(food_code="egg"), row(quantity_g=-1))
    answers = [
        await ok(await client.post("/offers/import", content=data, headers=headers, params={"preview": preview}))
        for preview in ("true", "false", "false")
    ]
    counts = [(one["created"], one["unchanged"], one["refused_rows"]) for one in answers]
    assert counts == [(2, 0, 1), (2, 0, 1), (0, 2, 1)]


async def test_orders_at_once_never_draw_more_than_a_contracts_week(world: World) -> None:
    """Of twelve orders of 30 kg at once, through two offers, a week of 200 kg promises six all and one the rest."""
    service = world.services["farmers"]
    contract_id = (await sign(world))["contract_id"]
    two_weeks = {"available_until": "2026-12-13", "contract_id": contract_id}
    await put(world, "/offers", *(offer(f"off-{n}", quantity_g=250_000, **two_weeks) for n in (2, 3)))

    async def take(number: int) -> None:
        async with service.begin() as uow:
            await take_orders(
                uow, [placed(f"order-{number}", line(offer_id=f"off-{2 + number % 2}", ordered_g=30_000))]
            )

    await asyncio.gather(*(take(number) for number in range(12)))
    held = [(await order_of(world, f"order-{n}"))["lines"][0]["promised_g"] for n in range(12)]
    assert sorted(held) == [0] * 5 + [20_000] + [30_000] * 6
    first, second = (await ok(await world.client("farmers").get(f"/contracts/{contract_id}")))["deliveries"]
    assert (first["promised_g"], first["left_g"], second["left_g"]) == (200_000, 0, 300_000)


async def test_what_is_told_last_of_a_contract_is_how_it_stands(world: World) -> None:
    """Ordered, called off, offered, withdrawn and amended at once: the highest version told says what is true then."""
    service, client = world.services["farmers"], world.client("farmers")
    contract_id = (await sign(world))["contract_id"]
    under = {"available_until": "2026-12-13", "contract_id": contract_id}
    await put(world, "/offers", *(offer(f"off-{n}", quantity_g=100_000, **under) for n in (2, 3)))

    async def take(number: int) -> None:
        order = placed(f"order-{number}", line(offer_id=f"off-{2 + number % 2}", ordered_g=20_000))
        off = {"order_id": order.order_id, "version": 2, "canteen_id": order.canteen_id, "cooperative_id": COOP}
        async with service.begin() as uow:
            await take_orders(uow, [order])
        if number % 3 == 0:
            async with service.begin() as uow:
                await cancel_orders(
                    uow, [OrderCancelled.model_validate(off | {"reason": "closed", "cancelled_at": START})]
                )

    others = [
        client.put("/offers", json={"rows": [offer("off-4", quantity_g=50_000, **under)]}),
        client.post("/offers/off-3/withdraw"),
        client.put(f"/contracts/{contract_id}", json=agreed(grade="second", reason="frost")),
    ]
    answers: list[Any] = await asyncio.gather(*(take(number) for number in range(8)), *others)
    assert {answer.status_code for answer in answers[8:]} == {200}
    await world.settle()
    told = {event.version: event for event in world.told_of(ContractChanged)}
    assert sorted(told) == list(range(1, len(told) + 1))
    last = told[len(told)]
    shown = await ok(await client.get(f"/contracts/{contract_id}"))
    assert (last.remaining_g, last.promised_g) == (shown["remaining_g"], shown["promised_g"])
    assert shown["promised_g"] == sum(week["promised_g"] for week in shown["deliveries"]) > 0
