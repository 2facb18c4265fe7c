"""Sourcing runs: from demand lines and offers to orders."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.procurement.partners.models import offer
from services.procurement.sourcing import runs
from services.procurement.sourcing.models import sourcing_run
from shared.events.farmers import OfferWithdrawn
from shared.events.procurement import DemandUnmet, LineOrdered, OrderConfirmed, OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY, TUESDAY
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NEEDS = {("cabbage", MONDAY): 30_000, ("cabbage", TUESDAY): 20_000, ("pork", MONDAY): 5_000}


async def a_county(world_of: WorldOf) -> World:
    """Return a world with a school that needs food and a cooperative that has some of it."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(NEEDS))
    await world.settle()
    return world


async def queue(world: World) -> str:
    """Queue a run and return its id; nothing carries it out yet."""
    body = {"county_code": COUNTY, "week_start": str(MONDAY)}
    run = await ok(await world.client("procurement").post("/sourcing-runs", json=body))
    assert run["status"] == "queued"
    return str(run["run_id"])


async def test_a_run_orders_what_is_needed(world_of: WorldOf) -> None:
    """A run turns waiting demand into orders, one per school, cooperative and day, and says what it did."""
    world = await a_county(world_of)
    done = await facts.run(world)
    assert (done["status"], done["progress_permille"], done["demand_lines"]) == ("done", 1000, 3)
    assert (done["orders"], done["allocated_g"], done["unmet_g"], done["cost_fen"]) == (2, 50_000, 5_000, 10_000)
    assert done["poor_share"] == 0.6
    placed = world.told_of(OrderPlaced)
    assert sorted((order.delivery_day, sum(line.ordered_g for line in order.lines)) for order in placed) == [
        (MONDAY, 30_000),
        (TUESDAY, 20_000),
    ]
    assert {order.answer_by - order.placed_at for order in placed} == {timedelta(hours=24)}
    assert [unmet.unmet_g for unmet in world.told_of(DemandUnmet)] == [5_000]
    await world.publish(*(facts.accepted(each) for each in placed))
    await world.settle()
    assert len(world.told_of(OrderConfirmed)) == 2
    assert (await facts.order(world, placed[0]))["status"] == "confirmed"
    await facts.no_dead_letters(world)


async def test_a_run_explains_who_got_what_and_why(world_of: WorldOf) -> None:
    """Every allocation and every shortfall has its reason."""
    world = await a_county(world_of)
    done = await facts.run(world)
    route = f"/sourcing-runs/{done['run_id']}"
    first = await ok(await world.client("procurement").get(f"{route}/allocations", params={"limit": 1}))
    last = await ok(await world.client("procurement").get(f"{route}/allocations", params={"after": first["next"]}))
    assert {(line["text_en"], line["text_zh"]) for line in first["items"] + last["items"]} == {
        (
            "Number 1 of the offers left: ¥2.00 a kg, 60 % to poor households, 11.3 km away.",
            "在可选报价中排第 1：每公斤 ¥2.00，60% 归贫困户，距离 11.3 公里。",
        )
    }
    assert (len(first["items"]), len(last["items"]), last["next"]) == (1, 1, None)
    (short,) = (await ok(await world.client("procurement").get(f"{route}/shortfalls")))["items"]
    assert (short["food_code"], short["unmet_g"], short["text_en"]) == ("pork", 5_000, "Nobody offers this food.")
    assert (short["why"], short["text_zh"]) == ([{"code": "not-offered", "offers": 0}], "没有人供应此食材。")


async def test_a_later_run_looks_again_for_what_nobody_had(world_of: WorldOf) -> None:
    """A new offer changes nothing by itself; the next run takes unmet lines as open and tells when nothing is short."""
    world = await a_county(world_of)
    await facts.run(world)
    await world.publish(facts.an_offer("offer-2", food_code="pork", price_fen_per_kg=3000))
    await world.settle()
    assert (await facts.lines_of(world))["pork"]["unmet_g"] == 5_000
    again = await facts.run(world)
    assert (again["demand_lines"], again["orders"], again["unmet_g"]) == (1, 1, 0)
    assert [unmet.unmet_g for unmet in world.told_of(DemandUnmet)] == [5_000, 0]
    assert (await facts.run(world))["orders"] == 0


async def test_withdrawn_and_used_up_offers_get_no_orders(world_of: WorldOf) -> None:
    """A withdrawn offer is passed over, even when its publication arrives after the withdrawal."""
    world = await world_of("procurement")
    gone = OfferWithdrawn(offer_id="offer-1", cooperative_id="coop-1", version=2, withdrawn_at=facts.AT)
    await world.publish(facts.a_canteen(), facts.a_cooperative(), gone, facts.an_offer())
    await world.publish(facts.an_offer("offer-2", quantity_g=10_000), facts.a_menu(NEEDS))
    await world.settle()
    assert (await facts.run(world))["allocated_g"] == 10_000
    await facts.no_dead_letters(world)


