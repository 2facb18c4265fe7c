"""The exact answer computed behind a re-sourcing: what would be, beside what is, and nothing ordered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.procurement.sourcing import domain, queries
from services.procurement.sourcing.domain import Kind
from services.procurement.sourcing.exact.domain import SETTLING
from services.procurement.sourcing.exact.runs import queue_settled
from shared.events.procurement import OrderCancelled, OrderPlaced
from shared.ids import new_id
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY
from tests.api.procurement.test_sourcing_rules import RULES
from tests.conftest import WorldOf
from tests.world import World, ok, refused


async def exact_runs(world: World) -> list[dict[str, Any]]:
    """Return the runs that only compared."""
    listed = await ok(await world.client("procurement").get("/sourcing-runs", params={"county_code": COUNTY}))
    return [run for run in listed["items"] if run["kind"] == "exact"]


async def settled(world: World) -> None:
    """Let a re-sourced week settle, and be compared."""
    world.clock.advance(SETTLING)
    await world.settle()


async def a_declined_county(world_of: WorldOf) -> World:
    """Return a county in which somebody declined."""
    world = await world_of("procurement")
    await let_one_decline(world)
    return world


async def let_one_decline(world: World) -> None:
    """Let a school's cheap supplier decline after another school had taken the next best.

    School 1 needs 30 kg of the only offer that reaches it cheaply; school 2 holds 20 kg of the second, unanswered.
    """
    await ok(await world.client("procurement").put(f"/sourcing-rules/{COUNTY}", json=RULES))
    await world.publish(
        facts.a_canteen(),
        facts.a_canteen("school-2"),
        facts.a_cooperative(),
        facts.a_cooperative("coop-2"),
        facts.an_offer(quantity_g=30_000),
        facts.an_offer("offer-2", "coop-2", quantity_g=30_000, price_fen_per_kg=300),
        facts.a_menu({("cabbage", MONDAY): 30_000}),
    )
    await world.settle()
    await facts.run(world)
    await world.publish(facts.a_menu({("cabbage", MONDAY): 20_000}, "school-2", "menu-2"))
    await world.settle()
    await facts.run(world)
    (first,) = [order for order in world.told_of(OrderPlaced) if order.canteen_id == "school-1"]
    await world.publish(facts.declined(first))
    await world.settle()


async def test_behind_a_re_sourcing_the_exact_answer_is_shown(world_of: WorldOf) -> None:
    """What a decline left unmet could be fed if another school's unanswered order were given anew; nothing is."""
    world = await a_declined_county(world_of)
    placed, lines = len(world.told_of(OrderPlaced)), await facts.lines_of(world)
    assert lines["cabbage"]["unmet_g"] == 20_000
    assert await exact_runs(world) == []
    await settled(world)
    (run,) = await exact_runs(world)
    assert (run["status"], run["orders"], run["demand_lines"]) == ("done", 0, 2)
    route = f"/sourcing-runs/{run['run_id']}"
    found = await ok(await world.client("procurement").get(f"{route}/difference"))
    # 30 kg are held of offer-2; school 2 may have offer-1, which only school 1 is kept from.
    assert found["before"] == {"food_fen": 9_000, "poor_share": 0.6, "stops": 2, "unmet_g": 20_000}
    assert found["after"] == {"food_fen": 13_000, "poor_share": 0.6, "stops": 2, "unmet_g": 0}
    changes = (await ok(await world.client("procurement").get(f"{route}/changes", params={"limit": 2})))["items"]
    rest = await ok(
        await world.client("procurement").get(f"{route}/changes", params={"after": changes[-1]["change_id"]})
    )
    told = {(one["canteen_id"], one["offer_id"], one["before_g"], one["after_g"]) for one in changes + rest["items"]}
    assert told == {
        ("school-1", "offer-2", 10_000, 30_000),
        ("school-2", "offer-2", 20_000, 0),
        ("school-2", "offer-1", 0, 20_000),
    }
    assert (found["changes"], found["lapsed"]) == (3, False)
    assert (len(world.told_of(OrderPlaced)), world.told_of(OrderCancelled)) == (placed, [])
    assert await facts.lines_of(world) == lines
    world.clock.advance(timedelta(days=7))
    assert (await ok(await world.client("procurement").get(f"{route}/difference")))["lapsed"]
    await facts.no_dead_letters(world)


async def test_a_week_is_compared_once_however_many_decline(world_of: WorldOf) -> None:
    """Answers that come before a week has settled are compared together; what is answered stays as it is."""
    world = await a_declined_county(world_of)
    (second,) = [o for o in world.told_of(OrderPlaced) if o.canteen_id == "school-2"]
    (again,) = [o for o in world.told_of(OrderPlaced) if o.canteen_id == "school-1" and o.cooperative_id == "coop-2"]
    await world.publish(facts.declined(again), facts.accepted(second))
    await world.settle()
    await settled(world)
    (run,) = await exact_runs(world)
    assert (run["status"], run["demand_lines"]) == ("done", 0)
    client, route = world.client("procurement"), f"/sourcing-runs/{run['run_id']}"
    refused(await client.get(f"{route}/difference"), 404, "unknown-difference-of-this-run")
    assert (await ok(await client.get(f"{route}/changes")))["items"] == []
    refused(await client.get("/sourcing-runs/none/difference"), 404, "unknown-sourcing-run")
    await settled(world)
    assert len(await exact_runs(world)) == 1


async def compared(world: World) -> str:
    """Return the route of the comparison there is."""
    await settled(world)
    (run,) = await exact_runs(world)
    return f"/sourcing-runs/{run['run_id']}/difference"


OFFICIAL = {"official": "李主任（虚构）", "reason": "it feeds all"}


