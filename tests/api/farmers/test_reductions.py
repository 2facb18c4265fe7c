"""Less than was offered: promises are released on purpose, newest orders first, and the orders are told."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.farmers.offers.domain import Left
from services.farmers.orders.domain import Order, OrderStatus
from services.farmers.orders.promising import promise
from services.farmers.orders.releases import release
from shared.events.farmers import ContractChanged, OfferPublished, OfferWithdrawn, OrderDeclined
from tests.api.farmers.builders import a_county, line, order_of, placed, post, promised, put, terms
from tests.api.farmers.test_certificates import needed
from tests.api.farmers.test_contracts import left, sign
from tests.conftest import WorldOf
from tests.world import START, World, ok, refused


async def three_orders(world: World) -> None:
    """Orders of 40, 30 and 20 kg from an offer of 100 kg, placed a minute apart."""
    for number, grams in ((1, 40_000), (2, 30_000), (3, 20_000)):
        at = START + timedelta(minutes=number)
        await world.publish(placed(f"order-{number}", line(ordered_g=grams), placed_at=at))
        await world.settle()


async def test_the_newest_orders_lose_first(world_of: WorldOf) -> None:
    """Of 90 kg promised 60 stay: the newest order loses all and is declined with the reason, the next a part."""
    world = await world_of("farmers")
    await a_county(world)
    await three_orders(world)
    refused(await world.client("farmers").put("/offers/off-1", json=terms(quantity_g=60_000)), 409, "below-promised")
    done = await post(world, "/offers/off-1/reduce", quantity_g=60_000, reason="hail")
    assert (done["quantity_g"], done["promised_g"], done["version"]) == (60_000, 60_000, 2)
    assert {one["order_id"]: one["status"] for one in done["orders"]} == {"order-3": "declined", "order-2": "to_answer"}
    held = [(await order_of(world, f"order-{n}"))["lines"][0]["promised_g"] for n in (1, 2, 3)]
    assert held == [40_000, 20_000, 0]
    await world.settle()
    assert [(told.order_id, told.reason, told.by_silence) for told in world.told_of(OrderDeclined)] == [
        ("order-3", "hail", False)
    ]
    assert [(told.version, told.quantity_g) for told in world.told_of(OfferPublished)] == [(1, 100_000), (2, 60_000)]
    answered = await post(world, "/orders/order-2/accept")
    assert (answered["status"], answered["lines"][0]["confirmed_g"]) == ("partly_accepted", 20_000)


async def test_what_is_confirmed_stands(world_of: WorldOf) -> None:
    """An answer is a word given: below what is confirmed an offer is not reduced, and nothing is released for it."""
    world = await world_of("farmers")
    await a_county(world)
    await three_orders(world)
    await post(world, "/orders/order-3/accept")
    await post(world, "/orders/order-1/accept")
    body = {"quantity_g": 59_999, "reason": "hail"}
    problem = refused(await world.client("farmers").post("/offers/off-1/reduce", json=body), 409, "confirmed-promises")
    assert (problem["field"], "60000 g" in problem["detail"]) == ("quantity_g", True)
    assert await promised(world) == 90_000
    await post(world, "/offers/off-1/reduce", quantity_g=60_000, reason="hail")
    assert (await order_of(world, "order-2"))["status"] == "declined"
    assert await promised(world) == 60_000


async def test_an_offer_of_which_nothing_is_left_is_withdrawn(world_of: WorldOf) -> None:
    """What nobody answered is released; what is confirmed stays promised, and its contract holds just that."""
    world = await world_of("farmers")
    await a_county(world)
    contract_id = (await sign(world))["contract_id"]
    body = {"offer_id": "off-2", "cooperative_id": "coop-1", **terms(contract_id=contract_id)}
    await put(world, "/offers", body)
    for number in (1, 2):
        await world.publish(placed(f"order-{number}", line(offer_id="off-2", ordered_g=30_000)))
    await world.settle()
    await post(world, "/orders/order-1/accept")
    done = await post(world, "/offers/off-2/reduce", quantity_g=0, reason="landslide")
    assert (done["status"], done["promised_g"]) == ("withdrawn", 30_000)
    assert (await order_of(world, "order-2"))["answer_reason"] == "landslide"
    assert await left(world, contract_id) == 470_000
    await world.settle()
    assert [told.offer_id for told in world.told_of(OfferWithdrawn)] == ["off-2"]
    again = await post(world, "/offers/off-2/reduce", quantity_g=0, reason="landslide")
    assert (again["version"], again["orders"]) == (done["version"], [])


async def test_a_reduction_tells_its_contract_once(world_of: WorldOf) -> None:
    """Grams released and an offer lowered are one change of the contract; said again, nothing is told."""
    world = await world_of("farmers")
    await a_county(world)
    contract_id = (await sign(world))["contract_id"]
    await put(world, "/offers", {"offer_id": "off-2", "cooperative_id": "coop-1", **terms(contract_id=contract_id)})
    await world.publish(placed("order-1", line(offer_id="off-2", ordered_g=30_000)))
    await world.settle()
    before = len(world.told_of(ContractChanged))
    for grams in (20_000, 0, 0):
        await post(world, "/offers/off-2/reduce", quantity_g=grams, reason="hail")
    await world.settle()
    told = [(each.remaining_g, each.promised_g) for each in world.told_of(ContractChanged)[before:]]
    assert told == [(480_000, 20_000), (500_000, 0)]


async def test_an_offer_held_back_is_not_told_again_by_a_reduction(world_of: WorldOf) -> None:
    """Without its certificate an offer is withdrawn to the others, and stays so when it is reduced."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/certificate-requirements", needed())
    await world.settle()
    await post(world, "/offers/off-1/reduce", quantity_g=60_000, reason="hail")
    await world.settle()
    assert [told.quantity_g for told in world.told_of(OfferPublished)] == [100_000]
    assert len(world.told_of(OfferWithdrawn)) == 1


