"""Receipts by REST: two people weigh, look and sign at the gate."""

import asyncio
from typing import Any

from shared.events.logistics import ConsignmentLoaded, ReceiptSigned
from tests.api.logistics.county import (
    a_confirmation,
    a_dispatch,
    a_lot,
    a_planned_trip,
    an_arrived_order,
    open_county,
    plan,
    the_only_trip,
)
from tests.conftest import WorldOf
from tests.world import ok, refused


def a_receipt(order_id: str = "ord-1", received_g: int = 10_000, accepted_g: int | None = None, **more: Any) -> Any:
    """A body of POST /receipts for a one-line order."""
    line = {"line_id": f"{order_id}-1", "received_g": received_g, "accepted_g": received_g}
    if accepted_g is not None:
        line |= {"accepted_g": accepted_g, "reason": "bruised"}
    return {"order_id": order_id, "signers": ["cook-1", "teacher-2"], "lines": [line]} | more


async def test_a_receipt_is_signed_once_and_told_with_its_lots(world_of: WorldOf) -> None:
    """What two people accept is told once, per line and lot; the same receipt again gets the same answer."""
    world = await world_of("logistics")
    client = await open_county(world)
    await an_arrived_order(world, "ord-1")
    first = await ok(await client.post("/receipts", json=a_receipt(accepted_g=9_000)))
    assert (first["received_g"], first["accepted_g"], first["version"]) == (10_000, 9_000, 1)
    assert await ok(await client.post("/receipts", json=a_receipt(accepted_g=9_000))) == first
    await world.settle()
    (told,) = world.told_of(ReceiptSigned)
    assert [(lot.lot_id, lot.accepted_g) for lot in told.lines[0].lots] == [("lot-1", 9_000)]
    consignment = await ok(await client.get("/consignments/ord-1"))
    assert (consignment["status"], consignment["dispatched_g"], consignment["accepted_g"]) == (
        "received",
        10_000,
        9_000,
    )
    page = await ok(await client.get("/receipts", params={"canteen_id": "sch-1", "day": "2026-11-30"}))
    assert page["items"] == [first]


async def test_a_different_second_receipt_is_refused(world_of: WorldOf) -> None:
    """An order is received once; a second, different receipt is refused and changes nothing."""
    world = await world_of("logistics")
    client = await open_county(world)
    await an_arrived_order(world, "ord-1")
    first = await ok(await client.post("/receipts", json=a_receipt()))
    refused(await client.post("/receipts", json=a_receipt(accepted_g=1)), 409, "receipt-signed")
    assert await ok(await client.get(f"/receipts/{first['receipt_id']}")) == first


