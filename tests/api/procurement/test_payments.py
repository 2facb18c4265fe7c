"""Payments are confirmed: once, never more than is due, told to those whose money it is."""

import asyncio
from typing import Any

import pytest

from services.procurement.ledger.proof import prove
from shared.events.farmers import HouseholdsPaid, Payout
from shared.events.procurement import OrderPlaced, PaymentConfirmed, SettlementRecorded
from shared.fields import PayoutMethod
from tests.api.procurement import facts
from tests.api.procurement.test_settlement import LOT, a_delivery
from tests.conftest import WorldOf
from tests.people import official
from tests.world import World, ok, refused

STATEMENT = {"cooperative_id": "coop-1", "month": "2026-11", "paid_on": "2026-11-23", "reference": "20261123-0007"}
PART = {"settlement_id": "x", "amount_fen": 1}


async def settled(world_of: WorldOf, *grams: int) -> tuple[World, OrderPlaced]:
    """Return a world in which 20 kg at 200 fen/kg are settled: 1,000 fen for the cooperative, 3,000 for households."""
    world, placed = await a_delivery(world_of)
    for version, accepted in enumerate(grams or (20_000,), start=1):
        await world.publish(LOT, facts.a_receipt(placed, accepted, version=version))
        await world.settle()
    return world, placed


async def balance(world: World, account: str) -> int:
    """Return what is in an account, in fen."""
    query = {"account": account}
    entries = (await ok(await world.client("procurement").get("/ledger/entries", params=query)))["items"]
    return sum(entry["amount_fen"] for entry in entries)


async def pay(world: World, **more: Any) -> Any:
    """Confirm a payment; returns it."""
    body = {name: value for name, value in (STATEMENT | more).items() if value is not None}
    (payment,) = (await ok(await world.client("procurement").post("/payments", json=body)))["payments"]
    return payment


async def test_a_statement_is_paid_once(world_of: WorldOf) -> None:
    """All that is open of the month is paid, told once; the cooperative holds what is for its households."""
    world, _ = await settled(world_of)
    payment = await pay(world)
    assert (payment["amount_fen"], payment["county_code"], payment["lines"]) == (4_000, facts.COUNTY, 1)
    assert await pay(world) == payment
    await world.settle()
    (told,) = world.told_of(PaymentConfirmed)
    (recorded,) = world.told_of(SettlementRecorded)
    assert [(each.settlement_id, each.amount_fen) for each in told.settlements] == [(recorded.settlement_id, 4_000)]
    assert (told.amount_fen, told.reference, str(told.paid_on)) == (4_000, "20261123-0007", "2026-11-23")
    accounts = ("cooperative/coop-1", "household/hh-2", "cooperative/coop-1/paid", "cooperative/coop-1/held")
    assert [await balance(world, account) for account in accounts] == [0, 0, 1_000, 3_000]
    assert await balance(world, "school/school-1/food-money") == -4_000
    client = world.client("procurement")
    (due,) = (await ok(await client.get("/settlements", params={"cooperative_id": "coop-1"})))["items"]
    shown = [due[name] for name in ("amount_fen", "paid_fen", "held_fen", "passed_fen", "open", "due_on")]
    assert shown == [4_000, 4_000, 3_000, 0, False, "2026-12-30"]
    assert (await ok(await client.get("/settlements", params={"open": True})))["items"] == []
    (listed,) = (await ok(await client.get("/payments", params={"cooperative_id": "coop-1"})))["items"]
    assert listed | {"settlements": payment["settlements"]} == payment
    assert await ok(await client.get(f"/payments/{payment['payment_id']}")) == payment
    assert (await ok(await client.get("/ledger/sum")))["sum_fen"] == 0


async def test_paying_changes_no_income(world_of: WorldOf) -> None:
    """Statements and the week's report say what was earned, paid or not."""
    world, _ = await settled(world_of)
    client = world.client("procurement")
    urls = [f"/statements/{who}?month=2026-11" for who in ("cooperatives/coop-1", "households/poor-1")]
    urls.append("/reports/week?week_start=2026-11-30")
    before = [await ok(await client.get(url)) for url in urls]
    await pay(world)
    after = [await ok(await client.get(url)) for url in urls]
    assert before[0].pop("money") != after[0].pop("money")
    assert after == before


