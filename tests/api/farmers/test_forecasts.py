"""Forecasts: said week by week, shown to all, promised to nobody, confirmed into offers."""

import asyncio
from typing import Any

from shared.events.farmers import OfferPublished
from tests.api.farmers.builders import COOP, OTHER, a_county, cooperative, line, order_of, placed, post, promised, put
from tests.api.farmers.test_contracts import sign
from tests.conftest import WorldOf
from tests.world import World, ok, refused

WEEK = "2026-12-14"


def forecast(cooperative_id: str = COOP, **other: Any) -> dict[str, Any]:
    """A row of `PUT /forecasts`: 240 kg of napa cabbage, give or take."""
    row = {"cooperative_id": cooperative_id, "food_code": "napa_cabbage", "week_start": WEEK}
    return row | ({"p10_g": 150_000, "p50_g": 240_000, "p90_g": 300_000} | other)


def likely(quantity_g: int = 60_000, probability_permille: int = 900, **other: Any) -> dict[str, Any]:
    """A row that names an amount and how likely it is."""
    row = {"cooperative_id": COOP, "food_code": "egg", "week_start": WEEK, "quantity_g": quantity_g}
    return row | {"probability_permille": probability_permille} | other


def confirmation(**other: Any) -> dict[str, Any]:
    """What is really there."""
    row = {"available_from": WEEK, "available_until": "2026-12-20", "quantity_g": 230_000, "price_fen_per_kg": 154}
    return row | {"shelf_life_days": 20, "minimum_lot_g": 1_000, "harvest_day": WEEK} | other


async def of(world: World, **wanted: Any) -> list[Any]:
    """Forecasts as they are listed."""
    items: list[Any] = (await ok(await world.client("farmers").get("/forecasts", params=wanted)))["items"]
    return items


async def test_a_forecast_is_seen_by_its_mean(world_of: WorldOf) -> None:
    """30 % of P10, 40 % of P50 and 30 % of P90 make the mean; an amount counts with its probability."""
    world = await world_of("farmers")
    await a_county(world)
    done = await put(world, "/forecasts", forecast(), likely())
    assert (done["created"], done["refused"]) == (2, [])
    assert {one["food_code"]: one["expected_g"] for one in await of(world)} == {"napa_cabbage": 231_000, "egg": 54_000}


async def test_a_forecast_said_again_is_renewed(world_of: WorldOf) -> None:
    """There is one for a cooperative, a food and a week; the same again changes nothing, withdrawn it may come back."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/forecasts", forecast())
    assert (await put(world, "/forecasts", forecast()))["unchanged"] == 1
    assert (await put(world, "/forecasts", forecast(p10_g=100_000)))["changed"] == 1
    (one,) = await of(world)
    assert (one["version"], one["expected_g"]) == (2, 216_000)
    client = world.client("farmers")
    path = f"/forecasts/{one['forecast_id']}"
    refused(await client.post(f"{path}/withdraw", headers={"If-Match": '"1"'}), 412, "stale-version")
    for _ in range(2):
        assert (await ok(await client.post(f"{path}/withdraw")))["version"] == 3
    refused(await client.post(f"{path}/confirm", json=confirmation()), 409, "forecast-withdrawn")
    assert (await put(world, "/forecasts", forecast(p10_g=100_000)))["changed"] == 1
    assert (await ok(await client.get(path)))["status"] == "open"


async def test_a_county_sees_what_is_still_expected(world_of: WorldOf) -> None:
    """Summed up by food and week over its own cooperatives; what became an offer or was withdrawn is not counted."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/cooperatives", cooperative("coop-3", county_code="520627"))
    later = forecast(week_start="2026-12-21")
    await put(world, "/forecasts", forecast(), forecast(OTHER), forecast("coop-3"), likely(), later)
    (egg,) = await of(world, food_code="egg")
    await ok(await world.client("farmers").post(f"/forecasts/{egg['forecast_id']}/withdraw"))
    where: dict[str, Any] = {"county_code": "520628", "first_week": WEEK}
    weeks = await ok(await world.client("farmers").get("/forecasts/by-week", params=where))
    seen = [(one["food_code"], one["week_start"], one["cooperatives"], one["expected_g"]) for one in weeks["items"]]
    assert seen == [("napa_cabbage", WEEK, 2, 462_000), ("napa_cabbage", "2026-12-21", 1, 231_000)]
    one_week = await ok(await world.client("farmers").get("/forecasts/by-week", params={**where, "weeks": 1}))
    assert len(one_week["items"]) == 1
    assert len(await of(world, county_code="520628", first_week="2026-12-21")) == 1
    assert len(await of(world, status="withdrawn")) == 1


