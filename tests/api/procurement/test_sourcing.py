"""Sourcing runs: from demand lines and offers to orders."""

from shared.events.procurement import DemandUnmet, OrderConfirmed, OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY, TUESDAY
from tests.conftest import WorldOf


async def test_a_run_orders_what_is_needed(world_of: WorldOf) -> None:
    """A run turns waiting demand into orders, one per school, cooperative and day, and says what it did."""
    world = await world_of("procurement")
    needs = {("cabbage", MONDAY): 30_000, ("cabbage", TUESDAY): 20_000, ("pork", MONDAY): 5_000}
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(needs))
    await world.settle()
    done = await facts.run(world)
    assert (done["status"], done["progress_permille"], done["demand_lines"]) == ("done", 1000, 3)
    assert (done["orders"], done["allocated_g"], done["unmet_g"], done["cost_fen"]) == (2, 50_000, 5_000, 10_000)
    assert done["poor_share"] == 0.6
    placed = world.told_of(OrderPlaced)
    assert sorted((o.delivery_day, sum(line.ordered_g for line in o.lines)) for o in placed) == [
        (MONDAY, 30_000),
        (TUESDAY, 20_000),
    ]
    assert [unmet.unmet_g for unmet in world.told_of(DemandUnmet)] == [5_000]
    await world.publish(*(facts.accepted(each) for each in placed))
    await world.settle()
    assert len(world.told_of(OrderConfirmed)) == 2
    assert (await facts.order(world, placed[0]))["status"] == "confirmed"
    await facts.no_dead_letters(world)
