"""Contracts: signed, amended, cancelled, drawn from by offers, priced by the reference price of the day."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.events.farmers import OfferPublished
from shared.events.procurement import OrderCancelled
from tests.api.farmers.builders import COOP, OTHER, a_county, line, offer, placed, post, put, terms
from tests.api.farmers.test_prices import price
from tests.conftest import WorldOf
from tests.world import START, World, ok, refused


def agreed(**other: Any) -> dict[str, Any]:
    """Terms: 500 kg of napa cabbage in three weeks at ¥1.54."""
    row = {
        "food_code": "napa_cabbage",
        "season_from": "2026-11-30",
        "season_until": "2026-12-20",
        "quantity_g": 500_000,
        "grade": "first",
        "price": {"kind": "fixed", "price_fen_per_kg": 154},
        "deliveries": [
            {"week_start": "2026-12-07", "quantity_g": 300_000},
            {"week_start": "2026-11-30", "quantity_g": 200_000},
        ],
    }
    return row | other


async def sign(world: World, **other: Any) -> Any:
    """Sign a contract with the first cooperative."""
    return await post(world, "/contracts", **({"cooperative_id": COOP} | agreed(**other)))


async def left(world: World, contract_id: str) -> int:
    """Grams that may still be offered under a contract."""
    grams: int = (await ok(await world.client("farmers").get(f"/contracts/{contract_id}")))["remaining_g"]
    return grams


async def test_a_contract_is_signed_and_read(world_of: WorldOf) -> None:
    """All of it is left at first; weeks are listed in order; the answer has a place and an entity tag."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    made = await client.post("/contracts", json={"cooperative_id": COOP, **agreed()})
    assert made.status_code == 201
    read = await client.get(made.headers["location"])
    assert (read.json(), read.headers["etag"]) == (made.json(), '"1"')
    contract = read.json()
    assert [week["week_start"] for week in contract["deliveries"]] == ["2026-11-30", "2026-12-07"]
    assert (contract["offered_g"], contract["remaining_g"], contract["status"]) == (0, 500_000, "open")
    listed = await ok(await client.get("/contracts", params={"cooperative_id": COOP, "food_code": "napa_cabbage"}))
    assert [one["contract_id"] for one in listed["items"]] == [contract["contract_id"]]
    assert (await ok(await client.get("/contracts", params={"status": "cancelled"})))["items"] == []


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"season_until": "2026-11-29"}, "season_until", "season-reversed"),
    ({"season_from": "2025-11-01", "season_until": "2026-11-01"}, "season_until", "season-in-the-past"),
    ({"season_until": "2028-01-01"}, "season_until", "season-too-long"),
    ({"season_from": "2030-01-01", "season_until": "2030-02-01"}, "season_from", "too-far-ahead"),
    ({"quantity_g": 500_001}, "deliveries", "schedule-is-not-the-sum"),
    ({"price": {"kind": "fixed"}}, "price.price_fen_per_kg", "price-required"),
    ({"deliveries": [{"week_start": "2026-12-01", "quantity_g": 500_000}]}, "deliveries.0.week_start", "not-a-monday"),
    (
        {"deliveries": [{"week_start": "2026-12-28", "quantity_g": 500_000}]},
        "deliveries.0.week_start",
        "outside-the-season",
    ),
    (
        {"deliveries": [{"week_start": "2026-12-07", "quantity_g": 250_000}] * 2},
        "deliveries.1.week_start",
        "week-twice",
    ),
    ({"cooperative_id": "coop-404"}, "cooperative_id", "unknown-cooperative"),
    ({"quantity_g": 0}, "quantity_g", "invalid-input"),
    ({"price": {"kind": "haggled"}}, "price.kind", "invalid-input"),
    ({"price": {"kind": "reference", "difference_permille": -501}}, "price.difference_permille", "invalid-input"),
    ({"deliveries": []}, "deliveries", "invalid-input"),
]


