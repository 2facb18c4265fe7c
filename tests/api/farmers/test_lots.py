"""Lots: bringing them in."""

import asyncio
from datetime import timedelta
from typing import Any

from shared.events.farmers import LotHarvested
from tests.api.farmers.builders import COOP, OTHER, a_county, lot, post, put, status
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_a_lot_tells_who_brought_it(world_of: WorldOf) -> None:
    """The event carries each household's grams and whether it was poor on the harvest day; the rest is the base's."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/household-statuses", status("hh-4", "monitored", "2026-11-22"))
    answer = await post(world, "/lots", **lot(contributions={"hh-1": 30_000, "hh-4": 10_000}))
    assert (answer["own_g"], answer["remaining_g"], answer["quantity_g"]) == (20_000, 60_000, 60_000)
    later = lot("lot-2", harvest_day="2026-11-23", contributions={"hh-4": 1_000})
    await post(world, "/lots", **later)
    await world.settle()
    told = {
        one.lot_id: {c.household_id: (c.poor, c.quantity_g) for c in one.contributions}
        for one in world.told_of(LotHarvested)
    }
    assert told == {"lot-1": {"hh-1": (True, 30_000), "hh-4": (False, 10_000)}, "lot-2": {"hh-4": (True, 1_000)}}
    assert await ok(await world.client("farmers").get("/lots/lot-1")) == answer


async def test_the_same_lot_again_is_the_same_lot(world_of: WorldOf) -> None:
    """The same body is answered the same and told once, at the same moment too; another body is refused."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    answers = await asyncio.gather(*(client.post("/lots", json=lot()) for _ in range(4)))
    assert len({answer.text for answer in answers}) == 1
    refused(await client.post("/lots", json=lot(quantity_g=60_001)), 409, "lot-exists")
    refused(await client.post("/lots", json=lot(contributions={"hh-1": 1})), 409, "lot-exists")
    await world.settle()
    assert len(world.told_of(LotHarvested)) == 1


async def test_a_lot_that_cannot_be_is_refused(world_of: WorldOf) -> None:
    """Each refusal names field and rule, nothing is written and nothing told."""
    world = await world_of("farmers")
    await a_county(world)
    bad: list[tuple[dict[str, Any], str, str]] = [
        (lot(contributions={"hh-1": 40_000, "hh-2": 20_001}), "contributions", "contributions-above-quantity"),
        (lot(contributions={"hh-1": 1, "hh-9": 1}), "contributions.1.household_id", "not-a-member"),
        (lot(contributions={"hh-404": 1}), "contributions.0.household_id", "not-a-member"),
        (lot(harvest_day="2026-11-24"), "harvest_day", "harvest-to-come"),
        (lot(harvest_day="2026-09-23"), "harvest_day", "harvest-too-old"),
        (lot(cooperative_id="coop-404"), "cooperative_id", "unknown-cooperative"),
        (lot(quantity_g=0), "quantity_g", "greater_than"),
        (lot() | {"certificate_no": ""}, "certificate_no", "string_pattern_mismatch"),
    ]
    twice = [{"household_id": "hh-1", "quantity_g": 1}] * 2
    bad.append((lot() | {"contributions": twice}, "contributions.1.household_id", "household-twice"))
    done = await post(world, "/lots/batch", lots=[body for body, _, _ in bad])
    assert [(one["field"], one["rule"]) for one in done["refused"]] == [(field, rule) for _, field, rule in bad]
    client = world.client("farmers")
    for body, field, _ in bad:
        answer = await client.post("/lots", json=body)
        assert answer.is_client_error
        assert answer.json()["field"].endswith(field)
    await world.settle()
    assert (await ok(await client.get("/lots")))["items"] == world.told_of(LotHarvested) == []
    refused(await client.get("/lots/lot-404"), 404, "unknown-lot")


async def test_membership_counts_on_the_harvest_day(world_of: WorldOf) -> None:
    """A household that moved brings to its old cooperative what was harvested before, and to the new one since."""
    world = await world_of("farmers")
    await a_county(world)
    world.clock.advance(timedelta(days=1))
    await post(world, "/households/hh-1/moves", cooperative_id=OTHER, from_day="2026-11-24")
    brought = {"hh-1": 1_000}
    client = world.client("farmers")
    before = lot("a", harvest_day="2026-11-23", contributions=brought)
    since = lot("b", OTHER, harvest_day="2026-11-24", contributions=brought)
    await post(world, "/lots", **before)
    await post(world, "/lots", **since)
    early = await client.post("/lots", json=lot("c", OTHER, harvest_day="2026-11-23", contributions=brought))
    late = await client.post("/lots", json=lot("d", harvest_day="2026-11-24", contributions=brought))
    refused(early, 422, "not-a-member")
    refused(late, 422, "not-a-member")


async def test_a_day_of_lots_comes_in_at_once(world_of: WorldOf) -> None:
    """Good lots of a batch are taken and told, bad ones named; the batch again changes nothing."""
    world = await world_of("farmers")
    await a_county(world)
    lots = [lot(f"lot-{n}", contributions={"hh-1": 100 + n}) for n in range(5)]
    lots[2]["quantity_g"] = 1
    lots.append(lot("lot-4"))
    for created in (4, 0):
        done = await post(world, "/lots/batch", lots=lots)
        assert (done["created"], done["unchanged"], len(done["lot_ids"])) == (created, 4 - created, 4)
        assert [one["index"] for one in done["refused"]] == [2, 5]
    await world.settle()
    assert len(world.told_of(LotHarvested)) == 4
    client = world.client("farmers")
    first = await ok(await client.get("/lots", params={"cooperative_id": COOP, "limit": 3}))
    assert ([one["lot_id"] for one in first["items"]], first["next"]) == (["lot-0", "lot-1", "lot-3"], "lot-3")
    refused(await client.post("/lots/batch", json={"lots": [{}] * 201}), 422, "invalid-input")
