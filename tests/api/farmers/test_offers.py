"""Offers: publishing, amending, withdrawing."""

import asyncio
from datetime import timedelta
from typing import Any

from shared.events.farmers import OfferPublished, OfferWithdrawn
from tests.api.farmers.builders import (
    COOP,
    OTHER,
    a_county,
    cooperative,
    line,
    offer,
    placed,
    promised,
    put,
    status,
    terms,
)
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_an_offer_is_told_with_its_county_and_poor_share(world_of: WorldOf) -> None:
    """The poor share is that of the member households on the first day of the offer, each weighing the same."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/household-statuses", status("hh-4", "monitored", "2026-12-07"))
    await put(world, "/offers", offer("off-2", available_from="2026-12-07", available_until="2026-12-13"))
    await put(world, "/offers", offer("off-3", OTHER))
    await world.settle()
    shares = {told.offer_id: (told.county_code, told.poor_share_permille) for told in world.told_of(OfferPublished)}
    assert shares == {"off-1": ("520628", 750), "off-2": ("520628", 1000), "off-3": ("520628", 0)}


async def test_the_same_offers_again_change_nothing(world_of: WorldOf) -> None:
    """Loading twice tells once, even after the offer has ended; new terms are a new version."""
    world = await world_of("farmers")
    await a_county(world)
    done = await put(world, "/offers", offer(), offer("off-2"), offer("off-2", quantity_g=5_000))
    assert (done["created"], done["unchanged"], [one["rule"] for one in done["refused"]]) == (
        1,
        1,
        ["twice-in-request"],
    )
    assert (await put(world, "/offers", offer(price_fen_per_kg=160)))["changed"] == 1
    world.clock.advance(timedelta(days=30))
    assert (await put(world, "/offers", offer(price_fen_per_kg=160)))["unchanged"] == 1
    await world.settle()
    told = [(one.offer_id, one.version, one.price_fen_per_kg) for one in world.told_of(OfferPublished)]
    assert sorted(told) == [("off-1", 1, 154), ("off-1", 2, 160), ("off-2", 1, 154)]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"available_from": "2026-11-01", "available_until": "2026-11-22"}, "available_until", "offer-in-the-past"),
    ({"available_until": "2026-11-29"}, "available_until", "window-reversed"),
    ({"available_until": "2028-11-29"}, "available_until", "window-too-long"),
    ({"available_from": "2029-01-01", "available_until": "2029-01-02"}, "available_from", "too-far-ahead"),
    ({"quantity_g": 0}, "quantity_g", "greater_than"),
    ({"quantity_g": -5}, "quantity_g", "greater_than"),
    ({"quantity_g": 10**10}, "quantity_g", "less_than_equal"),
    ({"quantity_g": 1.5}, "quantity_g", "int_type"),
    ({"price_fen_per_kg": 0}, "price_fen_per_kg", "greater_than"),
    ({"shelf_life_days": 99_999}, "shelf_life_days", "less_than_equal"),
    ({"minimum_lot_g": 100_001}, "minimum_lot_g", "minimum-above-quantity"),
    ({"food_code": "cabbage; drop"}, "food_code", "string_pattern_mismatch"),
    ({"cooperative_id": "coop-404"}, "cooperative_id", "unknown-cooperative"),
    ({"grade": "A"}, "grade", "extra_forbidden"),
]


async def test_offers_nobody_can_keep_are_refused(world_of: WorldOf) -> None:
    """A refused row names its field and rule, as a row of many and as one of its own, and nothing is written."""
    world = await world_of("farmers")
    await put(world, "/cooperatives", cooperative())
    client = world.client("farmers")
    done = await put(world, "/offers", *(offer("off-2", **wrong) for wrong, _, _ in BAD))
    assert [(one["field"], one["rule"]) for one in done["refused"]] == [(field, rule) for _, field, rule in BAD]
    for wrong, field, _ in BAD:
        body = {name: value for name, value in offer(**wrong).items() if name != "offer_id"}
        answer = await client.post("/offers", json=body)
        assert answer.is_client_error
        assert answer.json()["field"].endswith(field)
    assert (await ok(await client.get("/offers")))["items"] == []


async def test_one_offer_is_published_and_read(world_of: WorldOf) -> None:
    """A single offer gets an id, a place and an entity tag; lists are filtered."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    body = {"cooperative_id": COOP, **terms(food_code="potato")}
    made = await client.post("/offers", json=body)
    assert made.status_code == 201
    read = await client.get(made.headers["location"])
    assert (read.json(), read.headers["etag"]) == (made.json(), '"1"')
    potatoes = await ok(await client.get("/offers", params={"cooperative_id": COOP, "food_code": "potato"}))
    assert [one["offer_id"] for one in potatoes["items"]] == [made.json()["offer_id"]]
    refused(await client.get("/offers/off-404"), 404, "unknown-offer")


async def test_an_offer_is_never_amended_below_what_is_promised(world_of: WorldOf) -> None:
    """What is promised stands: less is refused and named, just as much is taken."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.settle()
    client = world.client("farmers")
    problem = refused(await client.put("/offers/off-1", json=terms(quantity_g=39_999)), 409, "below-promised")
    assert (problem["field"], "promised_g 40000" in problem["detail"]) == ("quantity_g", True)
    done = await put(world, "/offers", offer(quantity_g=39_999))
    assert [one["rule"] for one in done["refused"]] == ["below-promised"]
    amended = await ok(await client.put("/offers/off-1", json=terms(quantity_g=40_000)))
    assert (amended["version"], amended["promised_g"]) == (2, 40_000)
    refused(await client.put("/offers/off-1", json=terms(food_code="potato")), 409, "another-food")


async def test_a_stale_version_is_refused(world_of: WorldOf) -> None:
    """Who read an older version does not overwrite a newer one; of two at once one wins."""
    world = await world_of("farmers")
    await a_county(world)
    client, read = world.client("farmers"), {"If-Match": '"1"'}
    answers = await asyncio.gather(
        *(client.put("/offers/off-1", json=terms(price_fen_per_kg=price), headers=read) for price in (160, 170))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    refused(await client.post("/offers/off-1/withdraw", headers=read), 412, "stale-version")
    refused(await client.put("/offers/off-1", json=terms(), headers={"If-Match": "new"}), 422, "if-match")
    refused(await client.put("/offers/off-404", json=terms()), 404, "unknown-offer")


async def test_a_withdrawn_offer_takes_no_more_orders(world_of: WorldOf) -> None:
    """What was promised stands; withdrawing twice tells once; it is not amended any more."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1", line(ordered_g=5_000)))
    await world.settle()
    client = world.client("farmers")
    for _ in range(2):
        withdrawn = await ok(await client.post("/offers/off-1/withdraw"))
        assert (withdrawn["status"], withdrawn["version"]) == ("withdrawn", 2)
    await world.publish(placed("order-2", line(ordered_g=5_000)))
    await world.settle()
    assert (await promised(world), len(world.told_of(OfferWithdrawn))) == (5_000, 1)
    refused(await client.put("/offers/off-1", json=terms(quantity_g=90_000)), 409, "offer-withdrawn")
