"""The rules counties buy by: dated, checked, and what runs go by."""

from typing import Any

from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY
from tests.conftest import WorldOf
from tests.world import ok, refused

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