async def test_reductions_nobody_can_mean_are_refused(world_of: WorldOf) -> None:
    """More, just as much, no whole packs, a stale version, no reason: named, and nothing is released."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/offers", {"offer_id": "off-2", "cooperative_id": "coop-1", **terms(pack_size_g=500)})
    client = world.client("farmers")
    for path, body, status, rule in (
        ("/offers/off-1/reduce", {"quantity_g": 100_000}, 422, "not-less"),
        ("/offers/off-1/reduce", {"quantity_g": 100_001}, 422, "not-less"),
        ("/offers/off-2/reduce", {"quantity_g": 99_999}, 422, "not-whole-packs"),
        ("/offers/off-404/reduce", {"quantity_g": 1}, 404, "unknown-offer"),
        ("/offers/off-1/reduce", {"quantity_g": -1}, 422, "invalid-input"),
        ("/offers/off-1/reduce", {"quantity_g": 1, "reason": " "}, 422, "invalid-input"),
    ):
        refused(await client.post(path, json={"reason": "hail"} | body), status, rule)
    body = {"quantity_g": 500, "reason": "hail"}
    refused(await client.post("/offers/off-1/reduce", json=body, headers={"If-Match": '"9"'}), 412, "stale-version")
    small = await ok(await client.post("/offers/off-2/reduce", json=body))
    assert small["quantity_g"] == 500
    assert (await ok(await client.get("/offers/off-2")))["minimum_lot_g"] == 500
    refused(await client.post("/offers/off-2/reduce", json={"quantity_g": 400, "reason": "x"}), 422, "not-whole-packs")


def _orders(sizes: list[tuple[int, bool]]) -> list[Order]:
    events = [
        placed(f"order-{n}", line(ordered_g=grams), placed_at=START + timedelta(minutes=n))
        for n, (grams, _) in enumerate(sizes)
    ]
    orders = promise(events, {"off-1": Left("coop-1", "napa_cabbage", 10**9)})
    answered = [OrderStatus.ACCEPTED if said else OrderStatus.TO_ANSWER for _, said in sizes]
    return [replace(order, status=status) for order, status in zip(orders, answered, strict=True)]


@given(st.lists(st.tuples(st.integers(1, 50_000), st.booleans()), max_size=8), st.integers(0, 300_000))
def test_a_release_takes_just_what_is_needed(sizes: list[tuple[int, bool]], excess_g: int) -> None:
    """As much as is too much or as nobody answered yet; an older order loses only when every newer one lost all."""
    changes = release(_orders(sizes), "off-1", excess_g, "hail", START)
    lost = sum(before.promised_g - after.promised_g for before, after, _ in changes)
    assert lost == min(excess_g, sum(grams for grams, said in sizes if not said))
    assert all(before.status == OrderStatus.TO_ANSWER for before, _, _ in changes)
    assert all(not after.promised_g for _, after, _ in changes[:-1])
    assert [told is not None for _, _, told in changes] == [not after.promised_g for _, after, _ in changes]
    newest = sorted((n for n, (_, said) in enumerate(sizes) if not said), reverse=True)
    assert [before.order_id for before, _, _ in changes] == [f"order-{n}" for n in newest][: len(changes)]
