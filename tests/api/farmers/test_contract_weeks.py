"""What others are told of contracts, and what orders may draw from one in which week."""

from datetime import date, timedelta
from typing import Any

from shared.events.farmers import ContractChanged, OfferPublished
from shared.events.procurement import OrderCancelled
from tests.api.farmers.builders import COOP, a_county, line, offer, order_of, placed, post, put, terms
from tests.api.farmers.test_contracts import agreed, sign
from tests.conftest import WorldOf
from tests.world import START, World, ok, refused

NEXT_WEEK = date(2026, 12, 8)


async def a_contract(world_of: WorldOf, **other: Any) -> tuple[World, str]:
    """A contract of 200 kg in the first and 300 kg in the second week, and one offer of all of it."""
    world = await world_of("farmers")
    await a_county(world)
    contract_id: str = (await sign(world, **other))["contract_id"]
    until = {"available_until": "2026-12-13", "contract_id": contract_id}
    await put(world, "/offers", offer("off-2", quantity_g=500_000, **until))
    return world, contract_id


async def order(world: World, order_id: str, grams: int, day: date = date(2026, 11, 30)) -> int:
    """Order from the contract's offer for a day; returns what is promised."""
    await world.publish(placed(order_id, line(offer_id="off-2", ordered_g=grams), delivery_day=day))
    await world.settle()
    promised: int = (await order_of(world, order_id))["lines"][0]["promised_g"]
    return promised


async def call_off(world: World, order_id: str) -> None:
    """Call an order off."""
    off = {"order_id": order_id, "version": 2, "canteen_id": "canteen-1", "cooperative_id": COOP, "reason": "closed"}
    await world.publish(OrderCancelled.model_validate(off | {"cancelled_at": START}))
    await world.settle()


async def weeks(world: World, contract_id: str) -> list[tuple[int, int]]:
    """Grams promised and left of each week of a contract."""
    shown = await ok(await world.client("farmers").get(f"/contracts/{contract_id}"))
    return [(week["promised_g"], week["left_g"]) for week in shown["deliveries"]]


async def test_orders_of_a_week_draw_no_more_than_the_week_delivers(world_of: WorldOf) -> None:
    """The offer has more, the week has not: the last order gets the rest, one that gets nothing is declined."""
    world, contract_id = await a_contract(world_of)
    assert [await order(world, f"order-{n}", 80_000) for n in (1, 2, 3, 4)] == [80_000, 80_000, 40_000, 0]
    assert (await order_of(world, "order-4"))["status"] == "declined"
    assert await weeks(world, contract_id) == [(200_000, 0), (0, 300_000)]
    assert await order(world, "order-5", 400_000, NEXT_WEEK) == 300_000


async def test_what_a_week_left_is_drawn_later(world_of: WorldOf) -> None:
    """Called off or declined, grams are free again, for their week and those after it."""
    world, contract_id = await a_contract(world_of)
    await order(world, "order-1", 150_000)
    await order(world, "order-2", 50_000)
    await call_off(world, "order-1")
    await post(world, "/orders/order-2/decline", reason="hail")
    assert await weeks(world, contract_id) == [(0, 200_000), (0, 500_000)]
    assert await order(world, "order-3", 450_000, NEXT_WEEK) == 450_000
    assert await weeks(world, contract_id) == [(0, 50_000), (450_000, 50_000)]


async def test_nothing_is_drawn_before_the_first_delivery(world_of: WorldOf) -> None:
    """An offer that is there early does not bring a delivery forward."""
    world, _ = await a_contract(world_of, deliveries=[{"week_start": "2026-12-07", "quantity_g": 500_000}])
    assert await order(world, "order-1", 10_000) == 0
    assert await order(world, "order-2", 10_000, NEXT_WEEK) == 10_000