async def test_two_receipts_at_once_are_one(world_of: WorldOf) -> None:
    """Of two different receipts sent at the same moment one is signed, and one event told."""
    world = await world_of("logistics")
    client = await open_county(world)
    await an_arrived_order(world, "ord-1")
    bodies = [a_receipt(accepted_g=grams) for grams in (1_000, 2_000)]
    answers = await asyncio.gather(*(client.post("/receipts", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    await world.settle()
    assert len(world.told_of(ReceiptSigned)) == 1


async def test_what_breaks_a_rule_is_refused_by_name(world_of: WorldOf) -> None:
    """A receipt names what breaks a rule: signers, lines, quantities, reasons; nothing is written."""
    world = await world_of("logistics")
    client = await open_county(world)
    await an_arrived_order(world, "ord-1")
    line = {"line_id": "ord-1-1", "received_g": 9_000, "accepted_g": 9_000}
    cases: list[tuple[Any, int, str, str]] = [
        (a_receipt(signers=["cook-1", "cook-1"]), 422, "two-signers", "signers"),
        (a_receipt(received_g=10_001), 422, "more-than-dispatched", "lines.0.received_g"),
        (a_receipt(received_g=9_000, accepted_g=9_001), 422, "more-than-received", "lines.0.accepted_g"),
        (a_receipt(lines=[line | {"accepted_g": 8_000}]), 422, "reason-needed", "lines.0.reason"),
        (a_receipt(lines=[line, line]), 422, "line-twice", "lines.1.line_id"),
        (a_receipt(lines=[line | {"line_id": "lin-9"}]), 404, "unknown-line", "lines.0.line_id"),
        (a_receipt(order_id="ord-9"), 404, "unknown-order", "order_id"),
        (a_receipt(lines=[line | {"received_g": -1}]), 422, "invalid-input", "body.lines.0.received_g"),
    ]
    for body, status, rule, field in cases:
        assert refused(await client.post("/receipts", json=body), status, rule)["field"] == field
    assert (await ok(await client.get("/consignments/ord-1")))["status"] == "arrived"


async def test_only_what_arrived_is_received(world_of: WorldOf) -> None:
    """Food that does not stand at the gate cannot be signed for."""
    world = await world_of("logistics")
    client = await open_county(world)
    await a_planned_trip(world, "ord-1")
    refused(await client.post("/receipts", json=a_receipt()), 409, "not-arrived")


async def test_a_batch_takes_the_good_and_names_the_bad(world_of: WorldOf) -> None:
    """Of the receipts of one delivery each is taken or refused by itself."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1", "ord-2")
    for step in ("load", "depart", "arrive"):
        body = {"canteen_id": "sch-1"} if step == "arrive" else {}
        await ok(await client.post(f"/trips/{trip_id}/{step}", json=body))
    receipts = [a_receipt("ord-1"), a_receipt("ord-2", received_g=99_000), a_receipt("ord-1"), a_receipt("ord-9")]
    answer = await ok(await client.post("/receipts/batch", json={"receipts": receipts}))
    assert answer["taken"] == 1
    assert answer["items"][0]["receipt"]["accepted_g"] == 10_000
    rules = [item["refused"]["rule"] for item in answer["items"][1:]]
    assert rules == ["more-than-dispatched", "order-twice", "unknown-order"]
    await world.settle()
    assert len(world.told_of(ReceiptSigned)) == 1


async def test_an_amendment_is_a_new_version_beside_the_old(world_of: WorldOf) -> None:
    """A receipt is put right by a new version; the old one is kept, a stale reader is refused."""
    world = await world_of("logistics")
    client = await open_county(world)
    await an_arrived_order(world, "ord-1")
    receipt_id = (await ok(await client.post("/receipts", json=a_receipt())))["receipt_id"]
    body = a_receipt(accepted_g=7_000, reason="weighed again")
    del body["order_id"]
    amended = await ok(await client.put(f"/receipts/{receipt_id}", json=body, headers={"If-Match": '"1"'}))
    assert (amended["version"], amended["accepted_g"]) == (2, 7_000)
    assert [(one["version"], one["reason"]) for one in amended["versions"]] == [(1, ""), (2, "weighed again")]
    stale = await client.put(f"/receipts/{receipt_id}", json=body, headers={"If-Match": '"1"'})
    refused(stale, 412, "stale-version")
    refused(await client.put("/receipts/nothing", json=body), 404, "unknown-receipt")
    await world.settle()
    assert [told.version for told in world.told_of(ReceiptSigned)] == [1, 2]
    assert world.told_of(ReceiptSigned)[1].lines[0].lots[0].accepted_g == 7_000


async def test_two_amendments_of_one_version_are_one(world_of: WorldOf) -> None:
    """Of two people amending the version they both read, one is too late."""
    world = await world_of("logistics")
    client = await open_county(world)
    await an_arrived_order(world, "ord-1")
    receipt_id = (await ok(await client.post("/receipts", json=a_receipt())))["receipt_id"]
    bodies = [a_receipt(accepted_g=grams, reason="weighed again") for grams in (5_000, 6_000)]
    for body in bodies:
        del body["order_id"]
    put = [client.put(f"/receipts/{receipt_id}", json=body, headers={"If-Match": "1"}) for body in bodies]
    assert sorted(answer.status_code for answer in await asyncio.gather(*put)) == [200, 412]


async def test_a_recalled_lot_is_neither_loaded_nor_accepted(world_of: WorldOf) -> None:
    """What holds a recalled lot stays behind; at the gate it can only be rejected."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), a_lot("lot-2"), a_confirmation("ord-1"), a_confirmation("ord-2"))
    await world.publish(a_dispatch("ord-1", {"lot-1": 10_000}), a_dispatch("ord-2", {"lot-2": 10_000}))
    await world.settle()
    await plan(world)
    trip_id = await the_only_trip(world)
    await ok(await client.post("/recalls", json={"lot_id": "lot-2", "reason": "residue found"}))
    named = await client.post(f"/trips/{trip_id}/load", json={"order_ids": ["ord-1", "ord-2"]})
    assert refused(named, 409, "lot-recalled")["field"] == "order_ids.1"
    loaded = await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    assert (loaded["loaded"], [one["rule"] for one in loaded["left"]]) == (["ord-1"], ["lot-recalled"])
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": "sch-1"}))
    await ok(await client.post("/recalls", json={"lot_id": "lot-1", "reason": "residue found"}))
    refused(await client.post("/receipts", json=a_receipt()), 409, "lot-recalled")
    rejected = await ok(await client.post("/receipts", json=a_receipt(accepted_g=0)))
    assert rejected["accepted_g"] == 0


async def test_what_is_sound_of_an_order_is_loaded_without_its_recalled_lines(world_of: WorldOf) -> None:
    """One bad lot of many leaves its own lines behind, and nothing else; what is told as loaded says so."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), a_lot("lot-2"), a_lot("lot-3"), a_confirmation("ord-1", grams=(6_000, 4_000)))
    await world.publish(a_dispatch("ord-1", {"lot-1": 5_000, "lot-2": 1_000}, {"lot-3": 4_000}))
    await world.settle()
    await plan(world)
    await ok(await client.post("/recalls", json={"lot_id": "lot-2", "reason": "residue found"}))
    loaded = await ok(await client.post(f"/trips/{await the_only_trip(world)}/load", json={}))
    assert (loaded["loaded"], loaded["left"]) == (["ord-1"], [])
    await world.settle()
    assert [one.loaded_g for one in world.told_of(ConsignmentLoaded)] == [4_000]
