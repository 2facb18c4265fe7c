"""Disputes from a receipt to the decision, with the ledger and the statements beside them."""

from datetime import timedelta
from typing import Any

from shared.events.procurement import OrderPlaced, SettlementRecorded
from tests.api.procurement import facts
from tests.api.procurement.test_payments import balance, pay
from tests.api.procurement.test_settlement import LOT, a_delivery
from tests.conftest import WorldOf
from tests.world import World, ok, refused

TERMS = {
    "region_code": "52",
    "valid_from": "2026-09-01",
    "payment_days": 15,
    "dispute_days": 7,
    "weight_permille": 20,
    "tolerance_fen": 500,
}
SHARES = {
    "region_code": facts.COUNTY,
    "valid_from": "2026-09-01",
    "central_permille": 600,
    "local_permille": 400,
    "parents_permille": 0,
}


async def a_dispute(world_of: WorldOf) -> tuple[World, OrderPlaced, dict[str, Any]]:
    """Return a world in which 20 of 30 kg were accepted, 4,000 fen are paid and 2,000 held back."""
    world, placed = await a_delivery(world_of)
    client = world.client("procurement")
    assert (await ok(await client.put("/settlement-terms", json={"rows": [TERMS]})))["created"] == 1
    assert (await ok(await client.put("/funding-shares", json={"rows": [SHARES]})))["created"] == 1
    await world.publish(LOT, facts.a_receipt(placed, 20_000))
    await world.settle()
    (dispute,) = (await ok(await client.get("/disputes", params={"status": "open"})))["items"]
    return world, placed, dispute


async def funds(world: World) -> list[int]:
    """Return what was taken out of the school's funds, and what of it is held back."""
    names = ("food-money/central", "food-money/local", "disputed")
    return [await balance(world, f"school/school-1/{name}") for name in names]


async def test_the_undisputed_is_paid_and_the_rest_is_held(world_of: WorldOf) -> None:
    """What was accepted is due at once; what is disputed leaves the funds and is in no statement's total."""
    world, _, dispute = await a_dispute(world_of)
    assert (dispute["weighed_fen"], dispute["held_fen"], dispute["decide_by"]) == (4_000, 2_000, "2026-11-30")
    assert await funds(world) == [-3_600, -2_400, 2_000]
    client = world.client("procurement")
    statement = await ok(await client.get("/statements/schools/school-1", params={"month": "2026-11"}))
    assert (statement["total_fen"], statement["ledger_fen"]) == (4_000, -4_000)
    assert {name: fen for name, fen in statement["money"].items() if fen} == {"disputed_fen": 2_000}
    assert (await pay(world))["amount_fen"] == 4_000
    (due,) = (await ok(await client.get("/settlements")))["items"]
    assert due["due_on"] == "2026-12-15"
    report = await ok(await client.get("/reports/week", params={"week_start": "2026-11-30"}))
    assert (report["spend_fen"], report["ledger_sum_fen"]) == (4_000, 0)


async def test_a_decision_is_booked_once(world_of: WorldOf) -> None:
    """An amount in between goes to those who brought what was accepted, the rest back to the funds; told once."""
    world, placed, dispute = await a_dispute(world_of)
    client = world.client("procurement")
    url = f"/disputes/{dispute['dispute_id']}"
    for side, text in (("school", "wilted"), ("cooperative", "fresh when packed")):
        dispute = await ok(await client.put(f"{url}/statements/{side}", json={"text": text}))
    assert (dispute["school_statement"], dispute["cooperative_statement"]) == ("wilted", "fresh when packed")
    decision = {"decision": "amount", "amount_fen": 5_000, "decided_by": "official-1", "reason": "half of it was"}
    refused(await client.post(f"{url}/decision", json=decision, headers={"If-Match": '"1"'}), 412, "stale-version")
    decided = await ok(await client.post(f"{url}/decision", json=decision, headers={"If-Match": '"3"'}))
    assert (decided["status"], decided["amount_fen"], decided["held_fen"]) == ("decided", 5_000, 0)
    await world.settle()
    assert await funds(world) == [-3_000, -2_000, 0]
    accounts = ("cooperative/coop-1", "household/poor-1", "household/hh-2")
    assert [await balance(world, account) for account in accounts] == [1_250, 1_250, 2_500]
    first, told = world.told_of(SettlementRecorded)
    assert (first.amount_fen, told.amount_fen, told.cooperative_fen) == (4_000, 1_000, 250)
    assert [(line.accepted_change_g, line.amount_fen) for line in told.lines] == [(0, 1_000)]
    assert (await facts.order(world, placed))["lines"][0]["amount_fen"] == 5_000
    statement = await ok(await client.get("/statements/schools/school-1", params={"month": "2026-11"}))
    assert (statement["total_fen"], statement["ledger_fen"]) == (5_000, -5_000)
    refused(await client.post(f"{url}/decision", json=decision), 409, "dispute-over")
    assert (await pay(world))["amount_fen"] == 5_000
    await world.publish(facts.a_receipt(placed, 10_000, version=2))
    await world.settle()
    assert await funds(world) == [-3_000, -2_000, 0]
    await facts.no_dead_letters(world)


