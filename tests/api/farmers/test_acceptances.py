"""Accepting many orders at a tap."""

from shared.events.farmers import OrderAccepted
from tests.api.farmers.builders import a_county, line, order_of, placed, post, promised
from tests.conftest import WorldOf


async def test_many_orders_are_accepted_at_once_each_by_itself(world_of: WorldOf) -> None:
    """Those that can be are accepted whole, the others named with their rule; a second tap changes nothing."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1"), placed("order-2", line(ordered_g=10_000)), placed("order-3"))
    await world.settle()
    await post(world, "/orders/order-3/decline", reason="hail")
    asked = ["order-1", "order-3", "order-2", "order-1", "order-9"]
    answer = await post(world, "/acceptances", order_ids=asked)
    assert [order["order_id"] for order in answer["accepted"]] == ["order-1", "order-2"]
    assert [(one["order_id"], one["rule"]) for one in answer["refused"]] == [
        ("order-3", "already-answered"),
        ("order-9", "unknown-order"),
    ]
    assert await promised(world) == 50_000
    again = await post(world, "/acceptances", order_ids=asked)
    assert len(again["accepted"]) == 2
    await world.settle()
    assert sorted(event.order_id for event in world.told_of(OrderAccepted)) == ["order-1", "order-2"]
    assert (await order_of(world, "order-3"))["status"] == "declined"