async def test_an_official_pays_what_the_own_county_owes(world_of: WorldOf) -> None:
    """Near a border a cooperative delivers to two counties: a month's statement is paid by each for its own schools."""
    world, _ = await settled(world_of)
    there = {"county_code": "520602"}
    school = facts.a_canteen("school-2").model_copy(update=there)
    menu = facts.a_menu({("cabbage", facts.MONDAY): 10_000}, "school-2", "menu-2").model_copy(update=there)
    await world.publish(school, menu)
    await world.settle()
    await facts.run(world, "520602")
    (placed,) = [each for each in world.told_of(OrderPlaced) if each.canteen_id == "school-2"]
    await world.publish(facts.accepted(placed), facts.dispatched(placed), facts.a_receipt(placed, 10_000))
    await world.settle()
    mine = world.client("procurement", as_=official(facts.COUNTY))
    (payment,) = (await ok(await mine.post("/payments", json=STATEMENT)))["payments"]
    assert (payment["amount_fen"], payment["county_code"]) == (4_000, facts.COUNTY)
    refused(await mine.post("/payments", json=STATEMENT | {"reference": "second"}), 422, "nothing-due")
    open_ones = (await ok(await world.client("procurement").get("/settlements", params={"open": True})))["items"]
    assert [(each["county_code"], each["amount_fen"], each["paid_fen"]) for each in open_ones] == [("520602", 2_000, 0)]


async def test_parts_are_paid_until_nothing_is_due(world_of: WorldOf) -> None:
    """A settlement is paid in parts, by what each is due; more than is due is refused."""
    world, _ = await settled(world_of)
    client = world.client("procurement")
    (due,) = (await ok(await client.get("/settlements")))["items"]
    part = {"settlement_id": due["settlement_id"], "amount_fen": 1_001}
    await pay(world, month=None, settlements=[part], reference="first")
    assert await balance(world, "cooperative/coop-1/held") == 751
    body = {**STATEMENT, "settlements": [{**part, "amount_fen": 3_000}], "reference": "second"}
    del body["month"]
    refused(await client.post("/payments", json=body), 409, "more-than-due")
    rest = await pay(world, reference="rest")
    assert rest["amount_fen"] == 2_999
    assert await balance(world, "cooperative/coop-1/held") == 3_000
    refused(await client.post("/payments", json=STATEMENT), 422, "nothing-due")


async def test_a_correction_is_set_off(world_of: WorldOf) -> None:
    """What a corrected receipt takes back after it was paid waits, and is set off with what comes next."""
    world, placed = await settled(world_of)
    await pay(world)
    await world.publish(facts.a_receipt(placed, 10_000, version=2))
    await world.settle()
    client = world.client("procurement")
    answer = await client.post("/payments", json=STATEMENT | {"reference": "second"})
    assert "2000 fen more" in refused(answer, 409, "negative-payment")["detail"]
    await world.publish(facts.a_receipt(placed, 25_000, version=3))
    await world.settle()
    assert (await pay(world, reference="second"))["amount_fen"] == 1_000
    assert await balance(world, "cooperative/coop-1/held") == 3_750


async def test_the_same_confirmed_twice_at_once_is_one_payment(world_of: WorldOf) -> None:
    """Two officials confirm at the same moment: one payment; with two references one of them finds nothing due."""
    world, _ = await settled(world_of)
    one, other = await asyncio.gather(pay(world), pay(world))
    assert one == other
    await world.settle()
    assert len(world.told_of(PaymentConfirmed)) == 1


@pytest.mark.parametrize(
    ("change", "status", "rule", "field"),
    [
        ({"cooperative_id": "nobody"}, 404, "unknown-cooperative", "cooperative_id"),
        ({"month": None}, 422, "month-or-settlements", "month"),
        ({"settlements": [PART]}, 422, "month-or-settlements", "month"),
        (
            {"month": None, "settlements": [{"settlement_id": "x", "amount_fen": 1}]},
            404,
            "unknown-settlement",
            "settlements",
        ),
        (
            {"month": None, "settlements": [PART] * 2},
            422,
            "twice-in-body",
            "settlements",
        ),
        ({"paid_on": "2026-11-24"}, 422, "paid-in-the-future", "paid_on"),
        ({"reference": "4111111111111111"}, 422, "account-number", "reference"),
        ({"month": "2026-12"}, 422, "nothing-due", "cooperative_id"),
    ],
)
async def test_nonsense_is_refused(
    world_of: WorldOf, change: dict[str, Any], status: int, rule: str, field: str
) -> None:
    """A payment that cannot be meant is refused with rule and field."""
    world = await world_of("procurement")
    await world.publish(facts.a_cooperative())
    await world.settle()
    answer = await world.client("procurement").post("/payments", json=STATEMENT | change)
    assert refused(answer, status, rule)["field"] == field


