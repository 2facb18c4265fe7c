"""What a market is fed that it should not be: clear answers, nothing lost, nothing ordered twice."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.procurement.sourcing import runs
from services.procurement.sourcing.problem import Allocation, Piece, Problem
from shared.events.procurement import OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY, TUESDAY
from tests.conftest import WorldOf
from tests.world import World, ok, refused

KG = 1000


async def a_market(world_of: WorldOf, *events: Any) -> World:
    """Return a world with a school, a cooperative and what is told besides."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), *events)
    await world.settle()
    return world


async def said_of_lines(world: World, run_id: str) -> dict[str, dict[str, Any]]:
    """Return what a run says of its demand lines, by day."""
    found = await ok(await world.client("procurement").get(f"/sourcing-runs/{run_id}/lines"))
    return {line["delivery_day"]: line for line in found["items"]}


async def test_an_offer_that_ends_within_the_week(world_of: WorldOf) -> None:
    """It serves the days it has, the others are short with a reason; demand is all accounted for."""
    needs = {("cabbage", MONDAY): 10 * KG, ("cabbage", TUESDAY): 10 * KG}
    world = await a_market(world_of, facts.an_offer(available_until=MONDAY), facts.a_menu(needs))
    run = await facts.run(world)
    assert (run["status"], run["allocated_g"], run["unmet_g"]) == ("done", 10 * KG, 10 * KG)
    said = await said_of_lines(world, run["run_id"])
    assert (said[str(MONDAY)]["reason"], said[str(TUESDAY)]["reason"]) == ("cheapest", "unmet")
    short = await ok(await world.client("procurement").get(f"/sourcing-runs/{run['run_id']}/shortfalls"))
    assert [each["why"] for each in short["items"]] == [[{"code": "not-that-day", "offers": 1}]]


@pytest.mark.parametrize("price", [0, -1, -400])
async def test_a_price_of_nothing_or_below_is_refused(world_of: WorldOf, price: int) -> None:
    """Nobody can tell an offer at such a price, nor publish one as the market's."""
    with pytest.raises(ValidationError, match="price_fen_per_kg"):
        facts.an_offer(price_fen_per_kg=price)
    world = await world_of("procurement")
    row: dict[str, Any] = {"price_id": "price-1", "food_code": "cabbage", "region_code": COUNTY, "day": str(MONDAY)}
    row |= {"price_fen_per_kg": price, "source": "fictional", "verified": True}
    answer = await ok(await world.client("procurement").put("/reference-prices", json={"rows": [row]}))
    assert (answer["created"], answer["refused"][0]["field"]) == (0, "price_fen_per_kg")


async def test_a_cooperative_in_two_counties(world_of: WorldOf) -> None:
    """It is where it was last said to be; offers it made as of either county are ordered from once, by each as told."""
    moved = facts.a_cooperative(county="520627").model_copy(update={"version": 2})
    here, there = facts.an_offer(quantity_g=10 * KG), facts.an_offer("offer-2", county_code="520627")
    world = await a_market(world_of, here, there, moved, facts.a_menu({("cabbage", MONDAY): 30 * KG}))
    run = await facts.run(world)
    assert (run["status"], run["unmet_g"]) == ("done", 0)
    (order,) = world.told_of(OrderPlaced)
    assert {line.offer_id: line.ordered_g for line in order.lines} == {"offer-1": 10 * KG, "offer-2": 20 * KG}
    assert order.county_code == COUNTY
    again = await facts.run(world)
    assert (again["allocated_g"], len(world.told_of(OrderPlaced))) == (0, 1)


async def test_demand_told_ten_times_is_needed_once(world_of: WorldOf) -> None:
    """Ten copies of a menu, and ten menus one after the other for the same week, are one school's need."""
    needs = {("cabbage", MONDAY): 10 * KG}
    world = await a_market(world_of, facts.an_offer(), *[facts.a_menu(needs)] * 10)
    later = [facts.a_menu(needs, menu_id=f"menu-{number}") for number in range(2, 11)]
    moments = [menu.published_at + timedelta(minutes=number) for number, menu in enumerate(later, start=1)]
    await world.publish(*(m.model_copy(update={"published_at": at}) for m, at in zip(later, moments, strict=True)))
    await world.settle()
    lines = await facts.lines_of(world)
    assert [(line["quantity_g"], line["menu_id"]) for line in lines.values()] == [(10 * KG, "menu-10")]
    assert (await facts.run(world))["allocated_g"] == 10 * KG
    await facts.no_dead_letters(world)


async def test_ten_times_what_there_is(world_of: WorldOf) -> None:
    """All there is goes to the schools, the rest is unmet and told; not a gram is made or lost."""
    offer = facts.an_offer(quantity_g=100 * KG)
    world = await a_market(world_of, offer, facts.a_menu({("cabbage", MONDAY): 1_000 * KG}))
    run = await facts.run(world)
    assert (run["allocated_g"], run["unmet_g"]) == (100 * KG, 900 * KG)
    (line,) = (await facts.lines_of(world)).values()
    assert line["quantity_g"] + line["surplus_g"] == line["allocated_g"] + line["unmet_g"] + line["open_g"]


async def test_an_answer_that_is_wrong_is_not_ordered(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the checker does not prove is thrown away; the greedy answers in its place, and the run says no λ."""

    def twice(problem: Problem, _answer: object) -> Allocation:
        return Allocation((Piece(0, 0, 2 * problem.lines[0].need_g, 1, None),), ())

    world = await a_market(world_of, facts.an_offer(), facts.a_menu({("cabbage", MONDAY): 10 * KG}))
    monkeypatch.setattr(runs, "allocation_of", twice)
    run = await facts.run(world)
    assert (run["status"], run["allocated_g"], run["premium_permille"]) == ("done", 10 * KG, None)
    assert [line.ordered_g for order in world.told_of(OrderPlaced) for line in order.lines] == [10 * KG]


async def test_the_province_is_sourced_county_by_county(world_of: WorldOf) -> None:
    """Every county with demand gets a run, one that has a run under way no second; bad weeks are refused."""
    world = await a_market(world_of, facts.an_offer(), facts.a_menu({("cabbage", MONDAY): 10 * KG}))
    other = facts.a_menu({("cabbage", MONDAY): 5 * KG}, menu_id="menu-2", canteen_id="school-2")
    await world.publish(other.model_copy(update={"county_code": "520627"}))
    await world.settle()
    client, week = world.client("procurement"), {"week_start": str(MONDAY)}
    queued = await ok(await client.post("/sourcing-runs/province", json=week))
    assert [(each["county_code"], each["status"]) for each in queued["items"]] == [
        ("520627", "queued"),
        (COUNTY, "queued"),
    ]
    assert (await ok(await client.post("/sourcing-runs/province", json=week)))["items"] == []
    await world.settle()
    done = [await ok(await client.get(f"/sourcing-runs/{each['run_id']}")) for each in queued["items"]]
    assert [(run["status"], run["unmet_g"]) for run in done] == [("done", 5 * KG), ("done", 0)]
    again = await ok(await client.post("/sourcing-runs/province", json=week))
    assert [each["county_code"] for each in again["items"]] == ["520627"], "what is unmet is looked for again"
    refused(await client.post("/sourcing-runs/province", json={"week_start": str(TUESDAY)}), 422, "not-a-monday")
    refused(await client.post("/sourcing-runs/province", json={"week_start": "2026-01-05"}), 422, "week-is-over")
