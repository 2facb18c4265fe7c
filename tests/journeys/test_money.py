"""What schools pay reaches households, and everybody's books say the same of it."""

from collections.abc import AsyncIterator
from typing import Any

from tests import builders as b
from tests.journeys.county import County
from tests.world import World, ok


async def statements(county: County[World]) -> list[dict[str, Any]]:
    """The parts of every household of both cooperatives for the week's months."""
    farmers, months = county.world.client("farmers"), {"from": "2026-11", "until": "2026-12"}
    parts = []
    async for household_id in _households(county):
        answer = await ok(await farmers.get(f"/households/{household_id}/statement", params=months))
        parts += answer["items"]
    return parts


async def _households(county: County[World]) -> AsyncIterator[str]:
    farmers = county.world.client("farmers")
    for cooperative in (await ok(await farmers.get("/cooperatives")))["items"]:
        path = f"/cooperatives/{cooperative['cooperative_id']}/households"
        for household in (await ok(await farmers.get(path)))["items"]:
            yield household["household_id"]


async def test_a_payment_is_passed_on_and_both_books_agree(county: County[World]) -> None:
    """Delivered, paid to cooperatives, passed on: lines sum to parts, parts to payouts, payouts to the ledger's."""
    await county.set_up()
    await county.publish()
    await county.source()
    await county.accept_all()
    await county.live_through(b.WEEK[0])
    farmers, procurement = county.world.client("farmers"), county.world.client("procurement")
    day = county.world.clock.now().date().isoformat()

    parts = await statements(county)
    assert {part["state"] for part in parts} == {"awaiting_cooperative"}
    for part in parts:
        assert sum(line["amount_fen"] for line in part["lines"]) == part["amount_fen"] > 0
        assert all(line["lot_id"] and line["price_fen_per_kg"] for line in part["lines"])
    due = (await ok(await procurement.get("/settlements", params={"open": "true"})))["items"]
    cooperatives = sorted({one["cooperative_id"] for one in due})
    for number, cooperative_id in enumerate(cooperatives):
        settled = [one for one in due if one["cooperative_id"] == cooperative_id]
        named = [{"settlement_id": one["settlement_id"], "amount_fen": one["amount_fen"]} for one in settled]
        body = {"cooperative_id": cooperative_id, "settlements": named, "paid_on": day, "reference": f"bank-{number}"}
        await ok(await procurement.post("/payments", json=body))
    await county.world.settle()

    waiting = (await ok(await farmers.get("/ageing", params={"county_code": b.COUNTY})))["totals"]
    assert waiting["amount_fen"] == sum(part["amount_fen"] for part in parts)
    for cooperative_id in cooperatives:
        body = {"payout_id": f"payout-{cooperative_id}", "cooperative_id": cooperative_id, "paid_on": day}
        await ok(await farmers.post("/payouts", json=body | {"method": "bank"}))
    await county.world.settle()
    assert {part["state"] for part in await statements(county)} == {"paid"}
    settled = (await ok(await procurement.get("/settlements")))["items"]
    assert sum(one["passed_fen"] for one in settled) == waiting["amount_fen"]
    assert (await ok(await farmers.get("/ageing", params={"county_code": b.COUNTY})))["totals"]["households"] == 0
    assert (await ok(await procurement.get("/ledger/sum")))["sum_fen"] == 0
