"""Which offers of other counties a run looks at: the nearest of each food, until they hold enough."""

from datetime import timedelta

from services.procurement.partners.offers import ENOUGH, LEAST, Near, offers_for
from services.procurement.sourcing.geography import around
from shared.fields import TemperatureClass
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY
from tests.conftest import WorldOf
from tests.world import World

HOME = (28.15, 109.2)
BOX = around([HOME], 300_000)
ABROAD = "520603"
MANY = LEAST + 10
SUNDAY = MONDAY + timedelta(days=6)


async def many_abroad(world_of: WorldOf, grams: int = 1_000) -> World:
    """Return a world with one offer of the own county, and many of another, each farther away than the one before."""
    world = await world_of("procurement")
    await world.publish(facts.a_cooperative(), facts.an_offer())
    for number in range(MANY):
        name, place = f"coop-abroad-{number:02}", {"lat": HOME[0] + (number + 1) / 100, "lon": HOME[1]}
        # By name the farthest come first.
        offer = facts.an_offer(f"abroad-{MANY - number:02}", name, county_code=ABROAD, quantity_g=grams)
        await world.publish(facts.a_cooperative(name, ABROAD, **place), offer)
    await world.settle()
    return world


async def looked_at(world: World, wanted_g: int, kept: dict[str, str] | None = None) -> list[str]:
    """Return the offers of cabbage that a run of the county would look at which wants so much."""
    assert BOX is not None
    near = Near(BOX, HOME, {"cabbage": wanted_g}, kept or {})
    async with world.services["procurement"].begin() as uow:
        rows = await offers_for(uow.session, ["cabbage"], MONDAY, SUNDAY, COUNTY, near)
    return [row.offer_id for row in rows]


def nearest(count: int) -> list[str]:
    """Return the names of the nearest offers abroad, the farthest first."""
    return [f"abroad-{MANY - number:02}" for number in reversed(range(count))]


async def test_few_grams_have_a_choice_of_the_nearest(world_of: WorldOf) -> None:
    """Who wants little looks at so many of the nearest beside the own county's, and at none behind them."""
    world = await many_abroad(world_of)
    assert await looked_at(world, 500) == [*nearest(LEAST), "offer-1"]


async def test_many_grams_look_as_far_as_enough_is_offered(world_of: WorldOf) -> None:
    """Offers are looked at from the schools outwards, until those nearer hold twice what is wanted."""
    world = await many_abroad(world_of)
    assert await looked_at(world, (LEAST + 3) * 1_000 // ENOUGH) == [*nearest(LEAST + 3), "offer-1"]
    assert await looked_at(world, 1_000_000) == [*nearest(MANY), "offer-1"]


async def test_what_no_vehicle_can_fetch_stands_behind_the_others(world_of: WorldOf) -> None:
    """Cooperatives to which no cold vehicle comes do not keep farther ones from being seen where food must be cold."""
    world = await many_abroad(world_of)
    for number in range(LEAST):
        name, place = f"coop-abroad-{number:02}", {"lat": HOME[0] + (number + 1) / 100, "lon": HOME[1]}
        warm = {"version": 2, "vehicle_classes": (TemperatureClass.AMBIENT,)}
        await world.publish(facts.a_cooperative(name, ABROAD, **place).model_copy(update=warm))
    await world.settle()
    farther = [f"abroad-{number:02}" for number in range(1, MANY - LEAST + 1)]
    found = await looked_at(world, 500, {"cabbage": "chilled"})
    assert found[: len(farther)] == farther
    assert len(found) == LEAST + 1


async def test_the_own_county_is_looked_at_whole(world_of: WorldOf) -> None:
    """However near others are, no offer of the own county is left out."""
    world = await many_abroad(world_of)
    for number in range(MANY):
        await world.publish(facts.an_offer(f"own-{number:02}"))
    await world.settle()
    assert sum(name.startswith("own-") for name in await looked_at(world, 500)) == MANY
