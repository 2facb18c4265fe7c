"""Where households belong, and what held of them on a day."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from shared.events.farmers import CooperativeRegistered
from tests.api.farmers.builders import COOP, OTHER, a_county, household, lot, post, put, status
from tests.api.farmers.test_people import person
from tests.conftest import WorldOf
from tests.people import clerk
from tests.world import World, ok, refused

TODAY, TOMORROW = "2026-11-23", "2026-11-24"


def counts(world: World, cooperative_id: str) -> tuple[int, int]:
    """Households, and poor ones, that were told of a cooperative last."""
    told = [one for one in world.told_of(CooperativeRegistered) if one.cooperative_id == cooperative_id][-1]
    return told.households, told.poor_households


async def move(world: World, household_id: str, cooperative_id: str, from_day: str) -> httpx.Response:
    """Let a household move."""
    body = {"cooperative_id": cooperative_id, "from_day": from_day}
    return await world.client("farmers").post(f"/households/{household_id}/moves", json=body)


async def standing(world: World, household_id: str, **on: str) -> Any:
    """Return a household as it stands on a day."""
    return await ok(await world.client("farmers").get(f"/households/{household_id}", params=on))


async def test_a_household_is_in_one_cooperative_at_a_time(world_of: WorldOf) -> None:
    """A member of one cooperative is refused by another, today and at any day it is a member; it moves instead."""
    world = await world_of("farmers")
    await a_county(world)
    done = await put(world, "/households", household("hh-1", OTHER), household("hh-2", OTHER) | {"member_since": TODAY})
    assert [(one["field"], one["rule"]) for one in done["refused"]] == [("cooperative_id", "member-elsewhere")] * 2
    assert (done["created"], done["changed"], done["unchanged"]) == (0, 0, 0)
    assert (await standing(world, "hh-1"))["cooperative_id"] == COOP


async def test_who_a_household_is_moves_with_it_on_its_day(world_of: WorldOf) -> None:
    """Until then it is its present cooperative's, name and statement; the next one learns nothing before."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/household-people", person())
    await ok(await move(world, "hh-1", OTHER, TOMORROW))
    routes = ("/households/hh-1", "/households/hh-1/person", "/households/hh-1/statement")
    leaves, joins = (world.client("farmers", as_=clerk(each)) for each in (COOP, OTHER))
    for _ in range(2):
        for route in routes:
            refused(await joins.get(route), 404, "unknown-household")
            await ok(await leaves.get(route))
        assert (await ok(await leaves.get("/households/hh-1/person")))["name"] == person()["name"]
        world.clock.advance(timedelta(days=1))
        leaves, joins = joins, leaves


async def test_a_status_counts_where_a_household_still_is(world_of: WorldOf) -> None:
    """Of one that will move, its present cooperative is told; of a status that begins by itself, too."""
    world = await world_of("farmers")
    await a_county(world)
    await ok(await move(world, "hh-1", OTHER, "2026-12-24"))
    await put(world, "/household-statuses", status("hh-1", "not_poor", TODAY) | {"until_day": TODAY})
    await world.settle()
    assert (counts(world, COOP), counts(world, OTHER)) == ((4, 2), (1, 0))
    await put(world, "/household-statuses", status("hh-1", "monitored", TOMORROW))
    world.clock.advance(timedelta(days=1))
    await world.settle()
    assert (counts(world, COOP), counts(world, OTHER)) == ((4, 3), (1, 0))


async def test_a_move_counts_from_its_day_on(world_of: WorldOf) -> None:
    """Who moves tomorrow counts where it was today, and where it went from tomorrow on; both are told by the clock."""
    world = await world_of("farmers")
    await a_county(world)
    await ok(await move(world, "hh-1", OTHER, TOMORROW))
    await world.settle()
    assert (counts(world, COOP), counts(world, OTHER)) == ((4, 3), (1, 0))
    world.clock.advance(timedelta(days=1))
    await world.settle()
    assert (counts(world, COOP), counts(world, OTHER)) == ((3, 2), (2, 1))
    stood = await standing(world, "hh-1", on=TODAY)
    assert stood["cooperative_id"] == COOP
    assert stood["memberships"] == [
        {"cooperative_id": COOP, "from_day": "1900-01-01", "until_day": TODAY},
        {"cooperative_id": OTHER, "from_day": TOMORROW, "until_day": None},
    ]
    assert (await standing(world, "hh-1"))["cooperative_id"] == OTHER
    again = await move(world, "hh-1", OTHER, TOMORROW)
    assert (await ok(again)) == stood["memberships"]


async def test_a_household_that_left_may_join_again(world_of: WorldOf) -> None:
    """Between two memberships a household belongs nowhere, and nobody's counts have it."""
    world = await world_of("farmers")
    await a_county(world)
    await post(world, "/households/hh-1/departures", until_day="2026-11-20")
    await world.settle()
    assert counts(world, COOP) == (3, 2)
    assert (await standing(world, "hh-1"))["cooperative_id"] is None
    listed = await ok(await world.client("farmers").get(f"/cooperatives/{COOP}/households"))
    assert "hh-1" not in [one["household_id"] for one in listed["items"]]
    early = await put(world, "/households", household("hh-1", OTHER) | {"member_since": "2026-11-20"})
    assert early["refused"][0]["rule"] == "member-elsewhere"
    assert (await put(world, "/households", household("hh-1", OTHER)))["changed"] == 1
    await world.settle()
    assert counts(world, OTHER) == (2, 1)
    assert [one["cooperative_id"] for one in (await standing(world, "hh-1"))["memberships"]] == [COOP, OTHER]


