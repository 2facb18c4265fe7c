"""School weeks of a small county, lived through the services' REST APIs in a seeded random order.

While a week is eaten the next one is planned: schools, cooperatives and the office act at the same time, and clerks
answer all the time. Each part of a day lasts until nothing has been left to do for a while, or its time is up: under
faults much is left undone, or done late.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests import builders as b
from tests.faults.calendar import GUIZHOU, Calendar
from tests.faults.clients import Client, Line
from tests.faults.people import FOODS, Cooperative, Office, School, days_of

LOOK_S = 0.4
QUIET_LOOKS = 2
ANSWERED_S = 240.0
FIRST_S = 45.0
"""How long the first of what there is to do in a part of a day is waited for: it may have to come a long way."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a county lives: schools, cooperatives, school days of a week; `part_s` bounds the parts of a day."""

    schools: int
    cooperatives: int
    days: int
    part_s: float


class Load:
    """The people of a county at work."""

    def __init__(self, line: Line, calendar: Calendar, seed: int, size: Size) -> None:
        self._calendar = calendar
        self._size = size
        self._line = line
        names = [chr(ord("a") + number) for number in range(size.cooperatives)]
        self._schools = [
            School(number, Client(f"school-{number}", line, seed)) for number in range(1, size.schools + 1)
        ]
        self._cooperatives = [Cooperative(name, Client(f"clerk-{name}", line, seed)) for name in names]
        self._office = Office(Client("office", line, seed), calendar)
        self._dispatcher = Office(Client("dispatcher", line, seed), calendar)
        self._repeater = Client("repeater", line, seed)
        self._register = Client("register", line, seed)
        self.weeks = 0

    async def set_up(self) -> None:
        """Register everything there is in the county but offers and menus."""
        names = [cooperative.name for cooperative in self._cooperatives]
        canteens = [b.a_canteen(number) for number in range(1, self._size.schools + 1)]
        households = [b.a_household(name, number) for name in names for number in (1, 2, 3)]
        place = {"name_zh": "车场（虚构）", "name_en": "Depot (fictional)", "lat": 28.17, "lon": 109.21}
        depot = {"depot_id": "dep-1", "county_code": b.COUNTY, "town_code": "520628101"} | place
        vehicle = {"depot_id": "dep-1", "capacity_g": 2_000_000, "temperature_class": "chilled"}
        vehicles = [vehicle | {"vehicle_id": f"veh-{n}", "plate": f"虚构-{n}"} for n in (1, 2)]
        await self._put("nutrition", "/foods", [b.a_food(code) for code in (*FOODS, "salt")])
        await self._put("nutrition", "/dishes", [b.a_dish(), b.a_dish("d02", rice=50, cabbage=34)])
        await self._put("nutrition", "/canteens", canteens)
        await self._put("nutrition", "/stocks", [_salt(canteen["canteen_id"]) for canteen in canteens])
        await self._put("farmers", "/cooperatives", [b.a_cooperative(name) for name in names])
        await self._put("farmers", "/households", households)
        await self._put("farmers", "/household-statuses", [b.a_status(f"hh-{name}-1") for name in names])
        await self._put("logistics", "/depots", [depot])
        await self._put("logistics", "/vehicles", vehicles)
        await self._put("logistics", "/drivers", [{"driver_id": "drv-1", "depot_id": "dep-1"}])
        await self._put(
            "logistics", "/devices", [{"device_id": f"box-veh-{n}", "vehicle_id": f"veh-{n}"} for n in (1, 2)]
        )

    async def _put(self, service: str, path: str, rows: Sequence[dict[str, Any]]) -> None:
        answer = await self._register.send("rows", service, path, {"rows": rows}, method="PUT")
        assert answer is not None, path
        assert answer["refused"] == [], answer

    async def live(self, enough: Callable[[], bool]) -> None:
        """Live week after week, at least one, until it is enough at the end of a day."""
        async with self._working(self._repeat(), *(self._keep_answering(one) for one in self._cooperatives)):
            await self.prepare(0)
            while not enough() or not self.weeks:
                days = days_of(self.weeks, self._size.days)
                preparing = asyncio.create_task(self.prepare(self.weeks + 1))
                for day in days:
                    await self.eat(day)
                    if enough() and self.weeks:
                        break
                await preparing
                await self.pay(days[-1])
                self.weeks += 1

    @asynccontextmanager
    async def _working(self, *works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
        """Let people work on the side."""
        tasks = [asyncio.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def prepare(self, week: int) -> None:
        """Plan a week: offers and menus in any order, sourcing and second thoughts, sourcing again."""
        days = days_of(week, self._size.days)
        await asyncio.gather(
            *(one.offer(week, self._size.schools) for one in self._cooperatives),
            *(school.plan(week, days) for school in self._schools),
        )
        await asyncio.gather(
            self._until_sourced(week),
            *(school.think_again(week) for school in self._schools),
        )
        await self._office.source(week)

    async def eat(self, day: date) -> None:
        """Live through a day: what is confirmed is packed, driven, weighed and eaten.

        It begins when nothing waits for an answer: silence is a decline once the night is over.
        """
        await self._until_answered()
        self._calendar.go_to(day, 3)
        if await self._until_quiet(lambda: _all(one.pack(day) for one in self._cooperatives)):
            self._calendar.go_to(day, 5)
            await self._dispatcher.plan_trips(day)
            await self._until_quiet(lambda: self._dispatcher.drive(day))
            self._calendar.go_to(day, 8)
            await self._until_quiet(lambda: _all(school.receive(day) for school in self._schools))
        self._calendar.go_to(day, 12, 30)
        await _all(school.serve(day) for school in self._schools)

    async def pay(self, day: date) -> None:
        """Pay what is due, and pass it on."""
        self._calendar.go_to(day, 17)
        today = self._calendar.now().astimezone(GUIZHOU).date()
        await self._office.pay(today, self.weeks)
        await _all(one.pay_households(today, self.weeks) for one in self._cooperatives)

    async def _keep_answering(self, cooperative: Cooperative) -> None:
        while True:
            await cooperative.answer()
            await asyncio.sleep(LOOK_S)

    async def _until_sourced(self, week: int) -> None:
        """Source again and again until something is allocated: menus and offers may have to come a long way."""
        until = time.monotonic() + FIRST_S
        while time.monotonic() < until:
            if await self._office.source(week):
                return
            await asyncio.sleep(LOOK_S)

    async def _until_answered(self) -> None:
        """Wait until no order waits for an answer, or has not even come to who is to answer it."""
        until = time.monotonic() + ANSWERED_S
        while await self._office.waiting():
            if time.monotonic() > until:
                return
            await asyncio.sleep(LOOK_S)

    async def _until_quiet(self, work: Callable[[], Awaitable[int]]) -> int:
        """Do what there is to do until there is nothing any more, or time is up; returns how much was done."""
        began, done, quiet = time.monotonic(), 0, 0
        while quiet < QUIET_LOOKS and time.monotonic() - began < (self._size.part_s if done else FIRST_S):
            count = await work()
            done += count
            quiet = quiet + 1 if not count and done else 0
            if not count:
                await asyncio.sleep(LOOK_S)
        return done

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            await self._repeater.remember()


def _salt(canteen_id: str) -> dict[str, Any]:
    return {"canteen_id": canteen_id, "food_code": "salt", "quantity_g": 1_000_000}


async def _all(works: Iterable[Awaitable[int]]) -> int:
    """Do several things at the same time; returns how many commands were sent."""
    return sum(await asyncio.gather(*works))
