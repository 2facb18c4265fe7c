"""At the gate: weighing, part acceptance, rejection, and what is paid."""

from tests import builders as b
from tests.journeys.county import County
from tests.world import World, ok, refused


async def _until_arrival(county: County[World]) -> None:
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    await county.harvest_and_dispatch()
    await county.drive()


async def test_only_what_is_accepted_is_paid(county: County[World]) -> None:
    """A part receipt pays the accepted part; the rest was rejected with a reason."""
    await _until_arrival(county)
    await county.receive(permille=600)
    report = await county.check()
    assert (report["received_g"], report["accepted_g"]) == (22_000, 13_200)
    lines = [line for order in await county.orders() for line in order["lines"]]
    assert report["spend_fen"] == sum(line["accepted_g"] * line["price_fen_per_kg"] // 1000 for line in lines)


async def test_rejected_food_is_not_paid_at_all(county: County[World]) -> None:
    """Everything rejected: nothing is paid, the ledger stays at zero."""
    await _until_arrival(county)
    await county.receive(permille=0)
    report = await county.check()
    assert (report["accepted_g"], report["spend_fen"], report["households_paid"]) == (0, 0, 0)


async def test_a_receipt_for_more_than_was_dispatched_changes_nothing(county: County[World]) -> None:
    """More than was dispatched cannot have been weighed; the refusal names the field."""
    await _until_arrival(county)
    (one,) = await county.consignments()
    receipt = county.a_receipt(one)
    receipt["lines"][0]["received_g"] += 1
    problem = (await county.logistics.post("/receipts", json=receipt)).json()
    assert problem["status"] == 422
    assert "received_g" in problem["field"]
    await county.world.settle()
    assert (await county.check())["received_g"] == 0


async def test_one_person_cannot_sign_twice(county: County[World]) -> None:
    """A receipt has two different signers (domain.md §5)."""
    await _until_arrival(county)
    (one,) = await county.consignments()
    receipt = county.a_receipt(one) | {"signers": ["cook-1", "cook-1"]}
    assert (await county.logistics.post("/receipts", json=receipt)).status_code == 422


async def test_a_corrected_receipt_is_a_new_version_and_a_correcting_booking(county: County[World]) -> None:
    """The ledger is never changed: a correction books the difference."""
    await _until_arrival(county)
    await county.receive()
    before = (await county.check())["spend_fen"]
    entries = (await ok(await county.procurement.get("/ledger/sum")))["entries"]
    (one,) = await county.consignments()
    listed = (await ok(await county.logistics.get("/receipts", params={"canteen_id": "sch-1"})))["items"]
    corrected = county.a_receipt(one, 500) | {"reason": "weighed again"}
    del corrected["order_id"]
    route = f"/receipts/{listed[0]['receipt_id']}"
    await ok(await county.logistics.put(route, json=corrected, headers={"If-Match": '"1"'}))
    stale = await county.logistics.put(route, json=corrected, headers={"If-Match": '"1"'})
    refused(stale, 412, "stale-version")
    await county.world.settle()
    report = await county.check()
    assert report["spend_fen"] == before // 2
    assert (await ok(await county.procurement.get("/ledger/sum")))["entries"] > entries


async def test_the_same_receipt_sent_twice_is_one_receipt(county: County[World]) -> None:
    """A phone that sends again gets the first answer; nothing is booked twice."""
    await _until_arrival(county)
    (one,) = await county.consignments()
    first = await ok(await county.logistics.post("/receipts", json=county.a_receipt(one)))
    again = await ok(await county.logistics.post("/receipts", json=county.a_receipt(one)))
    assert first["receipt_id"] == again["receipt_id"]
    await county.world.settle()
    assert (await county.check())["accepted_g"] == 22_000
