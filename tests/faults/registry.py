"""Offices that register hundreds of far away canteens and cooperatives anew all day: what a province's load looks like.

Nobody of the small county meets them. Each row that changed is an event for two or three groups.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from tests import builders as b
from tests.faults.clients import Client

FAR = {"county_code": "520627", "town_code": "520627101"}
ROWS = 200
"""Rows of one request."""
KNOWN = 1_000
"""How many of a kind there are; each is registered anew again and again."""


class Registry:
    """Somebody who registers `per_second` rows, as long as they are taken."""

    def __init__(self, client: Client, per_second: float) -> None:
        self._client = client
        self._gap_s = ROWS / per_second
        self._turn = 0

    async def work(self) -> None:
        """Register until cancelled: canteens and cooperatives by turns."""
        while True:
            began = time.monotonic()
            await self.register()
            await asyncio.sleep(max(0.0, began + self._gap_s - time.monotonic()))

    async def register(self) -> None:
        """Register the next rows, each a little elsewhere than before."""
        turn, self._turn = self._turn, self._turn + 1
        service, path, rows = _canteens(turn // 2) if turn % 2 else _cooperatives(turn // 2)
        await self._client.send("rows", service, path, {"rows": rows}, method="PUT")


def _numbers(turn: int) -> Sequence[int]:
    first = turn * ROWS % KNOWN
    return range(first, first + ROWS)


def _where(turn: int, number: int) -> dict[str, Any]:
    """Return a place that is another one every time the same number has its turn."""
    return FAR | {"lat": 27.0 + turn % 9_973 / 10_000, "lon": 108.0 + number / 10_000}


def _cooperatives(turn: int) -> tuple[str, str, list[dict[str, Any]]]:
    rows = [b.a_cooperative(f"far-{number}", **_where(turn, number)) for number in _numbers(turn)]
    return "farmers", "/cooperatives", rows


def _canteens(turn: int) -> tuple[str, str, list[dict[str, Any]]]:
    rows = [b.a_canteen(10_000 + number, **_where(turn, number)) for number in _numbers(turn)]
    return "nutrition", "/canteens", rows
