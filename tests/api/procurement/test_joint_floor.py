"""Planning with the farms goes by the same rules of a county as sourcing does."""

from services.procurement.joint import queries
from services.procurement.joint.reading import read_round
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY
from tests.api.procurement.test_joint_plans import Nutrition
from tests.api.procurement.test_sourcing_rules import RULES
from tests.conftest import WorldOf
from tests.world import ok


async def test_who_has_earned_what_it_should_is_not_preferred_in_a_round(world_of: WorldOf) -> None:
    """Only cooperatives below the county's floor of income count more in a round, as they do in a sourcing run."""
    world = await world_of("procurement")
    second = facts.an_offer("offer-2", "coop-2", food_code="egg")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.a_cooperative("coop-2"))
    await world.publish(facts.an_offer(), second, facts.a_menu({("cabbage", MONDAY): 30_000}))
    await world.settle()
    season = {"season_from": str(MONDAY), "season_until": "2026-12-04", "household_floor_fen": 200}
    rules = RULES | season | {"floor_permille": 3000}
    await ok(await world.client("procurement").put(f"/sourcing-rules/{COUNTY}", json=rules))
    await facts.run(world)
    nutrition = Nutrition(world)
    await nutrition.ask()
    async with world.services["procurement"].begin(read_only=True) as uow:
        plan = await queries.plan(uow.session, nutrition.planning_id)
        assert plan is not None
        read = await read_round(uow, plan)
    assert {each.offer_id: each.priority_permille for each in read.offers} == {"offer-1": 1000, "offer-2": 3000}
