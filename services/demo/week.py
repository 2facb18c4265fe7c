"""One school week of some counties, step by step.

Every step looks at what is there and does what is missing: a week that was interrupted goes on where it stopped.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from services.demo import people, planting
from services.demo.calls import Crew, Unexpected, body_of, items
from services.demo.comparison import compare
from services.demo.menus import DEAD_AFTER, GUIZHOU, Menus, School
from services.demo.money import Money
from services.demo.road import Road
from services.demo.serving import Kitchens
from shared.clock import ManualClock

PAID_AFTER = timedelta(days=10)
"""How long after its Friday the rest of a week is paid for."""
PASSED_ON_AFTER = timedelta(days=2)
"""How long after that households are paid."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What is lived through from an hour of a day on."""

    name: str
    day: date
    hour: int
    live: Callable[[], Awaitable[None]]
    minute: int = 0


@dataclass
class Week:
    """The week being lived through.

    `settle` lets the services finish what a step caused; `comparison` is the file that keeps how the planned week
    compares with the templates'.
    """

    counties: Sequence[str]
    monday: date
    schools: list[School]
    clients: Mapping[str, httpx.AsyncClient]
    clock: ManualClock
    settle: Callable[[], Awaitable[None]]
    crew: Crew
    comparison: Path
    _known: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        nutrition = self.clients["nutrition"]
        self.menus = Menus(self.counties, self.monday, self.schools, nutrition, self.clock, self.settle, self.crew)
        self.kitchens = Kitchens(self.counties, self.schools, self.menus, nutrition, self.crew)
        self.road = Road(self.counties, self.schools, self.clients["logistics"], self.clock, self.settle, self.crew)
        self.money = Money(self.clients, self.crew)

    @property
    def days(self) -> list[date]:
        """The week's Monday to Friday."""
        return [self.monday + timedelta(days=offset) for offset in range(5)]

    def go_to(self, day: date, hour: int, minute: int = 0) -> None:
        """Move the clock to an hour of a day in Guizhou."""
        self.clock.move_to(datetime.combine(day, time(hour, minute), GUIZHOU).astimezone(UTC))

    async def steps(self, finished: Collection[str] = ()) -> AsyncIterator[str]:
        """Live through the week; yields the name of each step before it is done, without those that are finished."""
        async for step in self._all_steps():
            if step.name not in finished:
                # First the clock: who goes on here later must not find runs that were claimed in its future.
                self.go_to(step.day, step.hour, step.minute)
                yield step.name
                await step.live()

    async def _all_steps(self) -> AsyncIterator[_Step]:
        before, after = self.monday - timedelta(days=7), self.monday - timedelta(days=6)
        compare_both = partial(compare, self.menus, self.schools, self.comparison)
        yield _Step("the week is planned", before, 9, self.menus.plan)
        yield _Step("plans and templates are compared", before, 9, compare_both)
        yield _Step("menus are published", before, 9, self.menus.publish)
        yield _Step("demand is sourced", after, 9, self.source)
        yield _Step("cooperatives answer", after, 9, self.answer_orders)
        yield _Step("what is short is asked elsewhere", self.monday - timedelta(days=3), 9, self.answer_again)
        school_days = [day for day in self.days if await self.is_school_day(day)]
        for number, day in enumerate(school_days):
            yield _Step(f"{day:%A}: harvest and dispatch", day, 3, partial(self.harvest_and_dispatch, day))
            yield _Step(f"{day:%A}: on the road", day, 3, partial(self.drive, day))
            yield _Step(f"{day:%A}: weighed at the gate", day, 8, partial(self.weigh, day))
            yield _Step(f"{day:%A}: meals are served", day, 12, partial(self.serve, day, number), 30)
        friday, tuesday, later = self.days[4], self.days[1], self.days[4] + PAID_AFTER
        yield _Step("the first days are paid", friday, 17, partial(self.pay, friday, tuesday))
        yield _Step("the rest of the week is paid", later, 9, partial(self.pay, later, friday))
        passed_on = later + PASSED_ON_AFTER
        yield _Step("households are paid", passed_on, 10, partial(self.pass_on, passed_on))
        yield _Step("what is still wanted is told", passed_on, 15, partial(self.look_ahead, passed_on))

    async def pay(self, day: date, delivered_by: date) -> None:
        """An official confirms what cooperatives are paid for what they delivered until a day."""
        await self.money.pay_cooperatives(day, delivered_by)
        await self.settle()

    async def pass_on(self, day: date) -> None:
        """The cooperatives' clerks pay their households."""
        await self.money.pay_households(day)
        await self.settle()

    async def look_ahead(self, day: date) -> None:
        """The term's standing menu is kept, so that villages hear what will be wanted, and what to sow for it."""
        next_monday = day + timedelta(days=7 - day.weekday())
        for county_code in self.counties:
            own = [school for school in self.schools if school.county_code == county_code]
            await planting.keep_cycles(self.clients["nutrition"], county_code, own, next_monday)
        await self.settle()

    async def serve(self, day: date, number: int) -> None:
        """School day `number` (from 0): samples that are old enough go, meals are served, the eaters are heard."""
        await self.kitchens.discard()
        await self.kitchens.serve(day)
        await self.kitchens.hear(day, number)
        await self.settle()

    async def is_school_day(self, day: date) -> bool:
        """Whether schools have meals planned for that day (the calendar is one for all)."""
        return day.isoformat() in await self.menus.served(self.schools[0])

    async def _asked_once(self, service: str, route: str) -> Any:
        """Return what a route answers, asked once: it does not change during the week."""
        if route not in self._known:
            self._known[route] = body_of(await self.clients[service].get(route))
        return self._known[route]

    async def source(self) -> None:
        """Each county starts one sourcing run; started before and interrupted, it is finished."""
        started = {run["county_code"] async for run in self._runs()}
        await self.crew.every([code for code in self.counties if code not in started], self._source)
        await self._settle_runs()

    async def _source(self, county_code: str) -> None:
        wanted = {"county_code": county_code, "week_start": self.monday.isoformat()}
        body_of(await self.clients["procurement"].post("/sourcing-runs", json=wanted))

    async def _settle_runs(self) -> None:
        """Let everything follow; a sourcing run whose process was killed is taken over after a minute."""
        await self.settle()
        while [run async for run in self._runs() if run["status"] in ("queued", "running")]:
            self.clock.advance(DEAD_AFTER)
            await self.settle()

    def _runs(self) -> AsyncIterator[dict[str, Any]]:
        return items(self.clients["procurement"], "/sourcing-runs")

    async def answer_orders(self) -> None:
        """Clerks answer; what is short is sourced again and asked elsewhere, until nothing waits for an answer."""
        await self._answer(await self._unanswered(), first_round=True)
        await self._answer_the_rest()

    async def answer_again(self) -> None:
        """Who kept silent has declined by now: what is short of that is sourced, and answered as well."""
        await self._settle_runs()
        await self._answer_the_rest()

    async def _answer_the_rest(self) -> None:
        while waiting := [order for order in await self._unanswered() if not self._ignored(order)]:
            await self._answer(waiting, first_round=False)

    async def _unanswered(self) -> list[dict[str, Any]]:
        return [order async for order in items(self.clients["farmers"], "/orders", status="to_answer")]

    def _ignored(self, order: dict[str, Any]) -> bool:
        """Whether a clerk was asked in the first round and keeps silent: the clock will decline it."""
        in_first_round = datetime.fromisoformat(order["placed_at"]) < self._asked_again_at
        return in_first_round and people.answer(order, first_round=True) is None

    @property
    def _asked_again_at(self) -> datetime:
        friday = datetime.combine(self.monday - timedelta(days=3), time(0), GUIZHOU)
        return friday.astimezone(UTC)

    async def _answer(self, orders: list[dict[str, Any]], *, first_round: bool) -> None:
        """Each clerk answers what is special one by one, and accepts all the rest at a tap."""
        decided = [(order, people.answer(order, first_round=first_round)) for order in orders]
        special = [(order, *said) for order, said in decided if said is not None and said != people.ALL]
        whole: dict[str, list[str]] = {}
        for order, said in decided:
            if said == people.ALL:
                whole.setdefault(order["cooperative_id"], []).append(order["order_id"])
        taps = [ids[start : start + 200] for ids in whole.values() for start in range(0, len(ids), 200)]
        await self.crew.every(special, self._answer_one)
        await self.crew.every(taps, self._accept_all)
        await self._settle_runs()

    async def _answer_one(self, answer: tuple[dict[str, Any], str, dict[str, Any]]) -> None:
        order, verb, body = answer
        body_of(await self.clients["farmers"].post(f"/orders/{order['order_id']}/{verb}", json=body))

    async def _accept_all(self, order_ids: list[str]) -> None:
        answer = body_of(await self.clients["farmers"].post("/acceptances", json={"order_ids": order_ids}))
        if answer["refused"]:
            raise Unexpected(f"acceptances: {answer['refused'][:3]}")

    async def harvest_and_dispatch(self, day: date) -> None:
        """Each cooperative brings its lots in and packs the day's orders."""
        cooperatives = [c["cooperative_id"] async for c in items(self.clients["farmers"], "/cooperatives")]
        await self.crew.every(cooperatives, lambda cooperative: self._pack(cooperative, day))
        await self.settle()

    async def _pack(self, cooperative: str, day: date) -> None:
        farmers = self.clients["farmers"]
        wanted: dict[str, int] = {}
        orders: dict[str, dict[str, Any]] = {}
        # Those packed already, too: who was interrupted brings the same lots in again.
        async for order in items(farmers, "/orders", cooperative_id=cooperative, delivery_day=day.isoformat()):
            if order["status"] not in ("accepted", "partly_accepted", "dispatched"):
                continue
            if order["status"] != "dispatched":
                orders[order["order_id"]] = order
            for line in order["lines"]:
                wanted[line["food_code"]] = wanted.get(line["food_code"], 0) + line["confirmed_g"]
        if not orders:
            return
        members = (await self._asked_once("farmers", f"/cooperatives/{cooperative}/households"))["items"]
        households = [member["household_id"] for member in members]
        lots = [people.lot(cooperative, f, day.isoformat(), g, households) for f, g in sorted(wanted.items()) if g]
        body_of(await farmers.post("/lots/batch", json={"lots": lots}))
        for start in range(0, len(orders), 200):
            told = body_of(await farmers.post("/dispatches", json={"order_ids": list(orders)[start : start + 200]}))
            for refused in told["refused"]:
                if refused["rule"] == "nothing-to-dispatch":
                    await self._say_nothing_comes(orders[refused["order_id"]])

    async def _say_nothing_comes(self, order: dict[str, Any]) -> None:
        """The last orders of a small harvest get nothing of it: their schools are told so."""
        said = [{"line_id": line["line_id"], "lots": []} for line in order["lines"] if line["confirmed_g"]]
        nothing = {"lines": said, "reason": "The harvest is smaller than expected"}
        body_of(await self.clients["farmers"].post(f"/orders/{order['order_id']}/dispatch", json=nothing))

    async def drive(self, day: date) -> None:
        """Dispatchers plan the day's trips before the drivers come at five."""
        await self.road.plan(day)
        self.go_to(day, 5)
        await self.road.drive(day)
        await self.settle()

    async def weigh(self, day: date) -> None:
        """Schools weigh what came and sign for it."""
        await self.road.weigh(day)
        await self.settle()