async def test_contracts_nobody_can_keep_are_refused(world_of: WorldOf) -> None:
    """A refusal names the field and the rule, and nothing is signed."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    for wrong, field, rule in BAD:
        answer = await client.post("/contracts", json={"cooperative_id": COOP, **agreed()} | wrong)
        assert (answer.json()["field"].removeprefix("body."), answer.json()["rule"]) == (field, rule), wrong
    assert (await ok(await client.get("/contracts")))["items"] == []


async def test_two_contracts_for_one_food_never_share_a_day(world_of: WorldOf) -> None:
    """Another food, cooperative or season may; a cancelled one is in nobody's way; amending counts, too."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    first = await sign(world)
    body = {"cooperative_id": COOP, **agreed(season_from="2026-12-20", season_until="2027-01-10")}
    body["deliveries"] = [{"week_start": "2026-12-21", "quantity_g": 500_000}]
    problem = refused(await client.post("/contracts", json=body), 409, "contracts-overlap")
    assert (problem["field"], first["contract_id"] in problem["detail"]) == ("season_from", True)
    await ok(await client.post("/contracts", json=body | {"food_code": "potato"}))
    await ok(await client.post("/contracts", json=body | {"cooperative_id": OTHER}))
    later = await ok(await client.post("/contracts", json=body | {"season_from": "2026-12-21"}))
    again = agreed(season_until="2026-12-21", reason="a day more")
    path = f"/contracts/{first['contract_id']}"
    refused(await client.put(path, json=again), 409, "contracts-overlap")
    await post(world, f"/contracts/{later['contract_id']}/cancel", reason="landslide")
    assert (await ok(await client.put(path, json=again)))["season_until"] == "2026-12-21"


async def test_offers_draw_from_their_contract(world_of: WorldOf) -> None:
    """What is offered is taken, more than is left is refused; amending moves the difference, withdrawing gives back."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    contract_id = (await sign(world))["contract_id"]
    await put(world, "/offers", offer("off-2", quantity_g=300_000, contract_id=contract_id))
    assert await left(world, contract_id) == 200_000
    done = await put(
        world,
        "/offers",
        offer("off-3", quantity_g=150_000, contract_id=contract_id),
        offer("off-4", quantity_g=50_001, contract_id=contract_id),
        offer("off-5", quantity_g=50_000, contract_id=contract_id),
    )
    assert [(one["index"], one["field"], one["rule"]) for one in done["refused"]] == [
        (1, "quantity_g", "beyond-contract")
    ]
    assert await left(world, contract_id) == 0
    body = {"cooperative_id": COOP, **terms(quantity_g=1_000, contract_id=contract_id)}
    assert refused(await client.post("/offers", json=body), 409, "beyond-contract")["field"] == "quantity_g"
    more = terms(quantity_g=300_001, contract_id=contract_id)
    assert "300000 g" in refused(await client.put("/offers/off-2", json=more), 409, "beyond-contract")["detail"]
    await ok(await client.put("/offers/off-2", json=terms(quantity_g=280_000, contract_id=contract_id)))
    assert await left(world, contract_id) == 20_000
    await post(world, "/offers/off-3/withdraw")
    assert await left(world, contract_id) == 170_000
    refused(await client.put("/offers/off-2", json=terms(quantity_g=280_000)), 409, "another-contract")


async def test_what_a_withdrawn_offer_promised_comes_back_with_its_orders(world_of: WorldOf) -> None:
    """Withdrawn, an offer holds of its contract what stays promised, and gives it back as its orders are called off."""
    world = await world_of("farmers")
    await a_county(world)
    contract_id = (await sign(world))["contract_id"]
    await put(world, "/offers", offer("off-2", quantity_g=300_000, contract_id=contract_id))
    await world.publish(placed("order-1", line(offer_id="off-2", ordered_g=120_000)))
    await world.settle()
    await post(world, "/offers/off-2/withdraw")
    assert await left(world, contract_id) == 380_000
    await world.publish(
        OrderCancelled(
            order_id="order-1",
            version=2,
            canteen_id="canteen-1",
            cooperative_id=COOP,
            reason="menu withdrawn",
            cancelled_at=START,
        )
    )
    await world.settle()
    assert await left(world, contract_id) == 500_000


async def test_what_an_offer_did_not_sell_is_free_again_when_it_is_over(world_of: WorldOf) -> None:
    """Past its last day an offer draws what was promised from it, and promises nothing more; its land stays used."""
    world = await world_of("farmers")
    await a_county(world)
    contract_id = (await sign(world))["contract_id"]
    capacity = {"capacity_id": "cap-1", "cooperative_id": COOP, "food_code": "napa_cabbage", "quantity_g": 900_000}
    await put(world, "/capacities", capacity | {"season_from": "2026-11-01", "season_until": "2026-12-31"})
    await put(world, "/offers", offer("off-2", quantity_g=300_000, contract_id=contract_id))
    await world.publish(placed("order-1", line(offer_id="off-2", ordered_g=120_000)))
    await world.settle()
    await post(world, "/orders/order-1/accept")
    world.clock.advance(timedelta(days=13))
    assert await left(world, contract_id) == 200_000
    world.clock.advance(timedelta(days=1))
    assert await left(world, contract_id) == 380_000
    await world.publish(placed("order-2", line(offer_id="off-2", ordered_g=1_000), delivery_day=date(2026, 12, 8)))
    await world.settle()
    assert await left(world, contract_id) == 380_000
    later = {"available_from": "2026-12-07", "available_until": "2026-12-20", "contract_id": contract_id}
    done = await put(world, "/offers", offer("off-3", quantity_g=380_001, **later))
    assert [one["rule"] for one in done["refused"]] == ["beyond-contract"]
    assert (await put(world, "/offers", offer("off-3", quantity_g=380_000, **later)))["created"] == 1
    longer = terms(quantity_g=300_000, contract_id=contract_id, available_until="2026-12-20")
    refused(await world.client("farmers").put("/offers/off-2", json=longer), 409, "beyond-contract")
    (shown,) = (await ok(await world.client("farmers").get("/capacities")))["items"]
    assert shown["offered_g"] == 100_000 + 300_000 + 380_000


async def test_an_offer_keeps_to_its_contract(world_of: WorldOf) -> None:
    """Season, food, cooperative and price are the contract's; what it pays is named to whoever asks another price."""
    world = await world_of("farmers")
    await a_county(world)
    contract_id = (await sign(world))["contract_id"]
    wrongs: list[tuple[dict[str, Any], str, str]] = [
        ({"available_from": "2026-11-29"}, "available_from", "outside-the-season"),
        ({"available_until": "2026-12-21"}, "available_until", "outside-the-season"),
        ({"food_code": "potato"}, "food_code", "another-food"),
        ({"cooperative_id": OTHER}, "contract_id", "another-cooperatives-contract"),
        ({"contract_id": "contract-404"}, "contract_id", "unknown-contract"),
        ({"price_fen_per_kg": 155}, "price_fen_per_kg", "not-the-contract-price"),
    ]
    rows = [offer("off-2", **{"contract_id": contract_id} | wrong) for wrong, _, _ in wrongs]
    done = await put(world, "/offers", *rows)
    assert [(one["field"], one["rule"]) for one in done["refused"]] == [(field, rule) for _, field, rule in wrongs]
    assert "154 fen" in done["refused"][-1]["detail"]
    await post(world, f"/contracts/{contract_id}/cancel", reason="hail")
    done = await put(world, "/offers", offer("off-2", contract_id=contract_id))
    assert [one["rule"] for one in done["refused"]] == ["contract-cancelled"]