async def test_what_was_found_can_be_taken_once(world_of: WorldOf) -> None:
    """Orders that change are called off and given anew in one piece; the school that went short has all it needs."""
    world = await a_declined_county(world_of)
    route, client = await compared(world), world.client("procurement")
    found = await client.get(route)
    refused(await client.post(f"{route}/take", json=OFFICIAL, headers={"If-Match": '"7"'}), 412, "stale-version")
    taken = await ok(await client.post(f"{route}/take", json=OFFICIAL, headers={"If-Match": found.headers["ETag"]}))
    assert (taken["version"], taken["lapsed"], taken["taken_at"] is None) == (2, False, False)
    await world.settle()
    off = {event.order_id for event in world.told_of(OrderCancelled)}
    stand = [order for order in world.told_of(OrderPlaced)[-2:] if order.order_id not in off]
    assert {(order.canteen_id, order.lines[0].offer_id, order.lines[0].ordered_g) for order in stand} == {
        ("school-1", "offer-2", 30_000),
        ("school-2", "offer-1", 20_000),
    }
    assert len(off) == 2
    for canteen_id, grams in (("school-1", 30_000), ("school-2", 20_000)):
        line = (await facts.lines_of(world, canteen_id))["cabbage"]
        assert (line["allocated_g"], line["unmet_g"], line["open_g"]) == (grams, 0, 0)
    run = await ok(await client.get(route.removesuffix("/difference")))
    assert (run["orders"], run["allocated_g"], run["cost_fen"]) == (2, 50_000, 13_000)
    refused(await client.post(f"{route}/take", json=OFFICIAL), 409, "already-taken")
    await facts.no_dead_letters(world)


async def test_what_no_longer_holds_is_not_taken(world_of: WorldOf) -> None:
    """An answer, another price or a closed day meanwhile: nothing is called off, and it is said why."""
    world = await a_declined_county(world_of)
    route, client = await compared(world), world.client("procurement")
    placed, lines = len(world.told_of(OrderPlaced)), await facts.lines_of(world)
    await world.publish(facts.an_offer(quantity_g=30_000, version=2, price_fen_per_kg=201))
    await world.settle()
    dearer = refused(await client.post(f"{route}/take", json=OFFICIAL), 409, "market-changed")
    assert "offer-1 is no longer what it was" in dearer["detail"]
    (second,) = [order for order in world.told_of(OrderPlaced) if order.canteen_id == "school-2"]
    await world.publish(facts.accepted(second))
    await world.settle()
    answered = refused(await client.post(f"{route}/take", json=OFFICIAL), 409, "market-changed")
    assert "answered" in answered["detail"]
    world.clock.advance(timedelta(days=7))
    refused(await client.post(f"{route}/take", json=OFFICIAL), 409, "difference-lapsed")
    refused(await client.post("/sourcing-runs/none/difference/take", json=OFFICIAL), 404, "unknown-sourcing-run")
    assert (len(world.told_of(OrderPlaced)), world.told_of(OrderCancelled)) == (placed, [])
    assert await facts.lines_of(world) == lines


async def test_a_newer_comparison_replaces_an_older_one(world_of: WorldOf) -> None:
    """Once the week was sourced again and compared again, only what the newest comparison found can be taken."""
    world = await a_declined_county(world_of)
    route, client = await compared(world), world.client("procurement")
    assert (await ok(await client.get(route)))["replaced_by"] is None
    await world.publish(facts.an_amendment({("cabbage", MONDAY): 25_000}, 2, "school-2", "menu-2"))
    await world.settle()
    await settled(world)
    (newer,) = [run["run_id"] for run in await exact_runs(world) if run["run_id"] not in route]
    older = await ok(await client.get(route))
    assert (older["replaced_by"], older["version"]) == (newer, 2)
    refused(await client.post(f"{route}/take", json=OFFICIAL), 409, "difference-replaced")
    taken = await ok(await client.post(f"/sourcing-runs/{newer}/difference/take", json=OFFICIAL))
    assert (taken["replaced_by"], taken["taken_at"] is None) == (None, False)
    await world.settle()
    assert (await facts.lines_of(world))["cabbage"]["unmet_g"] == 0


async def test_a_week_that_waits_to_be_compared_is_not_queued_again(world_of: WorldOf) -> None:
    """However often a week settles while its comparison waits, one is made: it sees what was sourced since."""
    world = await a_declined_county(world_of)
    service = world.services["procurement"]
    world.clock.advance(SETTLING)
    assert await queue_settled(service) == 1
    (later,) = [order for order in world.told_of(OrderPlaced) if order.canteen_id == "school-2"]
    await world.publish(facts.declined(later))
    await world.settle(jobs=False)
    world.clock.advance(SETTLING)
    assert await queue_settled(service) == 0
    assert len(await exact_runs(world)) == 1


async def test_comparisons_come_after_orders_and_one_at_a_time(world_of: WorldOf) -> None:
    """A run that orders is taken before comparisons that were queued earlier; of those one is under way at a time."""
    world = await world_of("procurement")
    service = world.services["procurement"]
    async with service.begin() as uow:
        for number, kind in enumerate((Kind.EXACT, Kind.EXACT, Kind.ORDERS)):
            run = domain.queue(f"run-{number}", COUNTY, MONDAY, uow.now + timedelta(seconds=number))
            await queries.add_run(uow.session, replace(run, kind=kind))

    async def taken() -> str | None:
        async with service.begin() as uow:
            run = await queries.claim(uow.session, new_id(), uow.now)
        return run.run_id if run else None

    assert [await taken() for _ in range(3)] == ["run-2", "run-0", None]
    world.clock.advance(queries.TAKEN_FOR_DEAD + timedelta(seconds=1))
    assert await taken() == "run-2"
    assert await taken() == "run-0"