async def test_a_schedule_is_not_amended_below_what_orders_hold(world_of: WorldOf) -> None:
    """The weeks may move, but not away from under orders."""
    world, contract_id = await a_contract(world_of)
    await order(world, "order-1", 120_000)
    client, path = world.client("farmers"), f"/contracts/{contract_id}"
    fewer = [{"week_start": "2026-11-30", "quantity_g": 119_999}, {"week_start": "2026-12-07", "quantity_g": 380_001}]
    problem = refused(await client.put(path, json=agreed(deliveries=fewer, reason="frost")), 409, "below-promised")
    assert problem["field"] == "deliveries"
    fewer = [{"week_start": "2026-11-30", "quantity_g": 120_000}, {"week_start": "2026-12-07", "quantity_g": 380_000}]
    await ok(await client.put(path, json=agreed(deliveries=fewer, reason="frost")))


def told(world: World) -> list[tuple[int, bool, int, int]]:
    """What was told of contracts: version, open, remaining and promised grams."""
    return [
        (event.version, event.open, event.remaining_g, event.promised_g) for event in world.told_of(ContractChanged)
    ]


async def test_every_change_of_a_contract_is_told(world_of: WorldOf) -> None:
    """Signed, offered, ordered, given back, amended and cancelled: each as whole state with the next version."""
    world, contract_id = await a_contract(world_of)
    await world.settle()
    assert told(world) == [(1, True, 500_000, 0), (2, True, 0, 0)]
    (first, _) = world.told_of(ContractChanged)
    assert (first.county_code, first.price_fen_per_kg, first.difference_permille) == ("520628", 154, None)
    assert first.poor_share_permille == 750
    assert [(str(one.week_start), one.quantity_g) for one in first.deliveries] == [
        ("2026-11-30", 200_000),
        ("2026-12-07", 300_000),
    ]
    assert [event.contract_id for event in world.told_of(OfferPublished)] == [None, contract_id]
    await order(world, "order-1", 150_000)
    await post(world, "/orders/order-1/accept")
    await call_off(world, "order-1")
    await ok(await world.client("farmers").put("/offers/off-2", json=under(contract_id, 450_000)))
    await post(world, "/offers/off-2/reduce", quantity_g=400_000, reason="frost")
    await post(world, "/offers/off-2/withdraw")
    more = agreed(quantity_g=600_000, deliveries=[{"week_start": "2026-11-30", "quantity_g": 600_000}], reason="more")
    await ok(await world.client("farmers").put(f"/contracts/{contract_id}", json=more))
    await post(world, f"/contracts/{contract_id}/cancel", reason="landslide")
    await world.settle()
    assert told(world)[2:] == [
        (3, True, 0, 150_000),
        (4, True, 0, 0),
        (5, True, 50_000, 0),
        (6, True, 100_000, 0),
        (7, True, 500_000, 0),
        (8, True, 600_000, 0),
        (9, False, 600_000, 0),
    ]


def under(contract_id: str, grams: int) -> dict[str, Any]:
    """Terms of an offer of a fortnight under a contract."""
    return terms(quantity_g=grams, available_until="2026-12-13", contract_id=contract_id)


async def test_what_the_calendar_gives_back_is_told(world_of: WorldOf) -> None:
    """The day after an offer's last one its unsold grams are left again; that is told once."""
    world, _ = await a_contract(world_of)
    await order(world, "order-1", 150_000)
    await post(world, "/orders/order-1/accept")
    world.clock.advance(timedelta(days=20))
    await world.settle()
    assert told(world)[-1] == (3, True, 0, 150_000)
    world.clock.advance(timedelta(days=1))
    for _ in range(2):
        await world.settle()
        assert told(world)[-1] == (4, True, 350_000, 150_000)


async def test_offers_without_a_contract_tell_of_none(world_of: WorldOf) -> None:
    """What is offered and ordered freely concerns no contract."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1", line(offer_id="off-1", ordered_g=10_000)))
    await world.settle()
    await call_off(world, "order-1")
    assert told(world) == []
