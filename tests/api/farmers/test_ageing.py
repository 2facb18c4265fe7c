"""The ageing list: the cooperative is paid, its households are not yet."""

from datetime import date
from typing import Any

from tests.api.farmers.builders import COOP, OTHER, a_county
from tests.api.farmers.money import corrected, paid, payout, settled, tell
from tests.conftest import WorldOf
from tests.world import World, ok, refused

DAYS = {"s-0": "2026-11-23", "s-7": "2026-11-16", "s-8": "2026-11-15", "s-16": "2026-11-07", "s-31": "2026-10-23"}
"""Settlements by how many days ago their cooperative was paid: both ends of buckets."""


async def a_county_that_waits(world_of: WorldOf) -> World:
    """hh-1 waits since 31, 16 and 8 days, hh-4 since 7 and 0; hh-9 with another cooperative since 8."""
    world = await world_of("farmers")
    await a_county(world)
    day = date(2026, 10, 12)
    of_one = [settled(name, 10, day, hh_1=(1_000, 100)) for name in ("s-31", "s-16", "s-8")]
    of_four = [settled(name, 0, day, hh_4=(1_000, 50)) for name in ("s-7", "s-0")]
    other = settled("s-9", 0, day, hh_9=(1_000, 30)).model_copy(update={"cooperative_id": OTHER})
    every = [*of_one, *of_four]
    payments = [paid(f"pay-{one.settlement_id}", one, paid_on=DAYS[one.settlement_id]) for one in every]
    await tell(world, *every, other, *payments, paid("pay-9", other, cooperative_id=OTHER, paid_on=DAYS["s-8"]))
    return world


async def listed(world: World, **query: Any) -> Any:
    """The list of the county, or of what is asked for."""
    return await ok(await world.client("farmers").get("/ageing", params=query or {"county_code": "520628"}))


async def test_who_waits_longest_stands_first_with_what_is_due_by_age(world_of: WorldOf) -> None:
    """Up to 7 days, 8 to 15, 16 to 30, more: each part in its bucket, all sums of all pages."""
    world = await a_county_that_waits(world_of)
    shown = await listed(world)
    rows = [
        (
            one["household_id"],
            one["poor"],
            one["waiting_days"],
            one["settlements"],
            one["amount_fen"],
            one["buckets_fen"],
        )
        for one in shown["items"]
    ]
    assert rows == [
        ("hh-1", True, 31, 3, 300, [0, 100, 100, 100]),
        ("hh-9", False, 8, 1, 30, [0, 30, 0, 0]),
        ("hh-4", False, 7, 2, 100, [100, 0, 0, 0]),
    ]
    assert (shown["totals"]["households"], shown["totals"]["amount_fen"]) == (3, 430)
    assert [tuple(each.values()) for each in shown["totals"]["buckets"]] == [
        (0, 7, 1, 100),
        (8, 15, 2, 130),
        (16, 30, 1, 100),
        (31, None, 1, 100),
    ]
    assert [one["household_id"] for one in (await listed(world, cooperative_id=OTHER))["items"]] == ["hh-9"]
    assert (await listed(world, county_code="529999"))["totals"]["households"] == 0


async def test_the_list_is_read_page_by_page(world_of: WorldOf) -> None:
    """`after` goes on where the page before ended; sums are those of all pages."""
    world = await a_county_that_waits(world_of)
    found, after = [], None
    while True:
        page = await listed(world, county_code="520628", limit=1, **({"after": after} if after else {}))
        found += [one["household_id"] for one in page["items"]]
        assert page["totals"]["amount_fen"] == 430
        if (after := page["next"]) is None:
            break
    assert found == ["hh-1", "hh-9", "hh-4"]


async def test_who_was_paid_or_owes_more_does_not_wait(world_of: WorldOf) -> None:
    """A payout takes a household off the list; corrections are deducted, and nobody stands on it with nothing."""
    world = await a_county_that_waits(world_of)
    await ok(await world.client("farmers").post("/payouts", json=payout(household_ids=["hh-1"])))
    whole = settled("s-0", 0, date(2026, 10, 12), hh_4=(1_000, 50))
    less = corrected(whole, "s-00", 0, hh_4=(-500, -60))
    await tell(world, less, paid("pay-00", less))
    shown = await listed(world, cooperative_id=COOP)
    (row,) = shown["items"]
    assert (row["household_id"], row["amount_fen"], row["buckets_fen"]) == ("hh-4", 40, [40, 0, 0, 0])
    more = corrected(whole, "s-000", 0, hh_4=(-500, -40))
    await tell(world, more, paid("pay-000", more))
    assert (await listed(world, cooperative_id=COOP))["items"] == []


async def test_the_list_is_a_file_for_office_programs(world_of: WorldOf) -> None:
    """One line a household, the longest first, in yuan."""
    world = await a_county_that_waits(world_of)
    answer = await world.client("farmers").get("/ageing/export", params={"county_code": "520628"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[1] == f"{COOP},hh-1,是,2026-10-23,31,3,3.00,0.00,1.00,1.00,1.00"


async def test_a_list_is_of_a_county_or_of_a_cooperative(world_of: WorldOf) -> None:
    """One of both is named, both are both; an unknown cooperative is not found, a cursor nobody gave refused."""
    world = await a_county_that_waits(world_of)
    client = world.client("farmers")
    refused(await client.get("/ageing"), 422, "county-or-cooperative")
    for county, households in (("520628", {COOP}), ("520600", set())):
        both = {"county_code": county, "cooperative_id": COOP}
        assert {
            one["cooperative_id"] for one in (await ok(await client.get("/ageing", params=both)))["items"]
        } == households
    refused(await client.get("/ageing", params={"cooperative_id": "coop-404"}), 404, "unknown-cooperative")
    refused(await client.get("/ageing", params={"county_code": "520628", "after": "x~y~z"}), 422, "after")
