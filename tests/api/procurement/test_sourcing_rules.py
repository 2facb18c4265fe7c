"""The rules counties buy by: dated, checked, and what runs go by."""

from collections.abc import Mapping
from typing import Any

from shared.events.farmers import OfferPublished
from shared.events.procurement import OrderPlaced
from shared.fields import TemperatureClass
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY, TUESDAY
from tests.conftest import WorldOf
from tests.world import World, ok, refused

RULES: dict[str, Any] = {
    "valid_from": str(MONDAY),
    "tolerance_permille": 0,
    "share_target_permille": 0,
    "target_tolerance_permille": 0,
    "most_premium_permille": 1000,
    "reach_m": 10_000,
    "stop_cost_fen": 0,
    "freight_fen_per_tonne_km": 0,
    "source": "county document 1",
}


async def test_a_county_without_rules_goes_by_those_that_hold_everywhere(world_of: WorldOf) -> None:
    """The rules of data/rules/sourcing.json hold until a county sets its own, and before its first ones."""
    client = (await world_of("procurement")).client("procurement")
    everywhere = await ok(await client.get(f"/sourcing-rules/{COUNTY}"))
    assert (everywhere["valid_from"], everywhere["share_target_permille"]) == (None, 400)
    own = await ok(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES))
    assert own["county_code"] == COUNTY
    on = {"on": str(MONDAY)}
    assert (await ok(await client.get(f"/sourcing-rules/{COUNTY}", params=on)))["source"] == "county document 1"
    assert (await ok(await client.get(f"/sourcing-rules/{COUNTY}")))["valid_from"] is None
    assert (await ok(await client.get("/sourcing-rules/520602", params=on)))["valid_from"] is None
    await ok(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES | {"source": "as corrected"}))
    history = (await ok(await client.get(f"/sourcing-rules/{COUNTY}/history")))["items"]
    assert [rules["source"] for rules in history[1:]] == ["as corrected"]


async def test_rules_that_contradict_each_other_are_refused(world_of: WorldOf) -> None:
    """A target that allows less than no target, a target without a premium, and rules for days gone are named."""
    client = (await world_of("procurement")).client("procurement")

    async def refusal(rule: str, status: int = 422, **changed: object) -> None:
        refused(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES | changed), status, rule)

    await refusal("target-allows-less", tolerance_permille=20, target_tolerance_permille=10)
    await refusal("target-without-premium", share_target_permille=400, most_premium_permille=0)
    season: dict[str, Any] = {"season_from": "2026-12-01", "season_until": "2026-11-30"}
    await refusal("cap-without-season", household_cap_fen=1000)
    await refusal("cap-without-season", **season)
    await refusal("season-ends-before-it-begins", household_cap_fen=1000, **season)
    days: dict[str, Any] = {"season_from": "2026-11-30", "season_until": "2026-12-04"}
    await refusal("cap-without-season", household_floor_fen=1000)
    await refusal("floor-above-cap", household_floor_fen=1001, household_cap_fen=1000, **days)
    await refusal("invalid-input", floor_permille=900)
    await refusal("invalid-input", suppliers_per_week=0)
    await refusal("invalid-input", class_reach_m={"warm": 1000})
    await refusal("invalid-input", priority_permille={"resettled": 900})
    await refusal("rules-in-the-past", 409, valid_from="2026-11-01")
    await refusal("invalid-input", tolerance_permille=1001)
    await refusal("invalid-input", stop_cost_fen=-1)
    await refusal("invalid-input", share_target_permille="400")


async def test_a_run_goes_by_the_rules_of_its_county_and_publishes_the_premium(world_of: WorldOf) -> None:
    """With no tolerance the cheapest is bought at no premium; with the usual one poor households come first."""
    world = await world_of("procurement")
    dear = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=202, poor_share_permille=900)
    needs = {("cabbage", MONDAY): 30_000}
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.a_cooperative("coop-2"))
    await world.publish(facts.an_offer(), dear, facts.a_menu(needs))
    await world.settle()
    client = world.client("procurement")
    await ok(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES))
    done = await facts.run(world)
    assert (done["poor_share"], done["premium_permille"], done["weighed_fen"]) == (0.6, 0, 6_000)
    assert (done["least_weighed_fen"], done["gap_ppm"]) == (6_000, 0)
    await world.publish(facts.a_menu(needs, "school-2", "menu-2"), facts.a_canteen("school-2"))
    await ok(
        await client.put(
            f"/sourcing-rules/{COUNTY}", json=RULES | {"target_tolerance_permille": 20, "tolerance_permille": 20}
        )
    )
    await world.settle()
    again = await facts.run(world)
    assert again["poor_share"] == 0.9
    assert again["premium_permille"] > 0
    assert again["least_weighed_fen"] < again["weighed_fen"] <= again["least_weighed_fen"] * 1.02


