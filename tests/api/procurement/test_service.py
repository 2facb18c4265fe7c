"""The service as a whole: its tables, its document, its read copies."""

from shared import migrate
from shared.events.farmers import LotHarvested
from tests.api.procurement import facts
from tests.conftest import WorldOf
from tests.world import ok


async def test_the_migrated_database_is_what_the_models_say(world_of: WorldOf) -> None:
    """After the upgrade nothing is missing and nothing is left over."""
    service = (await world_of("procurement")).services["procurement"]
    assert await migrate.differences(service.database, service.definition) == []


async def test_every_route_says_what_it_is_for(world_of: WorldOf) -> None:
    """Every route has a summary in words, and every request body an example."""
    world = await world_of("procurement")
    document = await ok(await world.client("procurement").get("/openapi.json"))
    for path, methods in document["paths"].items():
        for route in methods.values():
            assert path in ("/health/live", "/health/ready", "/metrics") or route.get("description"), path
    for name in ("RunRequest", "Cancellation"):
        assert all("examples" in field for field in document["components"]["schemas"][name]["properties"].values())


async def test_read_copies_keep_the_highest_version(world_of: WorldOf) -> None:
    """An older fact that arrives later, or twice, changes no copy; an amended offer keeps what is allocated of it."""
    world = await world_of("procurement")
    dear, cheap = facts.an_offer(version=2, price_fen_per_kg=900), facts.an_offer(version=1, price_fen_per_kg=100)
    await world.publish(facts.a_canteen(), facts.a_cooperative(), dear, cheap, facts.a_lot(), facts.a_lot())
    await world.publish(facts.a_menu({("cabbage", facts.MONDAY): 30_000}))
    await world.settle()
    done = await facts.run(world)
    assert done["cost_fen"] == 27_000
    await world.publish(facts.an_offer(version=3, quantity_g=35_000))
    await world.settle()
    await world.publish(facts.an_amendment({("cabbage", facts.MONDAY): 40_000}, 2))
    await world.settle()
    assert (await facts.lines_of(world))["cabbage"]["unmet_g"] == 5_000
    await facts.no_dead_letters(world)


async def test_a_household_named_twice_in_a_lot_is_one_contributor(world_of: WorldOf) -> None:
    """Contributions of one household to one lot add up."""
    world = await world_of("procurement")
    lot = facts.a_lot("lot-1", 40_000, **{"poor-1": 10_000})
    twice: LotHarvested = lot.model_copy(update={"contributions": lot.contributions * 2})
    await world.publish(twice)
    await world.settle()
    await facts.no_dead_letters(world)
