"""Asking a run why: for every offer and demand line it looked at."""

from datetime import timedelta

from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY
from tests.conftest import WorldOf
from tests.people import clerk
from tests.world import ok, refused

NEEDS = {("cabbage", MONDAY): 30_000, ("pork", MONDAY): 5_000}


async def test_a_run_says_why_an_offer_got_nothing(world_of: WorldOf) -> None:
    """Whoever was too dear hears at which price more would have been asked for, in English and Chinese."""
    world = await world_of("procurement")
    dear = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=260)
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.a_cooperative("coop-2"))
    await world.publish(facts.an_offer(), dear, facts.a_menu(NEEDS))
    await world.settle()
    run_id = (await facts.run(world))["run_id"]
    client = world.client("procurement")
    told = await ok(await client.get(f"/sourcing-runs/{run_id}/offers/offer-2"))
    assert (told["reason"], told["planned_g"], told["ordered_g"], told["lines"]) == ("price", 0, 0, 1)
    assert 60 <= told["price_cut_fen_per_kg"] < 260
    assert told["text_en"].startswith("None of 100 kg was planned. At ¥2.60 a kg it was too dear")
    assert told["text_zh"].startswith("100 公斤中没有安排采购。")
    listed = (await ok(await client.get(f"/sourcing-runs/{run_id}/offers", params={"cooperative_id": "coop-1"})))[
        "items"
    ]
    assert [(each["offer_id"], each["ordered_g"], each["reason"]) for each in listed] == [("offer-1", 30_000, "served")]


async def test_a_cooperative_reads_what_became_of_its_offers(world_of: WorldOf) -> None:
    """Without knowing any run: each offer as the newest run of a week saw it; nobody else's, no week that is over."""
    world = await world_of("procurement")
    dear = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=260)
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.a_cooperative("coop-2"))
    await world.publish(facts.an_offer(quantity_g=20_000), dear, facts.a_menu(NEEDS))
    await world.settle()
    own, others = (world.client("procurement", as_=clerk(name)) for name in ("coop-2", "coop-1"))
    asked = {"cooperative_id": "coop-2"}
    assert await ok(await own.get("/offer-reasons", params=asked)) == {"items": []}
    first = await facts.run(world)
    (told,) = (await ok(await own.get("/offer-reasons", params=asked)))["items"]
    assert (told["offer_id"], told["ordered_g"], told["week_start"]) == ("offer-2", 30_000, str(MONDAY))
    assert (told["run_id"], told["county_code"]) == (first["run_id"], facts.COUNTY)
    assert told["text_zh"].startswith("100 公斤中计划采购 30 公斤。")
    assert (await facts.run(world))["orders"] == 0  # it looks for the pork alone, and says nothing of cabbage
    assert (await ok(await own.get("/offer-reasons", params=asked)))["items"] == [told]
    refused(await others.get("/offer-reasons", params=asked), 403, "other-tenant")
    later = asked | {"from_day": str(MONDAY + timedelta(days=7))}
    assert (await ok(await own.get("/offer-reasons", params=later)))["items"] == []


async def test_a_run_says_why_a_line_got_what_it_got(world_of: WorldOf) -> None:
    """Every demand line of the run is accounted for, and pages follow each other."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(NEEDS))
    await world.settle()
    run_id = (await facts.run(world))["run_id"]
    client, route = world.client("procurement"), f"/sourcing-runs/{run_id}/lines"
    first = await ok(await client.get(route, params={"canteen_id": "school-1", "limit": 1}))
    last = await ok(await client.get(route, params={"after": first["next"]}))
    by_food = {line["food_code"]: line for line in first["items"] + last["items"]}
    assert {food: (line["reason"], line["ordered_g"]) for food, line in by_food.items()} == {
        "cabbage": ("cheapest", 30_000),
        "pork": ("unmet", 0),
    }
    assert by_food["cabbage"]["cheapest_offer_id"] == "offer-1"
    assert by_food["pork"]["next_fen_per_kg"] is None
    assert await ok(await client.get(f"{route}/{by_food['pork']['demand_id']}")) == by_food["pork"]


async def test_what_a_run_did_not_look_at_is_not_found(world_of: WorldOf) -> None:
    """Unknown runs, offers and lines are named as such; an offer of a food nobody needs was not looked at."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(NEEDS))
    await world.publish(facts.an_offer("offer-2", food_code="tofu"))
    await world.settle()
    run_id = (await facts.run(world))["run_id"]
    client = world.client("procurement")
    refused(await client.get(f"/sourcing-runs/{run_id}/offers/offer-2"), 404, "unknown-offer-in-this-run")
    refused(await client.get(f"/sourcing-runs/{run_id}/lines/none"), 404, "unknown-demand-line-in-this-run")
    refused(await client.get("/sourcing-runs/none/offers"), 404, "unknown-sourcing-run")
    refused(await client.get("/sourcing-runs/none/lines"), 404, "unknown-sourcing-run")
