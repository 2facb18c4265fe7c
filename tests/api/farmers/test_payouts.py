"""What cooperatives are paid is passed on to their households: once, whole, and on record."""

import asyncio
from datetime import date
from typing import Any

import httpx
from sqlalchemy import text

from shared.events.farmers import HouseholdsPaid
from tests import world as worlds
from tests.api.farmers.builders import COOP, OTHER, a_county, post
from tests.api.farmers.money import corrected, paid, payout, settled, tell
from tests.conftest import WorldOf
from tests.world import World, ok

FIRST = settled("s-1", 100, hh_1=(4_000, 600), hh_4=(1_000, 150))
SECOND = settled("s-2", 0, hh_1=(2_000, 300), hh_2=(2_000, 300))


def refused(response: httpx.Response, status: int, rule: str, field: str | None = None) -> None:
    """The request was refused by a rule, at a field where one is named."""
    problem = worlds.refused(response, status, rule)
    assert field is None or problem["field"] == field


async def a_paid_county(world_of: WorldOf) -> World:
    """A cooperative that was paid the first of its two settlements."""
    world = await world_of("farmers")
    await a_county(world)
    await tell(world, FIRST, SECOND, paid("pay-1", FIRST))
    return world


async def told(world: World) -> list[dict[tuple[str, str], int]]:
    """What every payout told: fen by (household, settlement)."""
    await world.settle()
    return [
        {(line.household_id, line.settlement_id): line.amount_fen for line in event.payouts}
        for event in world.told_of(HouseholdsPaid)
    ]


async def waiting(world: World, payment_id: str = "pay-1") -> tuple[int, int]:
    """Households and fen of a payment that were not passed on."""
    items = (await ok(await world.client("farmers").get(f"/cooperatives/{COOP}/payments")))["items"]
    (row,) = [item for item in items if item["payment_id"] == payment_id]
    return row["waiting_households"], row["waiting_fen"]


async def pay(world: World, **body: Any) -> Any:
    """What `POST /payouts` answers."""
    return await world.client("farmers").post("/payouts", json=payout(**body))


async def test_one_request_pays_all_that_waits_of_a_payment(world_of: WorldOf) -> None:
    """Every waiting part of the payment is paid, nothing of what the cooperative was not paid; told once."""
    world = await a_paid_county(world_of)
    assert await waiting(world) == (2, 750)
    done = await ok(await pay(world, payment_id="pay-1"))
    assert (done["households"], done["amount_fen"], done["reverses"]) == (2, 750, None)
    assert await waiting(world) == (0, 0)
    assert await told(world) == [{("hh-1", "s-1"): 600, ("hh-4", "s-1"): 150}]
    shown = await ok(await world.client("farmers").get("/payouts/payout-1", params={"limit": 1}))
    assert [(one["household_id"], one["amount_fen"]) for one in shown["items"]] == [("hh-1", 600)]
    rest = await ok(await world.client("farmers").get("/payouts/payout-1", params={"after": shown["next"]}))
    assert rest["items"] == [
        {"household_id": "hh-4", "amount_fen": 150, "parts": [{"settlement_id": "s-1", "amount_fen": 150}]}
    ]


async def test_chosen_households_are_paid_and_the_others_wait(world_of: WorldOf) -> None:
    """Who is not named waits on; cash is a way to pay."""
    world = await a_paid_county(world_of)
    done = await ok(await pay(world, household_ids=["hh-4"], method="cash"))
    assert (done["amount_fen"], done["method"]) == (150, "cash")
    assert await waiting(world) == (1, 600)
    twice = await pay(world, payout_id="p-2", household_ids=["hh-1", "hh-1"])
    refused(twice, 422, "twice-in-request", field="household_ids.1")


async def test_a_payout_recorded_again_changes_nothing(world_of: WorldOf) -> None:
    """The same request has the same answer and is told once; another one under its id is refused."""
    world = await a_paid_county(world_of)
    done = await ok(await pay(world))
    assert await ok(await pay(world)) == done
    refused(await pay(world, method="cash"), 409, "payout-exists")
    assert len(await told(world)) == 1
    refused(await pay(world, payout_id="p-2"), 409, "nothing-waiting")


