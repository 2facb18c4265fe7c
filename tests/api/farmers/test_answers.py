"""Answers to orders."""

from shared.events.farmers import OrderAccepted, OrderPartlyAccepted
from tests.api.farmers.builders import a_county, line, order_of, placed, post, promised
from tests.conftest import WorldOf


async def test_accepting_confirms_all_that_is_promised(world_of: WorldOf) -> None:
    """An accepted order confirms every gram ordered, tells it once, and keeps the grams promised."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.settle()
    assert await promised(world) == 40_000
    answer = await post(world, "/orders/order-1/accept")
    assert (answer["status"], answer["lines"][0]["confirmed_g"]) == ("accepted", 40_000)
    await world.settle()
    (told,) = world.told_of(OrderAccepted)
    assert (told.order_id, told.order_version, told.lines[0].confirmed_g) == ("order-1", 1, 40_000)
    assert await promised(world) == 40_000
    assert (await order_of(world))["status"] == "accepted"


async def test_what_an_offer_lacks_cannot_be_confirmed(world_of: WorldOf) -> None:
    """An order for more than the offer has left is accepted in part, as its offer is exhausted."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1", line(ordered_g=70_000)), placed("order-2", line(ordered_g=50_000)))
    await world.settle()
    await post(world, "/orders/order-2/accept")
    await world.settle()
    (told,) = world.told_of(OrderPartlyAccepted)
    assert (told.reason, told.lines[0].confirmed_g) == ("offer-exhausted", 30_000)
    assert await promised(world) == 100_000
