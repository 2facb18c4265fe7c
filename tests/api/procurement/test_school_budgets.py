"""School budgets as nutrition tells them: a county may make them a limit of what sourcing orders."""

from typing import Any

from shared.events.procurement import OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY, TUESDAY
from tests.api.procurement.test_sourcing_rules import RULES, by_offer
from tests.conftest import WorldOf
from tests.world import World, ok

NEEDS = {("cabbage", MONDAY): 30_000, ("cabbage", TUESDAY): 20_000}


async def a_school(world_of: WorldOf, budget: dict[Any, int], **rules: Any) -> World:
    """Return a world in which a school needs 50 kg of cabbage at ¥2."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer())
    await world.publish(facts.a_menu(NEEDS, budget=budget))
    await world.settle()
    await ok(await world.client("procurement").put(f"/sourcing-rules/{COUNTY}", json=RULES | rules))
    return world


async def test_a_school_is_ordered_no_more_than_it_can_pay(world_of: WorldOf) -> None:
    """Where the county asks for it, the week's orders stay within the budget; the run says what bound the line."""
    budget = {MONDAY: 5_000, TUESDAY: 3_000}
    world = await a_school(world_of, budget, school_budgets=True)
    done = await facts.run(world)
    assert (done["cost_fen"], done["unmet_g"]) == (8_000, 10_000)
    listed = await ok(await world.client("procurement").get(f"/sourcing-runs/{done['run_id']}/lines"))
    (short,) = (line for line in listed["items"] if line["planned_g"] < line["needed_g"])
    assert short["reason"] == "budget"
    assert "what the school may spend on food in the week is spent" in short["text_en"]
    again = await facts.run(world)
    assert (again["orders"], again["unmet_g"]) == (0, 10_000)


async def test_more_money_buys_the_rest(world_of: WorldOf) -> None:
    """An amended menu brings its new budget: what was unmet is ordered, what orders cost already is taken off."""
    world = await a_school(world_of, {MONDAY: 5_000, TUESDAY: 3_000}, school_budgets=True)
    await facts.run(world)
    richer = facts.a_menu(NEEDS, version=2, budget={MONDAY: 6_000, TUESDAY: 3_000})
    await world.publish(richer)
    await world.settle()
    again = await facts.run(world)
    assert (again["cost_fen"], again["unmet_g"]) == (1_000, 5_000)
    ordered = sum(line.ordered_g for order in world.told_of(OrderPlaced) for line in order.lines)
    assert ordered == 45_000


async def test_a_budget_limits_only_where_a_county_says_so(world_of: WorldOf) -> None:
    """Without the rule, or where nobody said what there is to spend, all is ordered."""
    world = await a_school(world_of, {MONDAY: 1}, school_budgets=False)
    assert await by_offer(world, await facts.run(world)) == {"offer-1": 50_000}
    await ok(await world.client("procurement").put(f"/sourcing-rules/{COUNTY}", json=RULES | {"school_budgets": True}))
    await world.publish(facts.a_canteen("school-2"), facts.a_menu(NEEDS, "school-2", "menu-2"))
    await world.settle()
    assert await by_offer(world, await facts.run(world)) == {"offer-1": 50_000}


async def test_what_is_sourced_again_keeps_to_the_budget(world_of: WorldOf) -> None:
    """A declined order goes to a dearer cooperative only as far as the school can pay it."""
    world = await a_school(world_of, {MONDAY: 6_000, TUESDAY: 4_000}, school_budgets=True)
    await world.publish(facts.a_cooperative("coop-2"), facts.an_offer("offer-2", "coop-2", price_fen_per_kg=400))
    await world.settle()
    await facts.run(world)
    monday, _ = sorted(world.told_of(OrderPlaced), key=lambda order: order.delivery_day)
    await world.publish(facts.declined(monday))
    await world.settle()
    *_, again = world.told_of(OrderPlaced)
    assert (again.cooperative_id, [line.ordered_g for line in again.lines]) == ("coop-2", [15_000])
    lines = await ok(await world.client("procurement").get("/demand", params={"canteen_id": "school-1"}))
    assert sum(line["unmet_g"] for line in lines["items"]) == 15_000