async def test_moves_that_cannot_be(world_of: WorldOf) -> None:
    """Unknown places, days before the membership, far days, and days before a harvest that was brought are refused."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    new = household("hh-8") | {"member_since": "2026-10-01"}
    await put(world, "/households", new)
    assert (await put(world, "/households", household("hh-7") | {"member_since": TOMORROW}))["refused"][0]["rule"] == (
        "membership-to-come"
    )
    await post(world, "/lots", **lot(contributions={"hh-1": 1_000}))
    for household_id, cooperative_id, day, (http, rule) in (
        ("hh-404", OTHER, TODAY, (404, "unknown-household")),
        ("hh-1", "coop-404", TODAY, (404, "unknown-cooperative")),
        ("hh-1", COOP, TODAY, (409, "member-already")),
        ("hh-8", OTHER, "2026-10-01", (409, "before-membership")),
        ("hh-1", OTHER, "2028-01-01", (422, "too-far")),
        ("hh-1", OTHER, "2026-11-21", (409, "harvested-since")),
    ):
        refused(await move(world, household_id, cooperative_id, day), http, rule)
    gone = {"until_day": "2026-11-20"}
    refused(await client.post("/households/hh-1/departures", json=gone), 409, "harvested-since")
    await post(world, "/households/hh-8/departures", **gone)
    await post(world, "/households/hh-8/departures", **gone)
    refused(await client.post("/households/hh-8/departures", json={"until_day": "2026-11-19"}), 409, "membership-over")
    refused(await client.get("/households/hh-404"), 404, "unknown-household")


async def test_moves_at_once_leave_one_membership(world_of: WorldOf) -> None:
    """Of many moves at the same moment to two places, one happens; the counts add up."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/cooperatives", {**(await _cooperative(world)), "cooperative_id": "coop-3"})
    targets = [OTHER, "coop-3"] * 5
    answers = await asyncio.gather(*(move(world, "hh-1", to, TODAY) for to in targets))
    assert {answer.status_code for answer in answers} == {200, 409}
    await world.settle()
    assert counts(world, COOP) == (3, 2)
    moved = (await standing(world, "hh-1"))["memberships"]
    assert [one["until_day"] for one in moved] == ["2026-11-22", None]


async def _cooperative(world: World) -> dict[str, Any]:
    one = await ok(await world.client("farmers").get(f"/cooperatives/{COOP}"))
    names = ("name_zh", "name_en", "county_code", "town_code", "lat", "lon", "priority_group")
    return {name: one[name] for name in names}


async def test_what_held_on_a_day_is_answered(world_of: WorldOf) -> None:
    """A status lasts until the next begins or it ends; each day has its answer and its source, whatever came later."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/household-statuses", status("hh-1", "lifted_out", "2019-01-01", "2022-05-31"))
    for day, expected, poor in (
        ("2013-12-31", None, False),
        ("2014-01-01", "registered_poor", True),
        ("2018-12-31", "registered_poor", True),
        ("2022-05-31", "lifted_out", True),
        ("2022-06-01", None, False),
    ):
        stood = await standing(world, "hh-1", on=day)
        assert (stood["status"] and stood["status"]["status"], stood["poor"]) == (expected, poor), day
    assert (await standing(world, "hh-1", on="2014-01-01"))["status"]["source"] == "fictional registry"


async def test_a_status_that_ends_by_itself_is_told(world_of: WorldOf) -> None:
    """A cooperative's count of poor households changes with the day, without anybody writing anything."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/household-statuses", status("hh-2", "monitored", "2024-01-01", TODAY))
    await world.settle()
    assert counts(world, COOP) == (4, 3)
    world.clock.advance(timedelta(days=1))
    await world.settle()
    assert counts(world, COOP) == (4, 2)


async def test_villages_and_groups_stay_when_they_are_unsaid(world_of: WorldOf) -> None:
    """A row without village and further groups, as a registry's file has it, takes nothing away."""
    world = await world_of("farmers")
    row = await _row(world)
    groups = {"further_groups": ["women", "resettled", "women"], "vehicle_classes": ["chilled", "ambient"]}
    said = row | {"village": "大坪村"} | groups
    assert (await put(world, "/cooperatives", said))["changed"] == 1
    assert (await put(world, "/cooperatives", row))["unchanged"] == 1
    shown = await ok(await world.client("farmers").get(f"/cooperatives/{COOP}"))
    assert (shown["village"], shown["further_groups"]) == ("大坪村", ["resettled", "women"])
    assert shown["vehicle_classes"] == ["ambient", "chilled"]
    await world.settle()
    told = world.told_of(CooperativeRegistered)[-1]
    assert (told.cooperative_id, told.vehicle_classes) == (COOP, ("ambient", "chilled"))
    assert (await put(world, "/cooperatives", row | {"further_groups": []}))["changed"] == 1
    assert (await ok(await world.client("farmers").get(f"/cooperatives/{COOP}")))["further_groups"] == []


async def _row(world: World) -> dict[str, Any]:
    await a_county(world)
    return {"cooperative_id": COOP, **(await _cooperative(world))}