async def test_a_reference_pays_one_thing(world_of: WorldOf) -> None:
    """The same reference for another day is refused; a payment nobody made is not found."""
    world, _ = await settled(world_of)
    await pay(world)
    client = world.client("procurement")
    answer = await client.post("/payments", json=STATEMENT | {"paid_on": "2026-11-22"})
    refused(answer, 409, "reference-used")
    refused(await client.get("/payments/nobody"), 404, "unknown-payment")


async def test_what_households_got_leaves_what_their_cooperative_holds(world_of: WorldOf) -> None:
    """A payout moves money from the cooperative's holding to its households, once; another takes it back."""
    world, _ = await settled(world_of)
    await pay(world)
    await world.settle()
    (recorded,) = world.told_of(SettlementRecorded)
    parts = tuple(
        Payout(household_id=name, settlement_id=recorded.settlement_id, amount_fen=fen)
        for name, fen in (("poor-1", 1_000), ("hh-2", 1_500))
    )
    paid = HouseholdsPaid(
        payout_id="payout-1",
        cooperative_id="coop-1",
        payouts=parts,
        paid_on=facts.MONDAY,
        method=PayoutMethod.BANK,
        confirmed_at=facts.AT,
    )
    await world.publish(paid, paid)
    await world.settle()
    accounts = ("cooperative/coop-1/held", "household/poor-1/paid", "household/hh-2/paid")
    assert [await balance(world, account) for account in accounts] == [500, 1_000, 1_500]
    back = tuple(part.model_copy(update={"amount_fen": -part.amount_fen}) for part in parts)
    told = {"payout_id": "payout-2", "payouts": back, "reverses": "payout-1", "reason": "wrong account"}
    await world.publish(paid.model_copy(update=told))
    await world.settle()
    assert [await balance(world, account) for account in accounts] == [3_000, 0, 0]
    await facts.no_dead_letters(world)


async def test_every_booking_can_be_opened_and_proved(world_of: WorldOf) -> None:
    """A transaction shows its entries and its link; the chain is verified in pieces; what is not there is not found."""
    world, _ = await settled(world_of)
    await pay(world)
    await world.settle()
    client = world.client("procurement")
    (chain,) = (await ok(await client.get("/ledger/chains")))["items"]
    assert (chain["county_code"], chain["links"], chain["waiting"]) == (facts.COUNTY, 2, 0)
    url = f"/ledger/chains/{facts.COUNTY}/verification"
    whole = await ok(await client.get(url))
    assert whole == {"county_code": facts.COUNTY, "links": 2, "last": chain["last"], "broken": None, "next": None}
    first = await ok(await client.get(url, params={"limit": 1}))
    assert (first["links"], first["next"]) == (1, 1)
    assert (await ok(await client.get(url, params={"after": 1})))["last"] == chain["last"]
    shown = await ok(await client.get(f"/ledger/transactions/{chain['last']['transaction_id']}"))
    assert (shown["kind"], shown["link"]) == ("payment", chain["last"])
    assert {entry["account"]: entry["amount_fen"] for entry in shown["entries"]} == {
        "cooperative/coop-1": -1_000,
        "cooperative/coop-1/paid": 1_000,
        "cooperative/coop-1/held": 3_000,
        "household/poor-1": -1_000,
        "household/hh-2": -2_000,
    }
    refused(await client.get(url, params={"after": 9}), 404, "unknown-link")
    refused(await client.get("/ledger/transactions/nobody"), 404, "unknown-transaction")


async def test_the_command_proves_the_ledger(world_of: WorldOf) -> None:
    """`verify-ledger` says what holds; of a county nobody booked for nothing is proved."""
    world, _ = await settled(world_of)
    proofs = await prove(world.services["procurement"].settings, None)
    assert [proof.holds for proof in proofs] == [True, True]
    assert proofs[0].text.startswith(f"{facts.COUNTY}: 1 links hold, the last is ")
    assert proofs[1].text == "4 entries sum to 0 fen"
    other = await prove(world.services["procurement"].settings, "529999")
    assert [proof.holds for proof in other] == [False, True]