async def test_a_contract_pays_by_the_reference_price_of_the_day(world_of: WorldOf) -> None:
    """5 % below the market, never below its mean; without any price there is none, and no offer by it."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    rule = {"kind": "reference", "difference_permille": -50, "floor_at_market_mean": True}
    contract = await sign(world, price=rule)
    assert contract["priced"] is None
    path = f"/contracts/{contract['contract_id']}/price"
    refused(await client.get(path, params={"day": "2026-11-30"}), 422, "no-reference-price")
    done = await put(world, "/offers", offer("off-2", contract_id=contract["contract_id"]))
    assert [one["rule"] for one in done["refused"]] == ["no-reference-price"]
    await world.publish(price(160, day=date(2026, 11, 15)), price(200, day=date(2026, 11, 22)))
    await world.settle()
    priced = await ok(await client.get(path, params={"day": "2026-11-30"}))
    assert (priced["price_fen_per_kg"], priced["mean_fen_per_kg"], priced["floored"]) == (190, 180, False)
    assert priced["reference"]["difference_permille"] == -50
    shown = await ok(await client.get(f"/contracts/{contract['contract_id']}"))
    assert (shown["priced"]["day"], shown["priced"]["price_fen_per_kg"]) == ("2026-11-30", 190)
    at = {"contract_id": contract["contract_id"], "price_fen_per_kg": 190}
    assert (await put(world, "/offers", offer("off-2", **at)))["created"] == 1
    world.clock.advance(timedelta(days=7))
    await world.publish(price(300, day=date(2026, 11, 29)))
    await world.settle()
    await ok(await client.put("/offers/off-2", json=terms(quantity_g=90_000, **at)))
    moved = terms(quantity_g=90_000, available_from="2026-12-01", **at)
    assert "285 fen" in refused(await client.put("/offers/off-2", json=moved), 409, "not-the-contract-price")["detail"]
    refused(await client.get(path, params={"day": "2026-12-21"}), 422, "outside-the-season")


async def test_what_was_agreed_before_is_kept(world_of: WorldOf) -> None:
    """Amending and cancelling are versions with a reason; the same terms again are none; a stale one is refused."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    contract_id = (await sign(world))["contract_id"]
    path = f"/contracts/{contract_id}"
    more = agreed(quantity_g=600_000, reason="a good autumn")
    more["deliveries"] = [{"week_start": "2026-12-07", "quantity_g": 600_000}]
    assert (await ok(await client.put(path, json=more, headers={"If-Match": '"1"'})))["version"] == 2
    assert (await ok(await client.put(path, json=more)))["version"] == 2
    refused(await client.put(path, json=agreed(reason="no"), headers={"If-Match": '"1"'}), 412, "stale-version")
    for _ in range(2):
        cancelled = await post(world, f"{path}/cancel", reason="hail")
        assert (cancelled["status"], cancelled["version"]) == ("cancelled", 3)
    refused(await client.put(path, json=agreed(reason="no")), 409, "contract-cancelled")
    kept = await ok(await client.get(f"{path}/versions"))
    assert [(one["version"], one["status"], one["reason"], one["terms"]["quantity_g"]) for one in kept["items"]] == [
        (1, "open", None, 500_000),
        (2, "open", "a good autumn", 600_000),
        (3, "cancelled", "hail", 600_000),
    ]
    last = await ok(await client.get(f"{path}/versions", params={"after": "2"}))
    assert [one["version"] for one in last["items"]] == [3]
    refused(await client.get("/contracts/contract-404/versions"), 404, "unknown-contract")