async def test_what_orders_already_take_counts_against_days_and_seasons(world_of: WorldOf) -> None:
    """A cooperative that delivers all it can on a day, or whose households earned all they may, gets no more."""
    world = await world_of("procurement")
    second = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=300)
    needs = {("cabbage", MONDAY): 30_000}
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.a_cooperative("coop-2"))
    await world.publish(facts.an_offer(), second, facts.a_menu(needs))
    await world.settle()
    client = world.client("procurement")
    await ok(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES | {"handling_g_per_day": 40_000}))
    await facts.run(world)
    await world.publish(facts.a_menu(needs, "school-2", "menu-2"), facts.a_canteen("school-2"))
    await world.settle()
    again = await facts.run(world)
    offers = f"/sourcing-runs/{again['run_id']}/offers"
    got = {each["offer_id"]: each["ordered_g"] for each in (await ok(await client.get(offers)))["items"]}
    assert got == {"offer-1": 10_000, "offer-2": 20_000}
    season = {"season_from": str(MONDAY), "season_until": str(MONDAY), "household_cap_fen": 400}
    await ok(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES | season))
    await world.publish(facts.a_menu({("cabbage", MONDAY): 5_000}, "school-3", "menu-3"), facts.a_canteen("school-3"))
    await world.settle()
    last = await facts.run(world)
    offers = f"/sourcing-runs/{last['run_id']}/offers"
    got = {each["offer_id"]: each["ordered_g"] for each in (await ok(await client.get(offers)))["items"]}
    assert got == {"offer-1": 0, "offer-2": 5_000}


async def by_offer(world: World, run: Mapping[str, Any]) -> dict[str, int]:
    """Return the grams a run ordered of each offer it looked at."""
    offers = await ok(await world.client("procurement").get(f"/sourcing-runs/{run['run_id']}/offers"))
    return {each["offer_id"]: each["ordered_g"] for each in offers["items"]}


async def two_cooperatives(world: World, needs: facts.Needs, second: OfferPublished) -> None:
    """Tell of a school, two cooperatives and their offers."""
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.a_cooperative("coop-2"))
    await world.publish(facts.an_offer(), second, facts.a_menu(needs))
    await world.settle()


async def test_households_below_the_floor_are_preferred_within_the_tolerance(world_of: WorldOf) -> None:
    """Of two that cost about the same, the one whose households have earned less than they should is asked."""
    world = await world_of("procurement")
    needs = {("cabbage", MONDAY): 30_000}
    await two_cooperatives(world, needs, facts.an_offer("offer-2", "coop-2", price_fen_per_kg=202))
    season = {"season_from": str(MONDAY), "season_until": "2026-12-04", "household_floor_fen": 200}
    rules = RULES | season | {"tolerance_permille": 20, "target_tolerance_permille": 20, "floor_permille": 3000}
    await ok(await world.client("procurement").put(f"/sourcing-rules/{COUNTY}", json=rules))
    assert await by_offer(world, await facts.run(world)) == {"offer-1": 30_000, "offer-2": 0}
    await world.publish(facts.a_canteen("school-2"), facts.a_menu(needs, "school-2", "menu-2"))
    await world.settle()
    assert await by_offer(world, await facts.run(world)) == {"offer-1": 0, "offer-2": 30_000}


async def test_a_school_keeps_to_its_suppliers_also_when_an_order_is_declined(world_of: WorldOf) -> None:
    """Who has an order of the week that stands is one of them; beyond them nothing is ordered, and the run says why."""
    world = await world_of("procurement")
    needs = {("cabbage", MONDAY): 30_000, ("cabbage", TUESDAY): 20_000}
    await two_cooperatives(world, needs, facts.an_offer("offer-2", "coop-2", price_fen_per_kg=202))
    await ok(await world.client("procurement").put(f"/sourcing-rules/{COUNTY}", json=RULES | {"suppliers_per_week": 1}))
    await facts.run(world)
    monday, tuesday = sorted(world.told_of(OrderPlaced), key=lambda order: order.delivery_day)
    assert {monday.cooperative_id, tuesday.cooperative_id} == {"coop-1"}
    await world.publish(facts.accepted(tuesday), facts.declined(monday))
    await world.settle()
    assert len(world.told_of(OrderPlaced)) == 2
    again = await facts.run(world)
    assert (again["orders"], again["unmet_g"]) == (0, 30_000)
    listed = await ok(await world.client("procurement").get(f"/sourcing-runs/{again['run_id']}/shortfalls"))
    said = "2 offers of this food: 1 declined, cut short or packed short before, 1 at a limit of the rules."
    assert [each["text_en"] for each in listed["items"]] == [said]


async def test_packs_and_reach_by_class_are_rules_of_a_county(world_of: WorldOf) -> None:
    """A line is split where packs end, and food whose class may not travel so far is left to others."""
    world = await world_of("procurement")
    second = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=300)
    await two_cooperatives(world, {("cabbage", MONDAY): 30_000}, second)
    await world.publish(facts.an_offer(version=2, quantity_g=25_000, pack_size_g=10_000))
    await world.settle()
    client = world.client("procurement")
    await ok(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES | {"whole_packs": True}))
    assert await by_offer(world, await facts.run(world)) == {"offer-1": 20_000, "offer-2": 10_000}
    await ok(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES | {"class_reach_m": {"ambient": 1_000}}))
    await world.publish(facts.a_canteen("school-2"), facts.a_menu({("cabbage", MONDAY): 1_000}, "school-2", "menu-2"))
    await world.settle()
    far = await facts.run(world)
    assert (far["orders"], far["unmet_g"]) == (0, 1_000)


