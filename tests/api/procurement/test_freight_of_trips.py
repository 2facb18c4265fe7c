"""A completed trip tells what it cost: booked once out of the freight fund, corrected by the difference."""

from typing import Any

from shared.events.logistics import DeliveryArrived, DeliveryDeparted
from shared.events.procurement import OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY, TUESDAY
from tests.api.procurement.test_payments import balance
from tests.conftest import WorldOf
from tests.world import World, ok, refused

FUND = f"freight/{facts.COUNTY}"


async def two_orders(world_of: WorldOf) -> tuple[World, list[OrderPlaced]]:
    """Return a world in which two orders, of 30 kg and of 10 kg, are on board of a vehicle."""
    world = await world_of("procurement")
    needs = {("cabbage", MONDAY): 30_000, ("cabbage", TUESDAY): 10_000}
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(needs))
    await world.settle()
    await facts.run(world)
    placed = sorted(world.told_of(OrderPlaced), key=lambda order: order.delivery_day)
    for order in placed:
        await world.publish(facts.accepted(order), facts.dispatched(order))
    await world.settle()
    return world, placed


def departed(orders: list[OrderPlaced]) -> DeliveryDeparted:
    """Return the departure of a trip with orders."""
    ids = tuple(order.order_id for order in orders)
    return DeliveryDeparted(trip_id="trip-1", vehicle_id="van-1", order_ids=ids, departed_at=facts.AT)


def arrived(orders: list[OrderPlaced], **cost: Any) -> DeliveryArrived:
    """Return an arrival at the school."""
    ids = tuple(order.order_id for order in orders)
    return DeliveryArrived(trip_id="trip-1", canteen_id="school-1", order_ids=ids, arrived_at=facts.AT, **cost)


async def trip(world: World) -> Any:
    """Return the trip as its route shows it."""
    return await ok(await world.client("procurement").get("/freight/trips/trip-1"))


async def test_a_trip_is_booked_once(world_of: WorldOf) -> None:
    """Whatever comes first, and however often: one booking, borne by tonne-kilometres, and food pays nothing of it."""
    world, (heavy, light) = await two_orders(world_of)
    costs = arrived([light], distance_m=41_300, cost_fen=10_001)
    await world.publish(arrived([heavy]), costs)
    await world.settle()
    assert await balance(world, FUND) == 0
    await world.publish(departed([heavy, light]), costs, departed([heavy, light]))
    await world.settle()
    assert [await balance(world, account) for account in (FUND, "carrier/van-1")] == [-10_001, 10_001]
    shown = await trip(world)
    assert (shown["cost_fen"], shown["distance_m"], shown["cost_version"]) == (10_001, 41_300, 1)
    assert shown["shares"] == {heavy.order_id: 7_501, light.order_id: 2_500}
    (booked,) = (await ok(await world.client("procurement").get("/freight")))["items"]
    assert (booked["trip_id"], booked["booked_by"], booked["day"]) == ("trip-1", "logistics", str(MONDAY))
    report = await ok(await world.client("procurement").get("/reports/month", params={"month": "2026-11"}))
    assert (report["total"]["freight_fen"], report["total"]["spend_fen"]) == (10_001, 0)
    await facts.no_dead_letters(world)


async def test_a_corrected_cost_books_the_difference(world_of: WorldOf) -> None:
    """A higher version adds what is missing or takes back what is too much; an older one that comes later nothing."""
    world, orders = await two_orders(world_of)
    await world.publish(departed(orders), arrived(orders, cost_fen=8_000))
    await world.settle()
    await world.publish(
        arrived(orders, cost_fen=6_000, cost_version=3), arrived(orders, cost_fen=9_000, cost_version=2)
    )
    await world.settle()
    assert (await balance(world, FUND), sum((await trip(world))["shares"].values())) == (-6_000, 6_000)
    await world.publish(arrived(orders, cost_fen=0, cost_version=4))
    await world.settle()
    assert await balance(world, FUND) == 0
    assert (await ok(await world.client("procurement").get("/ledger/sum")))["sum_fen"] == 0


async def test_what_was_booked_by_hand_is_not_booked_again(world_of: WorldOf) -> None:
    """An official booked the trip before its cost was told: the rest is booked."""
    world, orders = await two_orders(world_of)
    by_hand = {
        "county_code": facts.COUNTY,
        "carrier_id": "carrier-1",
        "trip_id": "trip-1",
        "day": "2026-11-23",
        "amount_fen": 5_000,
        "reference": "23-01",
        "reason": "by the carrier's bill",
        "booked_by": "official-1",
    }
    await ok(await world.client("procurement").post("/freight", json=by_hand))
    await world.publish(departed(orders), arrived(orders, cost_fen=5_600))
    await world.settle()
    assert [await balance(world, account) for account in (FUND, "carrier/van-1")] == [-5_600, 600]


async def test_a_trip_without_a_cost_books_nothing(world_of: WorldOf) -> None:
    """Where logistics does not tell what trips cost, officials book freight as ever."""
    world, orders = await two_orders(world_of)
    await world.publish(departed(orders), arrived(orders))
    await world.settle()
    assert ((await trip(world))["cost_fen"], await balance(world, FUND)) == (None, 0)
    refused(await world.client("procurement").get("/freight/trips/none"), 404, "unknown-trip")
    await facts.no_dead_letters(world)