async def test_a_contract_is_never_amended_below_its_offers(world_of: WorldOf) -> None:
    """What is offered stands: neither the grams nor the season shrink past it, and the food stays."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    contract_id = (await sign(world))["contract_id"]
    await put(world, "/offers", offer("off-2", quantity_g=300_000, contract_id=contract_id))
    week = [{"week_start": "2026-11-30", "quantity_g": 299_999}]
    for other, rule in (
        ({"quantity_g": 299_999, "deliveries": week}, "below-offered"),
        ({"season_from": "2026-12-01"}, "offers-outside-the-season"),
        (
            {"season_until": "2026-12-05", "deliveries": agreed()["deliveries"][1:], "quantity_g": 200_000},
            "below-offered",
        ),
        ({"food_code": "potato"}, "another-food"),
    ):
        body = agreed(reason="less", **other)
        refused(await client.put(f"/contracts/{contract_id}", json=body), 409, rule)


@pytest.mark.parametrize("how", ["area", "grams"])
async def test_no_offer_goes_beyond_the_declared_capacity(world_of: WorldOf, how: str) -> None:
    """All offers that begin in the season count, contract or not; withdrawn and moved ones give back."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    said: dict[str, Any] = {"area_m2": 100, "yield_g_per_m2": 2_500} if how == "area" else {"quantity_g": 250_000}
    row: dict[str, Any] = {"capacity_id": "cap-1", "cooperative_id": COOP, "food_code": "napa_cabbage"}
    row |= {"season_from": "2026-11-01", "season_until": "2026-12-31", **said}
    assert (await put(world, "/capacities", row))["created"] == 1
    assert (await put(world, "/capacities", row))["unchanged"] == 1
    done = await put(
        world, "/offers", offer("off-2"), offer("off-3", quantity_g=50_001), offer("off-4", quantity_g=50_000)
    )
    assert [(one["index"], one["field"], one["rule"]) for one in done["refused"]] == [
        (1, "quantity_g", "beyond-capacity")
    ]
    (shown,) = (await ok(await client.get("/capacities", params={"cooperative_id": COOP})))["items"]
    assert (shown["quantity_g"], shown["offered_g"], shown["remaining_g"]) == (250_000, 250_000, 0)
    refused(await client.put("/offers/off-2", json=terms(quantity_g=100_001)), 409, "beyond-capacity")
    after = {"available_from": "2027-01-01", "available_until": "2027-01-03"}
    await ok(await client.put("/offers/off-4", json=terms(quantity_g=50_000, **after)))
    assert (await put(world, "/offers", offer("off-5", quantity_g=50_000)))["created"] == 1
    body = {"cooperative_id": COOP, **terms(food_code="potato", quantity_g=10**9)}
    await ok(await client.post("/offers", json=body))
    told = [one.offer_id for one in world.told_of(OfferPublished)]
    assert "off-3" not in told