async def test_a_second_run_over_an_unchanged_market_changes_nothing(world_of: WorldOf) -> None:
    """What is ordered stays as it is, and nobody hears of anything again."""
    world = await world_of("procurement")
    needs = {("cabbage", MONDAY): 130_000, ("cabbage", TUESDAY): 90_000}
    await two_cooperatives(world, needs, facts.an_offer("offer-2", "coop-2", quantity_g=40_000))
    await facts.run(world)
    placed = world.told_of(OrderPlaced)
    again = await facts.run(world)
    assert (again["orders"], again["unmet_g"]) == (0, 80_000)
    assert world.told_of(OrderPlaced) == placed


async def test_more_of_a_day_is_ordered_where_orders_stand(world_of: WorldOf) -> None:
    """Whoever brings to a school that day already makes no other stop: dearer by less than one, it is asked first."""
    world = await world_of("procurement")
    dear = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=202)
    await two_cooperatives(world, {("cabbage", MONDAY): 30_000}, dear)
    await ok(await world.client("procurement").put(f"/sourcing-rules/{COUNTY}", json=RULES | {"stop_cost_fen": 2000}))
    await facts.run(world)
    await world.publish(facts.an_offer("offer-3", "coop-2", price_fen_per_kg=180))
    await world.publish(facts.an_amendment({("cabbage", MONDAY): 40_000}, 2))
    await world.settle()
    first, more = world.told_of(OrderPlaced)
    assert (first.cooperative_id, more.cooperative_id) == ("coop-1", "coop-1")
    assert [line.ordered_g for line in more.lines] == [10_000]


async def test_what_was_not_confirmed_is_not_earned(world_of: WorldOf) -> None:
    """Of an order that is taken in part only that part counts against what households may earn."""
    world = await world_of("procurement")
    second = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=240)
    await two_cooperatives(world, {("cabbage", MONDAY): 30_000}, second)
    season = {"season_from": str(MONDAY), "season_until": "2026-12-04", "household_cap_fen": 300}
    await ok(await world.client("procurement").put(f"/sourcing-rules/{COUNTY}", json=RULES | season))
    await facts.run(world)
    (placed,) = world.told_of(OrderPlaced)
    await world.publish(facts.partly(placed, 10_000))
    await world.publish(facts.a_canteen("school-2"), facts.a_menu({("cabbage", MONDAY): 25_000}, "school-2", "menu-2"))
    await world.settle()
    assert await by_offer(world, await facts.run(world)) == {"offer-1": 20_000, "offer-2": 5_000}


async def test_what_is_cold_is_ordered_where_a_cold_vehicle_comes(world_of: WorldOf) -> None:
    """What a cooperative says of vehicles that come to it filters its offers, from its next registration on."""
    world = await world_of("procurement")
    await two_cooperatives(world, {}, facts.an_offer("offer-2", "coop-2", price_fen_per_kg=300))
    chilled = facts.demand({("cabbage", MONDAY): 30_000})[0].model_copy(
        update={"temperature_class": TemperatureClass.CHILLED}
    )
    menu = facts.a_menu({}, "school-1", "menu-2").model_copy(update={"demand": (chilled,)})
    said = facts.a_cooperative().model_copy(update={"version": 2, "vehicle_classes": (TemperatureClass.AMBIENT,)})
    await world.publish(menu, said)
    await world.settle()
    run = await facts.run(world)
    assert await by_offer(world, run) == {"offer-1": 0, "offer-2": 30_000}
    told = await ok(await world.client("procurement").get(f"/sourcing-runs/{run['run_id']}/offers/offer-1"))
    assert (told["reason"], "No vehicle comes" in told["text_en"]) == ("vehicle-class", True)


async def test_who_is_far_beyond_reach_is_not_looked_at(world_of: WorldOf) -> None:
    """Offers of other counties within twice the reach hear by how much they were too far; of the rest no run reads."""
    world = await world_of("procurement")
    places = {"near": 28.2, "beyond": 28.285, "far": 29.05}
    await world.publish(*[facts.a_cooperative(name, "520101", lat=lat, lon=109.2) for name, lat in places.items()])
    await world.publish(*[facts.an_offer(f"offer-{name}", name, county_code="520101") for name in places])
    await world.publish(facts.a_canteen(), facts.a_menu({("cabbage", MONDAY): 30_000}))
    await world.settle()
    client = world.client("procurement")
    await ok(await client.put(f"/sourcing-rules/{COUNTY}", json=RULES))
    run = await facts.run(world)
    assert (run["allocated_g"], run["unmet_g"]) == (30_000, 0)
    told = (await ok(await client.get(f"/sourcing-runs/{run['run_id']}/offers")))["items"]
    assert {each["offer_id"]: each["reason"] for each in told} == {"offer-near": "outside", "offer-beyond": "reach"}
