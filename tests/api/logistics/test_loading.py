"""The loading check by REST: the right lots count, wrong, recalled and cancelled ones stay behind."""

from typing import Any

from tests.api.logistics.county import (
    a_confirmation,
    a_dispatch,
    a_lot,
    a_planned_trip,
    open_county,
    plan,
    the_only_trip,
)
from tests.conftest import WorldOf
from tests.world import ok, refused


def scans(*lots: str | tuple[str, str]) -> dict[str, Any]:
    """A body of POST /trips/…/scans: lots, or lots with their order."""
    told = [{"lot_id": lot} if isinstance(lot, str) else {"lot_id": lot[0], "order_id": lot[1]} for lot in lots]
    return {"by": "loader-1", "scans": told}


async def test_scanned_lots_are_checked_against_what_was_packed(world_of: WorldOf) -> None:
    """A lot of the trip counts for its orders, once; one of no order of it, or of another order, is refused."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), a_lot("lot-2"), a_confirmation("ord-1"), a_confirmation("ord-2"))
    await world.publish(a_dispatch("ord-1", {"lot-1": 6_000, "lot-2": 4_000}), a_dispatch("ord-2", {"lot-1": 10_000}))
    await world.settle()
    await plan(world)
    trip_id = await the_only_trip(world)
    path = f"/trips/{trip_id}/scans"
    first = await ok(await client.post(path, json=scans("lot-1", "lot-9", ("lot-2", "ord-2"))))
    assert [(one["index"], one["rule"]) for one in first["refused"]] == [(1, "wrong-lot"), (2, "wrong-lot")]
    assert [(one["order_id"], one["complete"]) for one in first["orders"]] == [("ord-1", False), ("ord-2", True)]
    again = await ok(await client.post(path, json=scans(("lot-2", "ord-1"), "lot-1") | {"by": "loader-2"}))
    assert (again["complete"], again["refused"]) == (True, [])
    assert [lot["scanned_by"] for lot in again["orders"][0]["lots"]] == ["loader-1", "loader-2"]
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    refused(await client.post(path, json=scans("lot-1")), 409, "trip-departed")
    assert (await ok(await client.get(f"/trips/{trip_id}/loading-check")))["complete"] is True
    refused(await client.get("/trips/nothing/loading-check"), 404, "unknown-trip")


async def test_a_recalled_lot_stays_behind(world_of: WorldOf) -> None:
    """A recalled lot is refused, and the check is not complete, even where it was scanned before."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1")
    path = f"/trips/{trip_id}/scans"
    assert (await ok(await client.post(path, json=scans("lot-1"))))["complete"] is True
    await ok(await client.post("/recalls", json={"lot_id": "lot-1", "reason": "residue"}))
    answer = await ok(await client.post(path, json=scans("lot-1")))
    assert [one["rule"] for one in answer["refused"]] == ["lot-recalled"]
    assert answer["complete"] is False
    assert answer["orders"][0]["lots"][0]["recalled"] is True
