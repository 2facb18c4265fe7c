"""Cooperatives, households and their dated statuses."""

import asyncio

from shared.events.farmers import CooperativeRegistered
from tests.api.farmers.builders import COOP, OTHER, a_county, cooperative, household, put, status
from tests.conftest import WorldOf
from tests.world import World, ok, refused


def last(world: World, cooperative_id: str) -> CooperativeRegistered:
    """What was told of a cooperative last."""
    return [one for one in world.told_of(CooperativeRegistered) if one.cooperative_id == cooperative_id][-1]


async def test_a_cooperative_is_told_when_something_is_new(world_of: WorldOf) -> None:
    """Registering tells version 1; the same row again changes nothing; new particulars tell the next version."""
    world = await world_of("farmers")
    assert (await put(world, "/cooperatives", cooperative()))["created"] == 1
    assert (await put(world, "/cooperatives", cooperative()))["unchanged"] == 1
    assert (await put(world, "/cooperatives", cooperative(name_en="Other")))["changed"] == 1
    await world.settle()
    assert [(one.version, one.name_en == "Other") for one in world.told_of(CooperativeRegistered)] == [
        (1, False),
        (2, True),
    ]


async def test_counts_are_told_once_for_each_import(world_of: WorldOf) -> None:
    """Membership and status imports tell each cooperative whose counts change once; repeating them tells nothing."""
    world = await world_of("farmers")
    await a_county(world)
    told = last(world, COOP)
    assert (told.version, told.households, told.poor_households) == (3, 4, 3)
    assert (last(world, OTHER).version, last(world, OTHER).households) == (2, 1)
    before = len(world.told)
    again = await put(world, "/household-statuses", status("hh-1", "registered_poor", "2014-01-01"))
    assert (again["unchanged"], again["created"]) == (1, 0)
    assert (await put(world, "/households", household("hh-1")))["unchanged"] == 1
    await world.settle()
    assert len(world.told) == before


async def test_bad_rows_are_named_and_good_ones_taken(world_of: WorldOf) -> None:
    """Each refused row says where and why; the others of the request are taken."""
    world = await world_of("farmers")
    await a_county(world)
    done = await put(
        world, "/cooperatives", cooperative("coop-3"), cooperative("coop-4", lat=91), cooperative("coop-3", lon=1)
    )
    assert (done["created"], [(one["index"], one["field"]) for one in done["refused"]]) == (
        1,
        [(1, "lat"), (2, "cooperative_id")],
    )
    done = await put(
        world, "/households", household("hh-7"), household("hh-8", "coop-404"), {"household_id": "x", "name": "Li"}
    )
    assert (done["created"], [one["rule"] for one in done["refused"]]) == (1, ["unknown-cooperative", "missing"])
    done = await put(
        world,
        "/household-statuses",
        status("hh-404", "monitored", "2024-01-01"),
        status("hh-7", "rich", "2024-01-01"),
        status("hh-7", "monitored", "2024-02-01", "2024-01-01"),
        status("hh-7", "monitored", "0024-01-01"),
        status("hh-7", "monitored", "2024-01-01"),
    )
    assert [one["rule"] for one in done["refused"]] == [
        "unknown-household",
        "enum",
        "period-reversed",
        "greater_than_equal",
    ]
    assert done["created"] == 1


async def test_a_persons_name_has_no_place_here(world_of: WorldOf) -> None:
    """Where households are pseudonyms a field for a name is refused, not ignored."""
    world = await world_of("farmers")
    await a_county(world)
    done = await put(world, "/households", household("hh-7") | {"name_zh": "李四"})
    assert [(one["field"], one["rule"]) for one in done["refused"]] == [("name_zh", "extra_forbidden")]


async def test_a_status_is_never_overwritten(world_of: WorldOf) -> None:
    """A period that contradicts one on record is refused; an open one ends where a later one begins."""
    world = await world_of("farmers")
    await a_county(world)
    done = await put(
        world,
        "/household-statuses",
        status("hh-1", "not_poor", "2014-01-01"),
        status("hh-1", "lifted_out", "2019-01-01", "2022-05-31"),
        status("hh-1", "monitored", "2022-05-31"),
        status("hh-1", "not_poor", "2022-06-01"),
    )
    assert [(one["index"], one["rule"]) for one in done["refused"]] == [
        (0, "overlapping-status"),
        (2, "overlapping-status"),
    ]
    assert done["created"] == 2
    await world.settle()
    assert last(world, COOP).poor_households == 2


async def test_imports_at_once_count_every_household(world_of: WorldOf) -> None:
    """Two imports at the same moment lose no household, and the last version told has the true counts."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    batches = [[household(f"new-{n}-{m}") for m in range(10)] for n in range(5)]
    await asyncio.gather(*(client.put("/households", json={"rows": batch + batches[0]}) for batch in batches[1:]))
    await world.settle()
    assert last(world, COOP).households == 54
    page = await ok(await client.get(f"/cooperatives/{COOP}/households", params={"limit": 50}))
    assert (page["households"], page["poor_households"], len(page["items"])) == (54, 3, 50)
    assert set(page["items"][0]) == {"household_id", "town_code"}
    rest = await ok(await client.get(f"/cooperatives/{COOP}/households", params={"after": page["next"]}))
    assert (len(rest["items"]), rest["next"]) == (4, None)


async def test_cooperatives_are_read(world_of: WorldOf) -> None:
    """One or all can be read; an unknown id is not found; a page has bounds."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    one = await ok(await client.get(f"/cooperatives/{COOP}"))
    assert (one["households"], one["poor_households"], one["version"]) == (4, 3, 3)
    first = await ok(await client.get("/cooperatives", params={"limit": 1}))
    assert ([one["cooperative_id"] for one in first["items"]], first["next"]) == ([COOP], COOP)
    assert (await ok(await client.get("/cooperatives", params={"county_code": "1"})))["items"] == []
    refused(await client.get("/cooperatives/coop-404"), 404, "unknown-cooperative")
    refused(await client.get("/cooperatives/coop-404/households"), 404, "unknown-cooperative")
    refused(await client.get("/cooperatives", params={"limit": 1001}), 422, "invalid-input")
    refused(await client.put("/cooperatives", json={"rows": [{}] * 1001}), 422, "invalid-input")
