"""What calling off late costs is no food: it is booked, paid and reported out of a fund of its own."""

from datetime import timedelta
from typing import Any

from services.procurement.ledger.proof import prove_in
from shared.events.procurement import OrderPlaced, PaymentConfirmed, SettlementRecorded
from tests.api.procurement import facts
from tests.api.procurement.test_ordering import CLOSES, a_world, post
from tests.api.procurement.test_payment_files import rows_of
from tests.api.procurement.test_payments import balance
from tests.conftest import WorldOf
from tests.world import World, ok, refused

LATE = timedelta(days=5, hours=9)
NOVEMBER = {"month": "2026-11"}
PAYER, PAYEE = f"operating/{facts.COUNTY}", "compensation/coop-1"


async def called_off_late(world_of: WorldOf) -> tuple[World, OrderPlaced]:
    """Return a world in which an official called off a confirmed order of 6,000 fen when ordering had closed."""
    world = await a_world(world_of, **CLOSES)
    (placed,) = world.told_of(OrderPlaced)
    await world.publish(facts.accepted(placed))
    await world.settle()
    world.clock.advance(LATE)
    for _ in range(2):
        await ok(await post(world, f"/orders/{placed.order_id}/cancel", reason="closed", by="official", name="李"))
    await world.settle()
    return world, placed


async def of_month(world: World) -> Any:
    """Return the total of November's report."""
    return (await ok(await world.client("procurement").get("/reports/month", params=NOVEMBER)))["total"]


async def test_calling_off_late_is_booked_apart_from_food(world_of: WorldOf) -> None:
    """The county's operating fund owes it to the supplier, once; no school's money and no household is in it."""
    world, placed = await called_off_late(world_of)
    assert [await balance(world, account) for account in (PAYER, PAYEE)] == [-1_800, 1_800]
    assert await ok(await world.client("procurement").get("/ledger/sum")) == {"entries": 2, "sum_fen": 0}
    total = await of_month(world)
    assert (total["compensation_fen"], total["spend_fen"], total["orders"], total["from_county_fen"]) == (
        1_800,
        0,
        0,
        0,
    )
    client = world.client("procurement")
    for who in ("schools/school-1", "cooperatives/coop-1"):
        statement = await ok(await client.get(f"/statements/{who}", params=NOVEMBER))
        assert (statement["total_fen"], statement["ledger_fen"], statement["money"]["paid_fen"]) == (0, 0, 0)
        assert statement["money"]["compensation_fen"] == 1_800
        document = await client.get(f"/statements/{who}/pdf", params=NOVEMBER)
        assert document.content.startswith(b"%PDF-")
    (due,) = (await ok(await client.get("/settlements")))["items"]
    assert (due["purpose"], due["receipt_id"], due["order_id"]) == ("compensation", "", placed.order_id)
    assert all(proof.holds for proof in await prove_in(world.services["procurement"].database, None))
    assert world.told_of(SettlementRecorded) == []


async def test_it_is_paid_by_a_file_of_its_own(world_of: WorldOf) -> None:
    """A file of food leaves it out, one of compensation pays it; farmers hear of no money they have to pass on."""
    world, _ = await called_off_late(world_of)
    world.clock.advance(timedelta(days=3))
    client = world.client("procurement")
    wanted = {"county_code": facts.COUNTY, "until": "2026-12-01", "created_by": "official-1"}
    refused(await client.post("/payment-files", json=wanted), 422, "nothing-due")
    month = NOVEMBER | {"cooperative_id": "coop-1", "paid_on": "2026-12-01", "reference": "a"}
    refused(await client.post("/payments", json=month), 422, "nothing-due")
    made = await ok(await client.post("/payment-files", json=wanted | {"purpose": "compensation"}))
    assert (made["amount_fen"], made["purpose"]) == (1_800, "compensation")
    (row,) = rows_of(await client.get(f"/payment-files/{made['file_id']}/csv"))
    assert (row["amount_yuan"], row["purpose"]) == ("18.00", "compensation")
    body = {"payment_file_id": made["file_id"], "paid_on": "2026-12-01", "reference": "batch 7"}
    paid = await ok(await client.post("/payments", json=body))
    assert await ok(await client.post("/payments", json=body)) == paid
    assert [(one["amount_fen"], one["purpose"]) for one in paid["payments"]] == [(1_800, "compensation")]
    await world.settle()
    assert world.told_of(PaymentConfirmed) == []
    assert [await balance(world, account) for account in (PAYER, PAYEE, f"{PAYEE}/paid")] == [-1_800, 0, 1_800]
    statement = await ok(await client.get("/statements/cooperatives/coop-1", params=NOVEMBER))
    assert statement["money"]["compensation_paid_fen"] == 1_800
    total = await of_month(world)
    assert (total["compensation_fen"], total["paid_fen"], total["held_fen"]) == (1_800, 0, 0)


async def test_what_was_packed_all_the_same_is_owed_no_more(world_of: WorldOf) -> None:
    """Half of it had been packed when it was called off: that is carried and paid as food, its part is taken back."""
    world, placed = await called_off_late(world_of)
    await world.publish(facts.dispatched(placed, 15_000))
    await world.settle()
    assert (await facts.order(world, placed))["owed_fen"] == 900
    assert [await balance(world, account) for account in (PAYER, PAYEE)] == [-900, 900]
    assert [each["amount_fen"] for each in (await ok(await entries_of(world, PAYEE)))["items"]] == [1_800, -900]
    await facts.no_dead_letters(world)


async def entries_of(world: World, account: str) -> Any:
    """Ask for the entries of an account."""
    return await world.client("procurement").get("/ledger/entries", params={"account": account})
