"""What procurement tells: orders placed, lowered, called off; twice, in another order, too early."""

import asyncio
from datetime import timedelta

from shared.events import Event
from shared.events.farmers import OrderDeclined
from shared.events.logistics import LineReceived, ReceiptSigned
from shared.events.procurement import LineAmended, OrderAmended, OrderCancelled
from shared.ids import new_id
from shared.messaging.envelope import Record, encode
from tests.api.farmers.builders import (
    COOP,
    MONDAY,
    OTHER,
    a_county,
    line,
    offer,
    order_of,
    placed,
    post,
    promised,
    put,
)
from tests.conftest import WorldOf
from tests.world import START, World, ok, refused


def amended(version: int, ordered_g: int, order_id: str = "order-1") -> OrderAmended:
    """An amendment of the first line."""
    return OrderAmended(
        order_id=order_id,
        version=version,
        canteen_id="canteen-1",
        cooperative_id=COOP,
        lines=(LineAmended(line_id="line-1", ordered_g=ordered_g),),
        reason="fewer pupils",
        amended_at=START,
    )


def cancelled(order_id: str = "order-1", version: int = 9) -> OrderCancelled:
    """A cancellation."""
    return OrderCancelled(
        order_id=order_id,
        version=version,
        canteen_id="canteen-1",
        cooperative_id=COOP,
        reason="menu withdrawn",
        cancelled_at=START,
    )


async def redeliver(world: World, event: Event) -> None:
    """Deliver the same record twice."""
    record: Record = encode(event, world.clock.now())
    await world.bus.publish([record, record])


async def test_an_order_told_twice_is_one_order(world_of: WorldOf) -> None:
    """Neither the same record nor the same order in another record promises anything twice."""
    world = await world_of("farmers")
    await a_county(world)
    await redeliver(world, placed())
    await world.publish(placed())
    await world.settle()
    await world.publish(placed("order-1", line(ordered_g=1)))
    await world.settle()
    assert await promised(world) == 40_000
    assert (await order_of(world))["lines"][0]["ordered_g"] == 40_000


async def test_no_gram_is_promised_twice(world_of: WorldOf) -> None:
    """Orders beyond an offer get what is left, in the order in which they came; the offer never promises more."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(*(placed(f"order-{n}", line(ordered_g=30_000)) for n in range(1, 6)))
    await world.settle()
    held = [(await order_of(world, f"order-{n}"))["lines"][0]["promised_g"] for n in range(1, 6)]
    assert held == [30_000, 30_000, 30_000, 10_000, 0]
    assert await promised(world) == 100_000


async def test_an_order_with_nothing_promised_is_answered_at_once(world_of: WorldOf) -> None:
    """A cooperative that has nothing left cannot confirm; the shortfall is told at once, not after the deadline."""
    world = await world_of("farmers")
    await a_county(world)
    await post(world, "/offers/off-1/withdraw")
    await put(world, "/offers", offer("off-9", OTHER))
    await world.publish(
        placed("withdrawn"),
        placed("unknown", line(offer_id="off-404")),
        placed("foreign", line(offer_id="off-9")),
        placed("another-food", line(food_code="potato")),
    )
    await world.settle()
    told = world.told_of(OrderDeclined)
    assert {one.order_id for one in told} == {"withdrawn", "unknown", "foreign", "another-food"}
    assert {(one.reason, one.by_silence) for one in told} == {("offer-exhausted", False)}
    answer = await world.client("farmers").post("/orders/unknown/accept", json={})
    refused(answer, 409, "already-answered")


async def test_an_amendment_only_lowers(world_of: WorldOf) -> None:
    """A reduced order releases the difference, before and after its answer; more than before is not taken."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.publish(amended(2, 30_000))
    await world.settle()
    assert await promised(world) == 30_000
    first = await post(world, "/orders/order-1/accept")
    assert (first["version"], first["lines"][0]["confirmed_g"]) == (2, 30_000)
    await world.publish(amended(3, 12_000))
    await world.publish(amended(4, 90_000))
    await world.settle()
    order = await order_of(world)
    assert (order["version"], order["lines"][0]["ordered_g"], order["lines"][0]["confirmed_g"]) == (4, 12_000, 12_000)
    assert await promised(world) == 12_000
    assert (await post(world, "/orders/order-1/accept"))["lines"][0]["confirmed_g"] == 12_000


async def test_an_older_amendment_is_ignored(world_of: WorldOf) -> None:
    """The highest version wins, in whatever order versions come, and the same version twice is one."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.publish(amended(5, 20_000), amended(3, 5_000), amended(5, 10_000))
    await redeliver(world, amended(5, 20_000))
    await world.settle()
    order = await order_of(world)
    assert (order["version"], order["lines"][0]["ordered_g"]) == (5, 20_000)
    assert await promised(world) == 20_000


async def test_an_order_reduced_to_nothing_is_called_off(world_of: WorldOf) -> None:
    """An amendment to zero leaves nothing to answer; the order is closed and nothing is told."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.publish(amended(2, 0))
    await world.settle()
    assert (await order_of(world))["status"] == "cancelled"
    assert (await promised(world), world.told_of(OrderDeclined)) == (0, [])


