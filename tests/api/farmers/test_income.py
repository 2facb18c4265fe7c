"""Income of cooperatives and households."""

from datetime import date

from shared.events.procurement import HouseholdShare, SettlementRecorded
from tests.api.farmers.builders import COOP, a_county
from tests.conftest import WorldOf
from tests.world import START, ok, refused


def settled(settlement_id: str, day: date, own_fen: int, **households: tuple[int, int]) -> SettlementRecorded:
    """A settlement; households by name (`hh_1`) with accepted g and fen."""
    parts = tuple(
        HouseholdShare(household_id=name.replace("_", "-"), poor=name == "hh_1", accepted_g=grams, amount_fen=fen)
        for name, (grams, fen) in households.items()
    )
    return SettlementRecorded(
        settlement_id=settlement_id,
        order_id="order-1",
        receipt_id=f"receipt-{settlement_id}",
        canteen_id="canteen-1",
        cooperative_id=COOP,
        delivery_day=day,
        amount_fen=own_fen + sum(fen for _, fen in households.values()),
        cooperative_fen=own_fen,
        households=parts,
        recorded_at=START,
    )


async def test_income_adds_up_by_month(world_of: WorldOf) -> None:
    """A month's income is the sum of its settlements, corrections included; one told twice counts once."""
    world = await world_of("farmers")
    await a_county(world)
    november = settled("s-1", date(2026, 11, 30), 100, hh_1=(4_000, 600), hh_4=(1_000, 150))
    december = settled("s-2", date(2026, 12, 1), 50, hh_1=(2_000, 300))
    correction = settled("s-3", date(2026, 12, 1), -10, hh_1=(0, -100))
    await world.publish(november, november, december, correction)
    await world.settle()
    await world.publish(december)
    await world.settle()
    client = world.client("farmers")
    household = await ok(await client.get("/households/hh-1/income"))
    assert household["items"] == [
        {"month": "2026-11", "settlements": 1, "accepted_g": 4_000, "amount_fen": 600},
        {"month": "2026-12", "settlements": 2, "accepted_g": 2_000, "amount_fen": 200},
    ]
    first = await ok(await client.get(f"/cooperatives/{COOP}/income", params={"limit": 1}))
    assert first["items"] == [
        {
            "month": "2026-11",
            "settlements": 1,
            "amount_fen": 850,
            "cooperative_fen": 100,
            "households_fen": 750,
            "poor_households_fen": 600,
            "households": 2,
            "households_g": 5_000,
        }
    ]
    rest = await ok(await client.get(f"/cooperatives/{COOP}/income", params={"after": first["next"]}))
    assert [(one["month"], one["amount_fen"]) for one in rest["items"]] == [("2026-12", 240)]


async def test_grams_that_turn_out_not_accepted_are_taken_off(world_of: WorldOf) -> None:
    """A downward correction lowers grams as it lowers money; one told before grams had a sign lowers money only."""
    world = await world_of("farmers")
    await a_county(world)
    day = date(2026, 12, 1)
    whole, less = settled("s-1", day, 0, hh_1=(4_000, 600)), settled("s-2", day, 0, hh_1=(0, -150))
    (share,) = less.households
    signed = less.model_copy(update={"households": (share.model_copy(update={"accepted_change_g": -1_000}),)})
    await world.publish(whole, signed, settled("s-3", day, 0, hh_1=(0, -50)))
    await world.settle()
    (month,) = (await ok(await world.client("farmers").get("/households/hh-1/income")))["items"]
    assert (month["accepted_g"], month["amount_fen"]) == (3_000, 400)


async def test_income_of_nobody_is_not_found(world_of: WorldOf) -> None:
    """Unknown ids are not found; who earned nothing yet has no months."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    refused(await client.get("/households/hh-404/income"), 404, "unknown-household")
    refused(await client.get("/cooperatives/coop-404/income"), 404, "unknown-cooperative")
    assert (await ok(await client.get("/households/hh-2/income")))["items"] == []
    assert (await ok(await client.get(f"/cooperatives/{COOP}/income")))["items"] == []
