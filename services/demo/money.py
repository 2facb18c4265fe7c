"""The week's money: officials confirm what cooperatives were paid, clerks pass it on, most households have it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from services.demo import people
from services.demo.calls import Crew, body_of, items

TOGETHER = 20
"""Households that are paid in one payout where there is too much for one."""
AGES = ("waiting_up_to_7_days_fen", "waiting_8_to_15_days_fen", "waiting_16_to_30_days_fen", "waiting_longer_fen")
"""Figures of the ageing list's buckets, the youngest first."""


@dataclass
class Money:
    """Who pays whom."""

    clients: Mapping[str, httpx.AsyncClient]
    crew: Crew

    async def pay_cooperatives(self, today: date, delivered_by: date) -> None:
        """An official confirms today's transfer to each cooperative, for all that was delivered until a day."""
        due: dict[str, list[dict[str, Any]]] = {}
        async for one in items(self.clients["procurement"], "/settlements", open="true"):
            if one["delivery_day"] <= delivered_by.isoformat():
                part = {"settlement_id": one["settlement_id"], "amount_fen": one["amount_fen"] - one["paid_fen"]}
                due.setdefault(one["cooperative_id"], []).append(part)

        async def transfer(cooperative_id: str) -> None:
            said = {
                "cooperative_id": cooperative_id,
                "settlements": due[cooperative_id],
                "paid_on": today.isoformat(),
                "reference": f"{today:%Y%m%d}/{cooperative_id}"[:64],
            }
            body_of(await self.clients["procurement"].post("/payments", json=said))

        await self.crew.every(sorted(due), transfer)

    async def pay_households(self, today: date) -> None:
        """Most clerks pass on all they were paid; some the first payment only, a few nothing yet."""
        cooperatives = [one["cooperative_id"] async for one in items(self.clients["farmers"], "/cooperatives")]
        await self.crew.every(cooperatives, lambda cooperative_id: self._pass_on(cooperative_id, today))

    async def _pass_on(self, cooperative_id: str, today: date) -> None:
        farmers = self.clients["farmers"]
        payments = [one async for one in items(farmers, f"/cooperatives/{cooperative_id}/payments")]
        payments.sort(key=lambda one: (str(one["paid_on"]), str(one["payment_id"])))
        habit = people.passes_on(cooperative_id)
        if habit is None or not any(one["waiting_fen"] for one in payments):
            return
        said = {
            "payout_id": f"payout-{cooperative_id}-{today:%Y%m%d}"[:64],
            "cooperative_id": cooperative_id,
            "paid_on": today.isoformat(),
            "method": habit.method,
        }
        if habit.first_only:
            said["payment_id"] = payments[0]["payment_id"]
        answer = await farmers.post("/payouts", json=said)
        if answer.status_code == 422 and answer.json()["rule"] == "too-many-parts":
            return await self._pass_on_in_turns(said)
        body_of(answer, 409)

    async def _pass_on_in_turns(self, said: Mapping[str, Any]) -> None:
        """A cooperative with more to pass on than one payout may hold pays all, some households at a time."""
        farmers = self.clients["farmers"]
        waiting = items(farmers, "/ageing", cooperative_id=said["cooperative_id"])
        households = sorted([one["household_id"] async for one in waiting])
        some = [households[start : start + TOGETHER] for start in range(0, len(households), TOGETHER)]
        for turn, together in enumerate(some):
            await self._pass_on_to(together, {**said, "payment_id": None}, f"{said['payout_id']}-{turn}")

    async def _pass_on_to(self, households: Sequence[str], said: Mapping[str, Any], payout_id: str) -> None:
        """Pay these households; where even that is too much for one payout, one half after the other."""
        named = {"payout_id": payout_id, "household_ids": list(households)}
        answer = await self.clients["farmers"].post("/payouts", json={**said, **named})
        if answer.status_code != 422 or answer.json()["rule"] != "too-many-parts" or len(households) == 1:
            body_of(answer)
            return
        middle = len(households) // 2
        for half, part in (("a", households[:middle]), ("b", households[middle:])):
            await self._pass_on_to(part, said, f"{payout_id}{half}")


async def figures(clients: Mapping[str, httpx.AsyncClient], county_code: str) -> dict[str, Any]:
    """Return what cooperatives and households were paid, and who waits for how long."""
    payouts = [one async for one in items(clients["farmers"], "/payouts")]
    payments = [one async for one in items(clients["procurement"], "/payments", county_code=county_code)]
    waiting = body_of(await clients["farmers"].get("/ageing", params={"county_code": county_code, "limit": "1"}))
    totals = waiting["totals"]
    ages = {name: bucket["amount_fen"] for name, bucket in zip(AGES, totals["buckets"], strict=True)}
    return {
        "cooperatives_paid_fen": sum(one["amount_fen"] for one in payments),
        "households_paid": sum(one["households"] for one in payouts),
        "households_paid_fen": sum(one["amount_fen"] for one in payouts),
        "households_waiting": totals["households"],
        "households_waiting_fen": totals["amount_fen"],
        **ages,
    }
