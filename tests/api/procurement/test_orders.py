"""Orders are answered, cancelled, dispatched and loaded, once and in any order of facts."""

import asyncio

from services.procurement.partners.models import offer
from shared.events import Event
from shared.events.procurement import DemandUnmet, OrderCancelled, OrderConfirmed, OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY, TUESDAY
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NEEDS = {("cabbage", MONDAY): 30_000}


async def an_ordered_school(world_of: WorldOf, *events: Event, needs: facts.Needs = NEEDS) -> tuple[World, OrderPlaced]:
    """Return a world whose school has ordered from its best offer, and the order."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), *events, facts.a_menu(needs))
    await world.settle()
    await facts.run(world)
    return world, world.told_of(OrderPlaced)[0]


async def tell(world: World, *events: Event) -> None:
    """Let something be heard."""
    await world.publish(*events)
    await world.settle()


async def allocated(world: World) -> dict[str, int]:
    """Return the grams allocated of each offer."""
    async with world.services["procurement"].begin(read_only=True) as uow:
        rows = await uow.session.execute(offer.select().order_by(offer.c.offer_id))
        return {row.offer_id: row.allocated_g for row in rows}


async def test_a_declined_order_is_sourced_again_elsewhere(world_of: WorldOf) -> None:
    """The grams go back to the offer and are ordered at once from another, not from the one that declined."""
    other = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=900)
    world, first = await an_ordered_school(world_of, other)
    await tell(world, facts.declined(first))
    second = world.told_of(OrderPlaced)[1]
    assert (second.cooperative_id, second.lines[0].ordered_g) == ("coop-2", 30_000)
    assert await allocated(world) == {"offer-1": 0, "offer-2": 30_000}
    await tell(world, facts.declined(second))
    assert len(world.told_of(OrderPlaced)) == 2
    assert [unmet.unmet_g for unmet in world.told_of(DemandUnmet)] == [30_000]
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["unmet_g"], line["open_g"], line["status"]) == (30_000, 0, "sourced")
    assert (await facts.order(world, first))["status"] == "declined"
    again = await facts.run(world)
    assert (again["orders"], again["unmet_g"]) == (0, 30_000)


async def test_a_part_answer_is_confirmed_and_the_rest_goes_elsewhere(world_of: WorldOf) -> None:
    """What the cooperative takes stands; only the difference is ordered again."""
    other = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=900)
    world, first = await an_ordered_school(world_of, other)
    await tell(world, facts.partly(first, 12_000), facts.partly(first, 12_000))
    (confirmed,) = world.told_of(OrderConfirmed)
    assert (confirmed.version, confirmed.lines[0].confirmed_g) == (2, 12_000)
    assert world.told_of(OrderPlaced)[1].lines[0].ordered_g == 18_000
    assert await allocated(world) == {"offer-1": 12_000, "offer-2": 18_000}
    line = (await facts.order(world, first))["lines"][0]
    assert (line["ordered_g"], line["confirmed_g"], line["short_g"]) == (30_000, 12_000, 18_000)


async def test_answers_that_come_twice_or_after_another_change_nothing(world_of: WorldOf) -> None:
    """The first answer counts, whether the others come in the same batch or later; an unknown order is passed over."""
    world, first = await an_ordered_school(world_of)
    unknown = first.model_copy(update={"order_id": "never-placed"})
    await tell(world, facts.accepted(first), facts.accepted(first), facts.declined(first), facts.accepted(unknown))
    await tell(world, facts.declined(first), facts.partly(first, 1))
    assert len(world.told_of(OrderConfirmed)) == 1
    assert (await facts.order(world, first))["lines"][0]["confirmed_g"] == 30_000
    await facts.no_dead_letters(world)


async def test_two_cooperatives_declining_at_once_are_both_sourced_again(world_of: WorldOf) -> None:
    """Answers of one batch that touch the same demand line add up."""
    small = facts.an_offer("offer-0", "coop-0", quantity_g=25_000, price_fen_per_kg=100)
    last = facts.an_offer("offer-9", "coop-9", price_fen_per_kg=900)
    world, _ = await an_ordered_school(world_of, small, last)
    first, second = world.told_of(OrderPlaced)
    await tell(world, facts.declined(first), facts.declined(second))
    assert await allocated(world) == {"offer-0": 0, "offer-1": 0, "offer-9": 30_000}
    (third,) = world.told_of(OrderPlaced)[2:]
    assert third.lines[0].ordered_g == 30_000


async def test_a_cancelled_order_is_sourced_again_from_others(world_of: WorldOf) -> None:
    """Cancelling tells the cooperative, gives its grams back and orders them elsewhere."""
    other = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=900)
    world, first = await an_ordered_school(world_of, other)
    client = world.client("procurement")
    route, body = f"/orders/{first.order_id}/cancel", {"reason": "the road is closed"}
    refused(await client.post(route, json=body, headers={"If-Match": '"7"'}), 412, "stale-version")
    answer = await client.post(route, json=body, headers={"If-Match": '"1"'})
    assert ((await ok(answer))["status"], answer.headers["etag"]) == ("cancelled", '"2"')
    assert (await ok(await client.post(route, json=body)))["version"] == 2
    await world.settle()
    (told,) = world.told_of(OrderCancelled)
    assert (told.version, told.reason) == (2, "the road is closed")
    assert world.told_of(OrderPlaced)[1].cooperative_id == "coop-2"
    assert await allocated(world) == {"offer-1": 0, "offer-2": 30_000}


async def test_cancelling_in_many_places_at_once_cancels_once(world_of: WorldOf) -> None:
    """Concurrent cancellations of one order have one effect."""
    world, first = await an_ordered_school(world_of)
    client = world.client("procurement")
    route, body = f"/orders/{first.order_id}/cancel", {"reason": "snow"}
    answers = await asyncio.gather(*(client.post(route, json=body) for _ in range(8)))
    assert {answer.json()["version"] for answer in answers} == {2}
    await world.settle()
    assert len(world.told_of(OrderCancelled)) == 1
    assert (await facts.lines_of(world))["cabbage"]["unmet_g"] == 30_000


async def test_what_was_dispatched_cannot_be_cancelled(world_of: WorldOf) -> None:
    """An order can be cancelled until the cooperative has dispatched it, after that only refused at the gate."""
    world, first = await an_ordered_school(world_of)
    client = world.client("procurement")
    route = f"/orders/{first.order_id}/cancel"
    await tell(world, facts.accepted(first), facts.dispatched(first, 29_000))
    shown = await facts.order(world, first)
    assert (shown["status"], shown["lines"][0]["dispatched_g"]) == ("dispatched", 29_000)
    refused(await client.post(route, json={"reason": "late"}), 409, "too-late-to-cancel")
    await tell(world, facts.loaded(first), facts.loaded(first))
    assert (await facts.order(world, first))["status"] == "loaded"
    refused(await client.post(route, json={"reason": "late"}), 409, "too-late-to-cancel")


async def test_loading_heard_before_the_dispatch_is_loading(world_of: WorldOf) -> None:
    """Between logistics and farmers there is no order: the later fact does not undo the earlier one."""
    world, first = await an_ordered_school(world_of)
    await tell(world, facts.accepted(first))
    await tell(world, facts.loaded(first))
    await tell(world, facts.dispatched(first), facts.dispatched(first, 1))
    shown = await facts.order(world, first)
    assert (shown["status"], shown["lines"][0]["dispatched_g"]) == ("loaded", 30_000)


async def test_a_cancellation_that_crossed_with_the_packing_is_undone(world_of: WorldOf) -> None:
    """The cooperative had packed already: the order stands, its food fills the line or shows as surplus."""
    world, first = await an_ordered_school(world_of)
    await tell(world, facts.accepted(first))
    await ok(await world.client("procurement").post(f"/orders/{first.order_id}/cancel", json={"reason": "snow"}))
    await tell(world, facts.dispatched(first))
    shown = await facts.order(world, first)
    assert (shown["status"], shown["lines"][0]["dispatched_g"]) == ("dispatched", 30_000)
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["allocated_g"], line["unmet_g"], line["surplus_g"]) == (30_000, 0, 0)
    assert [event.version for event in world.told_of(OrderConfirmed)] == [2, 4]
    assert await allocated(world) == {"offer-1": 30_000}


async def test_orders_are_listed_by_school_cooperative_day_and_status(world_of: WorldOf) -> None:
    """The list filters and pages; unknown orders and bad filters are refused with their rule."""
    world, first = await an_ordered_school(world_of, needs={("cabbage", MONDAY): 30_000, ("cabbage", TUESDAY): 1_000})
    client = world.client("procurement")

    async def count(**query: str) -> int:
        return len((await ok(await client.get("/orders", params=query)))["items"])

    assert await count() == 2
    assert await count(canteen_id="school-1", delivery_day=str(MONDAY), status="placed") == 1
    assert await count(cooperative_id="coop-2") == await count(status="confirmed") == 0
    page = await ok(await client.get("/orders", params={"limit": 1}))
    assert page["next"] == page["items"][0]["order_id"]
    assert await count(after=page["next"]) == 1
    refused(await client.get("/orders", params={"status": "lost"}), 422, "invalid-input")
    refused(await client.get("/orders/unknown"), 404, "unknown-order")
    refused(await client.post("/orders/unknown/cancel", json={"reason": "snow"}), 404, "unknown-order")
    refused(await client.post(f"/orders/{first.order_id}/cancel", json={"reason": " "}), 422, "invalid-input")