async def test_a_cancelled_order_releases_its_promise(world_of: WorldOf) -> None:
    """Called off before or after its answer, an order gives back every gram, once, and takes no answer any more."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1"), placed("order-2"))
    await world.settle()
    await post(world, "/orders/order-2/accept")
    await world.publish(cancelled("order-1"), cancelled("order-2"))
    await redeliver(world, cancelled("order-1", 10))
    await world.publish(amended(11, 1))
    await world.settle()
    assert await promised(world) == 0
    for order_id in ("order-1", "order-2"):
        assert (await order_of(world, order_id))["status"] == "cancelled"
    answer = await world.client("farmers").post("/orders/order-1/accept", json={})
    refused(answer, 409, "order-cancelled")


def signed(version: int, accepted_g: int) -> ReceiptSigned:
    """A receipt of the first line: 39 kg weighed."""
    weighed = LineReceived(
        line_id="line-1", food_code="napa_cabbage", received_g=39_000, accepted_g=accepted_g, reason="wilted", lots=()
    )
    return ReceiptSigned(
        receipt_id="receipt-1",
        version=version,
        order_id="order-1",
        canteen_id="canteen-1",
        cooperative_id=COOP,
        delivery_day=MONDAY,
        signers=("cook-1", "head-1"),
        lines=(weighed,),
        signed_at=START,
    )


async def test_a_receipt_waits_for_its_order(world_of: WorldOf) -> None:
    """Between topics there is no order: a receipt that comes first waits; of its versions the highest counts."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(signed(2, 38_000), signed(1, 39_000))
    await world.settle()
    refused(await world.client("farmers").get("/orders/order-1"), 404, "unknown-order")
    await world.publish(placed())
    await world.settle()
    await world.settle()
    line_1 = (await order_of(world))["lines"][0]
    assert (line_1["received_g"], line_1["accepted_g"]) == (39_000, 38_000)


async def test_news_of_an_order_that_never_came_is_parked(world_of: WorldOf) -> None:
    """An amendment or a cancellation of an unknown order is neither refused nor lost: it waits."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(amended(2, 10_000), cancelled("order-8"))
    await world.settle()
    metrics = (await world.client("farmers").get("/metrics")).text
    assert 'parked_events{service="farmers"} 2.0' in metrics
    assert 'dead_letters{service="farmers"} 0.0' in metrics


async def test_answers_and_cancellations_at_once_keep_the_offer_right(world_of: WorldOf) -> None:
    """Whatever happens at the same moment, an offer promises exactly what its orders hold."""
    world = await world_of("farmers")
    await a_county(world)
    ids = [f"order-{n}" for n in range(20)]
    await world.publish(*(placed(each, line(ordered_g=7_000), answer_by=START + timedelta(days=1)) for each in ids))
    await world.settle()
    client = world.client("farmers")
    part = {"lines": [{"line_id": "line-1", "confirmed_g": 2_000}], "reason": f"hail {new_id()}"}
    await world.publish(*(cancelled(each) for each in ids[::3]))
    await asyncio.gather(
        world.settle(),
        *(client.post(f"/orders/{each}/accept", json={}) for each in ids[::2]),
        *(client.post(f"/orders/{each}/accept", json=part) for each in ids[1::2]),
    )
    await world.settle()
    orders = (await ok(await client.get("/orders", params={"cooperative_id": COOP})))["items"]
    assert len(orders) == 20
    assert await promised(world) == sum(one["promised_g"] for order in orders for one in order["lines"])


async def test_the_inbox_is_read_page_by_page(world_of: WorldOf) -> None:
    """Lists are bounded, ordered by id, filtered, and continued after the last id."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(*(placed(f"order-{n}", line(ordered_g=1_000)) for n in range(1, 4)))
    await world.settle()
    await post(world, "/orders/order-2/accept")
    client = world.client("farmers")
    first = await ok(await client.get("/orders", params={"cooperative_id": COOP, "limit": 2}))
    rest = await ok(await client.get("/orders", params={"cooperative_id": COOP, "limit": 2, "after": first["next"]}))
    assert [order["order_id"] for order in first["items"] + rest["items"]] == ["order-1", "order-2", "order-3"]
    assert rest["next"] is None
    waiting = await ok(await client.get("/orders", params={"status": "to_answer", "delivery_day": "2026-11-30"}))
    assert [order["order_id"] for order in waiting["items"]] == ["order-1", "order-3"]
    refused(await client.get("/orders", params={"status": "lost"}), 422, "invalid-input")
