"""What is too much for one payout is paid in parts, however much each household waits for."""

import json
from datetime import date
from typing import Any

import httpx
import pytest

from services.demo.calls import Crew, Unexpected
from services.demo.money import Money

MOST = 2_000
"""Parts that one payout may have."""


class Farmers:
    """Answers as farmers does where every household waits for so many parts."""

    def __init__(self, parts_each: int, households: int) -> None:
        self.parts_each = parts_each
        self.households = [f"hh-{number:03}" for number in range(households)]
        self.paid: list[str] = []
        self.payouts: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Refuse more parts than a payout may have."""
        if request.method == "GET" and request.url.path == "/cooperatives":
            return _page([{"cooperative_id": "coop-1"}])
        if request.method == "GET" and request.url.path == "/ageing":
            return _page([{"household_id": household} for household in self.households])
        if request.method == "GET":
            return _page([{"payment_id": "pay-1", "paid_on": "2026-12-14", "waiting_fen": 1}])
        said = json.loads(request.content)
        named = said.get("household_ids") or self.households
        if len(named) * self.parts_each > MOST:
            return httpx.Response(422, json={"rule": "too-many-parts"})
        self.paid += named
        self.payouts.append(said["payout_id"])
        return httpx.Response(201, json={})


def _page(found: list[dict[str, Any]]) -> httpx.Response:
    return httpx.Response(200, json={"items": found, "next": None})


async def _pay(farmers: Farmers) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(farmers.answer), base_url="http://farmers") as client:
        await Money({"farmers": client}, Crew(lambda: None)).pay_households(date(2026, 12, 16))


@pytest.mark.parametrize("parts_each", [1, 90, 145, 2_000])
async def test_everybody_is_paid_once(parts_each: int) -> None:
    """At once where that is possible, else some households at a time, or one; each payout has an id of its own."""
    farmers = Farmers(parts_each, 45)
    await _pay(farmers)
    assert sorted(farmers.paid) == farmers.households
    assert len(set(farmers.payouts)) == len(farmers.payouts)


async def test_more_for_one_household_than_a_payout_holds_is_said() -> None:
    """Nobody is passed over in silence."""
    with pytest.raises(Unexpected, match="422"):
        await _pay(Farmers(MOST + 1, 45))