async def test_a_household_is_never_paid_before_its_cooperative(world_of: WorldOf) -> None:
    """Not while the money has not come, and not on a day before it came; not on a day to come either."""
    world = await a_paid_county(world_of)
    refused(await pay(world, household_ids=["hh-1", "hh-2"]), 422, "cooperative-not-paid", field="household_ids.1")
    refused(await pay(world, paid_on="2026-11-19"), 422, "cooperative-not-paid", field="paid_on")
    refused(await pay(world, paid_on="2026-11-24"), 422, "payout-to-come", field="paid_on")
    refused(await pay(world, household_ids=["hh-3"]), 422, "nothing-due", field="household_ids.0")
    assert await told(world) == []
    await tell(world, paid("pay-2", SECOND))
    assert (await ok(await pay(world, household_ids=["hh-2"])))["amount_fen"] == 300


async def test_a_settlement_paid_in_part_is_not_paid(world_of: WorldOf) -> None:
    """Households wait for their cooperative until all of a settlement is there; a transfer that came back is not."""
    world = await world_of("farmers")
    await a_county(world)
    whole = paid("pay-1", FIRST)
    (line,) = whole.settlements
    part, rest = (
        paid(name, FIRST, settlements=(line.model_copy(update={"amount_fen": fen}),))
        for name, fen in (("pay-1", 849), ("pay-2", 1))
    )
    back = paid("pay-3", FIRST, settlements=(line.model_copy(update={"amount_fen": -1}),))
    await tell(world, FIRST, part)
    refused(await pay(world), 409, "nothing-waiting")
    await tell(world, rest, rest)
    assert await waiting(world) == (2, 750)
    await tell(world, back)
    assert await waiting(world) == (0, 0)


async def test_a_payment_waits_for_its_settlement(world_of: WorldOf) -> None:
    """Between topics there is no order: a payment told before what it pays counts once that is told."""
    world = await world_of("farmers")
    await a_county(world)
    await tell(world, paid("pay-1", FIRST))
    await tell(world, FIRST)
    assert await waiting(world) == (2, 750)


async def test_a_correction_is_deducted_from_what_a_household_is_paid(world_of: WorldOf) -> None:
    """What was paid too much is netted with the next payment, whatever that is for; who owes more is left out."""
    world = await a_paid_county(world_of)
    await ok(await pay(world))
    less = corrected(FIRST, "s-3", 0, hh_1=(-1_000, -200), hh_4=(-1_000, -150))
    await tell(world, less, paid("pay-3", less), paid("pay-2", SECOND))
    refused(await pay(world, payout_id="p-2", household_ids=["hh-4"]), 422, "nothing-due", field="household_ids.0")
    done = await ok(await pay(world, payout_id="p-2", payment_id="pay-2"))
    assert (done["households"], done["amount_fen"]) == (2, 400)
    assert (await told(world))[1] == {("hh-1", "s-2"): 300, ("hh-1", "s-3"): -200, ("hh-2", "s-2"): 300}
    assert await waiting(world, "pay-3") == (1, -150)


async def test_money_that_moves_between_households_waits_for_its_payment(world_of: WorldOf) -> None:
    """A correction of 0 fen brings the cooperative nothing: it counts as paid when a payment names it."""
    world = await world_of("farmers")
    await a_county(world)
    moved = corrected(FIRST, "s-3", 0, hh_1=(-500, -50), hh_2=(500, 50))
    await tell(world, FIRST, moved, paid("pay-1", FIRST))
    refused(await pay(world, household_ids=["hh-2"]), 422, "cooperative-not-paid", field="household_ids.0")
    await tell(world, paid("pay-2", moved))
    await ok(await pay(world))
    assert await told(world) == [
        {("hh-1", "s-1"): 600, ("hh-1", "s-3"): -50, ("hh-2", "s-3"): 50, ("hh-4", "s-1"): 150}
    ]


