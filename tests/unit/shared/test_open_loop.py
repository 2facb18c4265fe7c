"""Latency at a fixed rate counts from when something is due: who falls behind shows it."""

import asyncio
import itertools
import time

from benchmarks.backbone import orders_of
from benchmarks.backbone_latency import WARM_UP, Clockings, Due, number_of, open_loop


def test_who_falls_behind_shows_it() -> None:
    """Thirty orders due within 30 ms and handled one after the other, 10 ms each: the last waits for all before it."""
    clockings, turn = Clockings(), asyncio.Lock()

    async def tell(number: int) -> None:
        async with turn:
            if number >= WARM_UP:
                await asyncio.sleep(0.01)
            clockings.note([number])

    figures = asyncio.run(open_loop(clockings, tell, Due(orders_of(1, WARM_UP + 30), 1000, WARM_UP)))
    median, slowest = figures["p50_p99_ms"]
    assert slowest > 200
    assert median < slowest
    assert figures["per_second"] < 100
    assert len(clockings.behind_ms(clockings.due)) == 30


def test_who_keeps_up_is_asked_at_the_rate() -> None:
    """Twenty orders at 100 a second take a fifth of a second; those that warm up are not counted."""
    clockings = Clockings()

    async def tell(number: int) -> None:
        clockings.note([number])

    began = time.perf_counter()
    asyncio.run(open_loop(clockings, tell, Due(orders_of(1, WARM_UP + 20), 100, WARM_UP)))
    assert time.perf_counter() - began >= 0.19
    due = [clockings.due[number] for number in range(WARM_UP, WARM_UP + 20)]
    assert all(abs(after - before - 0.01) < 1e-6 for before, after in itertools.pairwise(due))
    assert number_of("order-17") == 17