async def test_a_forecast_is_never_promised(world_of: WorldOf) -> None:
    """Nobody is told of it as an offer, and an order that names it gets nothing; confirmed, its offer is promised."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/forecasts", forecast())
    (one,) = await of(world)
    await world.publish(placed("order-1", line(offer_id=one["forecast_id"])))
    await world.settle()
    assert (await order_of(world))["status"] == "declined"
    assert {told.offer_id for told in world.told_of(OfferPublished)} == {"off-1"}
    done = await post(world, f"/forecasts/{one['forecast_id']}/confirm", **confirmation(pack_size_g=500))
    offer_id = done["offer"]["offer_id"]
    assert (done["forecast"]["status"], done["forecast"]["offer_id"]) == ("confirmed", offer_id)
    await world.publish(placed("order-2", line(offer_id=offer_id)))
    await world.settle()
    assert await promised(world, offer_id) == 40_000
    (told,) = [told for told in world.told_of(OfferPublished) if told.offer_id == offer_id]
    assert (told.food_code, told.quantity_g, told.pack_size_g) == ("napa_cabbage", 230_000, 500)


async def test_a_forecast_becomes_one_offer(world_of: WorldOf) -> None:
    """Of confirmations at once one counts; what became an offer is neither forecast anew nor withdrawn here."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/forecasts", forecast())
    (one,) = await of(world)
    client, path = world.client("farmers"), f"/forecasts/{one['forecast_id']}"
    answers = await asyncio.gather(*(client.post(f"{path}/confirm", json=confirmation()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len((await ok(await client.get("/offers")))["items"]) == 2
    refused(await client.post(f"{path}/confirm", json=confirmation()), 409, "forecast-confirmed")
    refused(await client.post(f"{path}/withdraw"), 409, "forecast-confirmed")
    done = await put(world, "/forecasts", forecast(p10_g=1))
    assert [one["rule"] for one in done["refused"]] == ["forecast-confirmed"]


async def test_what_is_confirmed_is_an_offer_like_any_other(world_of: WorldOf) -> None:
    """It begins in its week and keeps to terms, contract and capacity; refused, the forecast stays as it was."""
    world = await world_of("farmers")
    await a_county(world)
    contract_id = (await sign(world))["contract_id"]
    capacity = {"capacity_id": "cap-1", "cooperative_id": COOP, "food_code": "napa_cabbage", "quantity_g": 330_000}
    await put(world, "/capacities", capacity | {"season_from": "2026-11-01", "season_until": "2026-12-31"})
    await put(world, "/forecasts", forecast())
    (one,) = await of(world)
    client, path = world.client("farmers"), f"/forecasts/{one['forecast_id']}"
    for wrong, status, rule in (
        ({"available_from": "2026-12-21", "available_until": "2026-12-22"}, 422, "outside-the-week"),
        ({"available_from": "2026-12-13"}, 422, "outside-the-week"),
        ({"available_until": "2026-12-13"}, 422, "window-reversed"),
        ({"quantity_g": 230_001}, 409, "beyond-capacity"),
        ({"contract_id": contract_id, "quantity_g": 500_001}, 409, "beyond-contract"),
        ({"contract_id": contract_id, "price_fen_per_kg": 1}, 409, "not-the-contract-price"),
        ({"quantity_g": 0}, 422, "invalid-input"),
    ):
        refused(await client.post(f"{path}/confirm", json=confirmation(**wrong)), status, rule)
    assert (await ok(await client.get(path)))["status"] == "open"
    refused(await client.post("/forecasts/forecast-404/confirm", json=confirmation()), 404, "unknown-forecast")


BAD: list[tuple[dict[str, Any], str, str]] = [
    (forecast(week_start="2026-12-15"), "week_start", "not-a-monday"),
    (forecast(week_start="2026-11-16"), "week_start", "week-in-the-past"),
    (forecast(week_start="2030-12-16"), "week_start", "too-far-ahead"),
    (forecast("coop-404"), "cooperative_id", "unknown-cooperative"),
    (forecast(p10_g=250_000), "p50_g", "quantiles-out-of-order"),
    (forecast(p90_g=None), "p90_g", "forecast-required"),
    (forecast(p10_g=0, p50_g=0, p90_g=0), "p90_g", "nothing-expected"),
    (forecast(quantity_g=5), "p10_g", "said-twice"),
    (likely(probability_permille=1001), "probability_permille", "less_than_equal"),
    (likely(probability_permille=0), "probability_permille", "greater_than_equal"),
    (likely() | {"probability_permille": None}, "probability_permille", "forecast-required"),
    (likely() | {"quantity_g": None}, "quantity_g", "forecast-required"),
    (forecast(p50_g=-1), "p50_g", "greater_than_equal"),
    (forecast(sure=True), "sure", "extra_forbidden"),
]


async def test_forecasts_nobody_can_mean_are_refused(world_of: WorldOf) -> None:
    """A bad row names its field and rule; the good one beside it is taken, once."""
    world = await world_of("farmers")
    await a_county(world)
    good = forecast(week_start="2026-12-21")
    done = await put(world, "/forecasts", good, *(wrong for wrong, _, _ in BAD), good)
    expected = [(field, rule) for _, field, rule in BAD] + [("week_start", "twice-in-request")]
    assert [(one["field"], one["rule"]) for one in done["refused"]] == expected
    assert done["created"] == 1