async def test_what_was_rejected_whole_can_be_paid_as_ordered(world_of: WorldOf) -> None:
    """Nothing accepted tells nobody anything; decided as ordered it is the cooperative's."""
    world, placed = await a_delivery(world_of)
    client = world.client("procurement")
    await ok(await client.put("/settlement-terms", json={"rows": [TERMS]}))
    await world.publish(facts.a_receipt(placed, 0))
    await world.settle()
    assert world.told_of(SettlementRecorded) == []
    (dispute,) = (await ok(await client.get("/disputes")))["items"]
    body = {"decision": "as-ordered", "decided_by": "official-1", "reason": "the gate was locked"}
    await ok(await client.post(f"/disputes/{dispute['dispute_id']}/decision", json=body))
    await world.settle()
    (told,) = world.told_of(SettlementRecorded)
    assert (told.amount_fen, told.cooperative_fen, told.households) == (6_000, 6_000, ())
    assert (await ok(await client.get("/ledger/sum")))["sum_fen"] == 0


async def test_a_corrected_receipt_can_make_a_dispute_void(world_of: WorldOf) -> None:
    """Weighed anew within tolerance there is nothing to decide, and nothing is held back."""
    world, placed, dispute = await a_dispute(world_of)
    await world.publish(facts.a_receipt(placed, 29_900, version=2))
    await world.settle()
    client = world.client("procurement")
    shown = await ok(await client.get(f"/disputes/{dispute['dispute_id']}"))
    assert (shown["status"], shown["held_fen"]) == ("withdrawn", 0)
    assert await funds(world) == [-3_588, -2_392, 0]


async def test_late_disputes_are_listed(world_of: WorldOf) -> None:
    """Past its deadline an open dispute is late; what cannot be meant is refused."""
    world, _, dispute = await a_dispute(world_of)
    client = world.client("procurement")
    assert (await ok(await client.get("/disputes", params={"late": True})))["items"] == []
    world.clock.advance(timedelta(days=8))
    (late,) = (await ok(await client.get("/disputes", params={"late": True, "county_code": facts.COUNTY})))["items"]
    assert late["dispute_id"] == dispute["dispute_id"]
    refused(await client.get("/disputes/nobody"), 404, "unknown-dispute")
    body = {"decision": "amount", "amount_fen": 1, "decided_by": "o", "reason": "r"}
    answer = await client.post(f"/disputes/{dispute['dispute_id']}/decision", json=body)
    assert refused(answer, 422, "amount")["field"] == "amount_fen"


async def test_bad_terms_are_named(world_of: WorldOf) -> None:
    """Good rows are taken, bad ones named; said again, nothing changes."""
    client = (await world_of("procurement")).client("procurement")
    rows = [TERMS, TERMS, TERMS | {"region_code": "5"}, TERMS | {"valid_from": "2026-10-01", "tolerance_fen": None}]
    done = await ok(await client.put("/settlement-terms", json={"rows": rows}))
    assert done["created"] == 1
    assert [(one["index"], one["rule"]) for one in done["refused"]] == [
        (1, "twice-in-body"),
        (2, "string_pattern_mismatch"),
        (3, "value_error"),
    ]
    assert (await ok(await client.put("/settlement-terms", json={"rows": [TERMS]})))["unchanged"] == 1
    changed = await ok(await client.put("/settlement-terms", json={"rows": [TERMS | {"payment_days": 3}]}))
    assert changed["changed"] == 1
    assert [one["payment_days"] for one in (await ok(await client.get("/settlement-terms")))["items"]] == [3]
    half = SHARES | {"central_permille": 500}
    both = SHARES | {"canteen_id": "school-1"}
    done = await ok(await client.put("/funding-shares", json={"rows": [half, both, SHARES]}))
    assert (done["created"], [one["index"] for one in done["refused"]]) == (1, [0, 1])
    (listed,) = (await ok(await client.get("/funding-shares")))["items"]
    assert (listed["scope"], listed["central_permille"]) == ("region:520628", 600)