async def test_a_payout_is_taken_back_by_another_one(world_of: WorldOf) -> None:
    """A mistake is reversed with a reason: its parts wait again, both stay on record, each part once."""
    world = await a_paid_county(world_of)
    await ok(await pay(world))
    body = {"payout_id": "back-1", "household_ids": ["hh-4"], "reversed_on": "2026-11-23", "reason": "account closed"}
    client, path = world.client("farmers"), "/payouts/payout-1/reversals"
    back = await ok(await client.post(path, json=body))
    assert (back["households"], back["amount_fen"], back["reverses"]) == (1, -150, "payout-1")
    assert await ok(await client.post(path, json=body)) == back
    refused(await client.post(path, json=body | {"reason": "other"}), 409, "payout-exists")
    again = body | {"payout_id": "back-2"}
    refused(await client.post(path, json=again), 422, "not-in-payout", field="household_ids.0")
    early = again | {"household_ids": ["hh-1"], "reversed_on": "2026-11-22"}
    refused(await client.post(path, json=early), 422, "reversal-day", field="reversed_on")
    of_back = "/payouts/back-1/reversals"
    refused(await client.post(of_back, json=again | {"household_ids": None}), 422, "reversal-of-reversal")
    assert await waiting(world) == (1, 150)
    await post(world, path, payout_id="back-3", reversed_on="2026-11-23", reason="wrong day")
    last = {"payout_id": "back-4", "reversed_on": "2026-11-23", "reason": "wrong day"}
    refused(await client.post(path, json=last), 409, "payout-reversed")
    assert (await ok(await pay(world, payout_id="p-2")))["amount_fen"] == 750
    await world.settle()
    events = world.told_of(HouseholdsPaid)
    assert [(event.payout_id, event.reverses, event.reason) for event in events] == [
        ("payout-1", None, None),
        ("back-1", "payout-1", "account closed"),
        ("back-3", "payout-1", "wrong day"),
        ("p-2", None, None),
    ]
    assert sum(line.amount_fen for event in events for line in event.payouts) == 750
    items = (await ok(await client.get("/payouts", params={"cooperative_id": COOP})))["items"]
    assert sum(item["amount_fen"] for item in items) == 750


async def test_two_clerks_pay_a_part_once(world_of: WorldOf) -> None:
    """Of eight clerks who pay the same at the same moment one does, and one of eight who take it back."""
    world = await a_paid_county(world_of)
    answers = await asyncio.gather(*(pay(world, payout_id=f"p-{n}") for n in range(8)))
    codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [201] + [409] * 7
    assert len(await told(world)) == 1
    path = f"/payouts/p-{codes.index(201)}/reversals"
    bodies = [{"payout_id": f"b-{n}", "reversed_on": "2026-11-23", "reason": "twice"} for n in range(8)]
    backs = await asyncio.gather(*(world.client("farmers").post(path, json=body) for body in bodies))
    assert sorted(back.status_code for back in backs) == [201] + [409] * 7


async def test_whose_payment_it_is_is_looked_at(world_of: WorldOf) -> None:
    """Unknown cooperatives, payments and payouts are not found; another cooperative's payment is refused."""
    world = await a_paid_county(world_of)
    refused(await pay(world, cooperative_id="coop-404"), 404, "unknown-cooperative", field="cooperative_id")
    refused(await pay(world, payment_id="pay-404"), 404, "unknown-payment", field="payment_id")
    refused(await pay(world, payment_id="pay-1", cooperative_id=OTHER), 422, "another-cooperative", field="payment_id")
    client = world.client("farmers")
    body = {"payout_id": "b-1", "reversed_on": "2026-11-23", "reason": "?"}
    refused(await client.post("/payouts/p-404/reversals", json=body), 404, "unknown-payout")
    refused(await client.get("/payouts/p-404"), 404, "unknown-payout")
    refused(await client.get("/cooperatives/coop-404/payments"), 404, "unknown-cooperative")


async def test_a_household_poor_at_one_harvest_of_two_is_kept(world_of: WorldOf) -> None:
    """A settlement tells of it twice; it has one part, and what counts as a poor household's is the poor harvest's."""
    world = await world_of("farmers")
    await a_county(world)
    (share,) = settled("s-1", 0, hh_1=(4_000, 600)).households
    since_not = share.model_copy(update={"poor": False, "amount_fen": 100})
    twice = settled("s-1", 0, date(2026, 11, 16)).model_copy(
        update={"households": (share, since_not), "amount_fen": 700}
    )
    await tell(world, twice)
    (month,) = (await ok(await world.client("farmers").get(f"/cooperatives/{COOP}/income")))["items"]
    assert (month["households_fen"], month["poor_households_fen"], month["households"]) == (700, 600, 1)
    async with world.services["farmers"].begin(read_only=True) as uow:
        assert (await uow.session.scalar(text("SELECT count(*) FROM dead_letter"))) == 0