async def test_capacities_nobody_can_mean_are_refused(world_of: WorldOf) -> None:
    """Reversed, overlapping, below what is offered, said twice or not at all, another's: a bad row names its rule."""
    world = await world_of("farmers")
    await a_county(world)
    base: dict[str, Any] = {"cooperative_id": COOP, "food_code": "napa_cabbage", "quantity_g": 500_000}
    base |= {"capacity_id": "cap-1", "season_from": "2026-11-01", "season_until": "2026-12-31"}
    wrongs: list[tuple[dict[str, Any], str, str]] = [
        ({"season_until": "2026-10-31"}, "season_until", "season-reversed"),
        ({"season_until": "2027-12-31"}, "season_until", "season-too-long"),
        ({"quantity_g": 99_999}, "quantity_g", "below-offered"),
        ({"area_m2": 5}, "quantity_g", "said-twice"),
        ({"quantity_g": None}, "quantity_g", "capacity-required"),
        ({"quantity_g": None, "area_m2": 5}, "yield_g_per_m2", "yield-required"),
        ({"quantity_g": None, "area_m2": 10**10, "yield_g_per_m2": 10**6}, "area_m2", "capacity-too-large"),
        ({"quantity_g": -1}, "quantity_g", "greater_than_equal"),
        ({"cooperative_id": "coop-404"}, "cooperative_id", "unknown-cooperative"),
    ]
    done = await put(world, "/capacities", *(base | wrong for wrong, _, _ in wrongs))
    assert [(one["field"], one["rule"]) for one in done["refused"]] == [(field, rule) for _, field, rule in wrongs]
    done = await put(
        world,
        "/capacities",
        base,
        base,
        base | {"capacity_id": "cap-2", "season_from": "2026-12-31", "season_until": "2027-01-31"},
    )
    assert (done["created"], [one["rule"] for one in done["refused"]]) == (
        1,
        ["twice-in-request", "capacities-overlap"],
    )
    done = await put(world, "/capacities", base | {"cooperative_id": OTHER})
    assert [one["rule"] for one in done["refused"]] == ["another-capacity"]


async def test_what_an_offer_says_of_harvest_and_packs_must_fit(world_of: WorldOf) -> None:
    """Whole packs only; nothing is there before it is harvested, nor after it has kept; the others are told of both."""
    world = await world_of("farmers")
    await a_county(world)
    wrongs: list[tuple[dict[str, Any], str, str]] = [
        ({"pack_size_g": 3_000}, "quantity_g", "not-whole-packs"),
        ({"pack_size_g": 2_500}, "minimum_lot_g", "not-whole-packs"),
        ({"pack_size_g": 0}, "pack_size_g", "greater_than"),
        ({"harvest_day": "2026-12-01"}, "available_from", "available-before-harvest"),
        ({"harvest_day": "2026-11-15"}, "available_until", "beyond-shelf-life"),
        ({"harvest_day": "0001-01-01"}, "harvest_day", "greater_than_equal"),
    ]
    done = await put(world, "/offers", *(offer("off-2", **wrong) for wrong, _, _ in wrongs))
    assert [(one["field"], one["rule"]) for one in done["refused"]] == [(field, rule) for _, field, rule in wrongs]
    await put(world, "/offers", offer("off-2", pack_size_g=500, harvest_day="2026-11-16"))
    await world.settle()
    (told,) = [one for one in world.told_of(OfferPublished) if one.offer_id == "off-2"]
    assert (told.pack_size_g, told.harvest_day) == (500, date(2026, 11, 16))
    shown = await ok(await world.client("farmers").get("/offers/off-2"))
    assert (shown["pack_size_g"], shown["harvest_day"], shown["contract_id"]) == (500, "2026-11-16", None)