async def test_a_run_taken_over_from_a_dead_replica_orders_nothing_twice(world_of: WorldOf) -> None:
    """A run whose replica died is taken over after 60 s and only orders what is still open."""
    world = await a_county(world_of)
    run_id = await queue(world)
    service = world.services["procurement"]
    dead = {"status": "running", "claim": "dead", "heartbeat_at": world.clock.now(), "passes": 1}
    async with service.begin() as uow:
        await uow.session.execute(update(sourcing_run).values(dead))
    await world.settle()
    assert world.told_of(OrderPlaced) == []
    world.clock.advance(timedelta(seconds=61))
    await world.settle()
    assert len(world.told_of(OrderPlaced)) == 2
    done = await ok(await world.client("procurement").get(f"/sourcing-runs/{run_id}"))
    assert (done["status"], done["orders"]) == ("done", 2)


async def test_a_replica_that_lost_its_run_applies_nothing(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica taken for dead wakes up after another finished its run: the claim fences it off."""
    world = await a_county(world_of)
    await queue(world)
    service = world.services["procurement"]
    carry = service.workers.run
    stolen: list[bool] = []

    async def slow(*arguments: Any) -> Any:
        answer = await carry(*arguments)
        if not stolen:
            stolen.append(True)
            world.clock.advance(timedelta(seconds=61))
            await runs.run_waiting(service)
        return answer

    monkeypatch.setattr(service.workers, "run", slow)
    await world.settle()
    assert len(world.told_of(OrderPlaced)) == 2
    assert (await facts.lines_of(world))["cabbage"]["open_g"] == 0


async def test_demand_that_changes_while_it_is_computed_stays_open(
    world_of: WorldOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that changed meanwhile is left as it is by that round and sourced by the next, at its new grams."""
    world = await a_county(world_of)
    await queue(world)
    service = world.services["procurement"]
    carry = service.workers.run
    changed: list[bool] = []

    async def meanwhile(*arguments: Any) -> Any:
        answer = await carry(*arguments)
        if not changed:
            changed.append(True)
            await world.publish(facts.an_amendment({("cabbage", MONDAY): 7_000}, 2))
            await service.consumer.step(0.2)
        return answer

    monkeypatch.setattr(service.workers, "run", meanwhile)
    await world.settle()
    assert [line.ordered_g for order in world.told_of(OrderPlaced) for line in order.lines] == [7_000]
    await facts.lines_of(world)


async def test_an_offer_that_runs_out_meanwhile_leaves_its_pieces_to_the_next_round(
    world_of: WorldOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offers are taken by what they really have when orders are placed; the run goes another round for the rest."""
    world = await a_county(world_of)
    await world.publish(facts.an_offer("offer-2", price_fen_per_kg=900))
    await world.settle()
    service = world.services["procurement"]
    carry = service.workers.run
    taken: list[bool] = []

    async def meanwhile(*arguments: Any) -> Any:
        answer = await carry(*arguments)
        if not taken:
            taken.append(True)
            async with service.begin() as uow:
                await uow.session.execute(update(offer).where(offer.c.offer_id == "offer-1").values(allocated_g=75_000))
        return answer

    monkeypatch.setattr(service.workers, "run", meanwhile)
    done = await facts.run(world)
    assert (done["allocated_g"], done["unmet_g"]) == (50_000, 5_000)
    by_offer: dict[str, int] = {}
    for order in world.told_of(OrderPlaced):
        for line in order.lines:
            by_offer[line.offer_id] = by_offer.get(line.offer_id, 0) + line.ordered_g
    assert by_offer["offer-1"] <= 25_000
    assert sum(by_offer.values()) == 50_000


async def test_an_offer_amended_meanwhile_is_ordered_by_what_it_says_now(
    world_of: WorldOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is ordered at a price, or for a day, that its cooperative has taken back: the next round looks anew."""
    world = await a_county(world_of)
    service = world.services["procurement"]
    carry = service.workers.run
    amended: list[bool] = []

    async def meanwhile(*arguments: Any) -> Any:
        answer = await carry(*arguments)
        if not amended:
            amended.append(True)
            await world.publish(facts.an_offer(version=2, price_fen_per_kg=300, available_from=TUESDAY))
            await service.consumer.step(0.2)
        return answer

    monkeypatch.setattr(service.workers, "run", meanwhile)
    done = await facts.run(world)
    assert [(order.delivery_day, line.price_fen_per_kg, line.ordered_g) for order, line in _lines_told(world)] == [
        (TUESDAY, 300, 20_000)
    ]
    assert (done["allocated_g"], done["cost_fen"]) == (20_000, 6_000)
    cabbage = await ok(await world.client("procurement").get("/demand", params={"delivery_day": str(MONDAY)}))
    assert {line["food_code"]: line["unmet_g"] for line in cabbage["items"]} == {"cabbage": 30_000, "pork": 5_000}


def _lines_told(world: World) -> list[tuple[OrderPlaced, LineOrdered]]:
    return [(order, line) for order in world.told_of(OrderPlaced) for line in order.lines]


async def test_two_runs_at_once_share_the_demand(world_of: WorldOf) -> None:
    """Two runs for the same week, carried out side by side, order every gram once."""
    world = await a_county(world_of)
    await queue(world)
    await queue(world)
    service = world.services["procurement"]
    await asyncio.gather(runs.run_waiting(service), runs.run_waiting(service))
    await world.settle()
    assert sum(line.ordered_g for order in world.told_of(OrderPlaced) for line in order.lines) == 50_000


async def test_a_queued_run_can_be_cancelled(world_of: WorldOf) -> None:
    """A cancelled run orders nothing; cancelling twice is cancelling once, a run that is done cannot be cancelled."""
    world = await a_county(world_of)
    client = world.client("procurement")
    run_id = await queue(world)
    for _ in range(2):
        assert (await ok(await client.post(f"/sourcing-runs/{run_id}/cancel")))["status"] == "cancelled"
    await world.settle()
    assert world.told_of(OrderPlaced) == []
    done = await facts.run(world)
    refused(await client.post(f"/sourcing-runs/{done['run_id']}/cancel"), 409, "run-has-ended")


async def test_a_running_run_stops_when_it_is_cancelled(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run cancelled while it computes applies nothing."""
    world = await a_county(world_of)
    client = world.client("procurement")
    run_id = await queue(world)
    service = world.services["procurement"]
    carry = service.workers.run

    async def meanwhile(*arguments: Any) -> Any:
        answer = await carry(*arguments)
        assert (await ok(await client.post(f"/sourcing-runs/{run_id}/cancel")))["status"] == "running"
        return answer

    monkeypatch.setattr(service.workers, "run", meanwhile)
    await world.settle()
    assert (await ok(await client.get(f"/sourcing-runs/{run_id}")))["status"] == "cancelled"
    assert world.told_of(OrderPlaced) == []


async def test_a_run_that_breaks_says_why(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed run is failed, with its error, and leaves the demand open for the next one."""
    world = await a_county(world_of)
    service = world.services["procurement"]

    async def broken(*_arguments: Any) -> Any:
        raise ValueError("no such food")

    with monkeypatch.context() as patch:
        patch.setattr(service.workers, "run", broken)
        failed = await facts.run(world)
    assert (failed["status"], failed["error"]) == ("failed", "ValueError('no such food')")
    assert (await facts.run(world))["allocated_g"] == 50_000


async def test_bad_runs_are_refused(world_of: WorldOf) -> None:
    """A day that is no Monday, a week that is over, unknown fields and unknown runs are refused with their rule."""
    world = await world_of("procurement")
    client = world.client("procurement")

    async def refusal(rule: str, **body: str) -> None:
        answer = await client.post("/sourcing-runs", json={"county_code": COUNTY, "week_start": str(MONDAY)} | body)
        refused(answer, 422, rule)

    await refusal("not-a-monday", week_start="2026-12-01")
    await refusal("week-is-over", week_start="2026-11-09")
    await refusal("invalid-input", county_code="")
    await refusal("invalid-input", weeks="2")
    refused(await client.get("/sourcing-runs/unknown"), 404, "unknown-sourcing-run")
    refused(await client.get("/sourcing-runs/unknown/allocations"), 404, "unknown-sourcing-run")
    refused(await client.post("/sourcing-runs/unknown/cancel"), 404, "unknown-sourcing-run")
    assert (await ok(await client.get("/sourcing-runs")))["items"] == []


async def test_the_same_idempotency_key_queues_one_run(world_of: WorldOf) -> None:
    """A request sent again with its key gets the first answer and starts no second run."""
    world = await world_of("procurement")
    client = world.client("procurement")
    body, headers = {"county_code": COUNTY, "week_start": str(MONDAY)}, {"Idempotency-Key": "run-1"}
    first = await ok(await client.post("/sourcing-runs", json=body, headers=headers))
    assert await ok(await client.post("/sourcing-runs", json=body, headers=headers)) == first
    listed = await ok(await client.get("/sourcing-runs", params={"county_code": COUNTY}))
    assert [run["run_id"] for run in listed["items"]] == [first["run_id"]]
