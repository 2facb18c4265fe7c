"""What the people of a small county do in a school week; every function returns how many commands it sent."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from tests import builders as b
from tests.faults.calendar import Calendar
from tests.faults.clients import Client
from tests.journeys.county import County

FOODS = ("rice", "cabbage", "pork")
DISHES = ("d01", "d02")
FIRST_MONDAY = date.fromisoformat(b.MONDAY)
NEEDED_KG_PER_DAY = 25
"""What a school's lunch takes of all foods together, at most."""


def days_of(week: int, count: int = 5) -> list[date]:
    """Return the first days of a week of the run."""
    return [FIRST_MONDAY + timedelta(days=7 * week + day) for day in range(count)]


class School:
    """A canteen's staff: its menus, its gate, its lunch."""

    def __init__(self, number: int, client: Client) -> None:
        self.canteen_id = f"sch-{number}"
        self.client = client
        self._menus: dict[int, dict[str, Any]] = {}
        self._served: set[date] = set()

    async def plan(self, week: int, days: Sequence[date]) -> int:
        """Publish the week's menu, once."""
        if week in self._menus:
            return 0
        chosen = [
            {"day": day.isoformat(), "meal": "lunch", "dish_codes": [self.client.dice.choice(DISHES)]} for day in days
        ]
        body = {"canteen_id": self.canteen_id, "week_start": days[0].isoformat(), "days": chosen}
        menu = await self.client.send("menu", "nutrition", "/menus", body)
        self._menus[week] = menu or {}
        return 1

    async def think_again(self, week: int) -> int:
        """Amend the week's menu, or take it back, or leave it, as most do."""
        menu = self._menus.get(week)
        choice = self.client.dice.random()
        if not menu or choice > 0.4:
            return 0
        path = f"/menus/{menu['menu_id']}"
        if choice < 0.05:
            body: dict[str, Any] = {"reason": "the well is dry"}
            await self.client.send("withdraw", "nutrition", f"{path}/withdraw", body)
        else:
            shown = await self.client.read("nutrition", path)
            if shown is None:
                return 0
            days = [
                {"day": meal["day"], "meal": "lunch", "dish_codes": [self.client.dice.choice(DISHES)]}
                for meal in shown["days"]
            ]
            body = {"reason": "guests are coming", "days": days}
            await self.client.send("amend", "nutrition", path, body, method="PUT", version=shown["version"])
        self._menus[week] = {}
        return 1

    async def receive(self, day: date) -> int:
        """Weigh and sign for what stands at the gate, not always for all of it."""
        query = {"canteen_id": self.canteen_id, "delivery_day": day.isoformat()}
        arrived = await self.client.items("logistics", "/consignments", lambda one: one["status"] == "arrived", **query)
        for one in arrived:
            permille = self.client.dice.choice((1000, 1000, 1000, 950, 500))
            receipt = County.a_receipt(one, permille)
            if one["hold"]:
                receipt["inspection"] = "cold to the core"
            answer = await self.client.send("receipt", "logistics", "/receipts", receipt)
            if answer and self.client.dice.random() < 0.15:
                await self._correct(answer, one)
        return len(arrived)

    async def _correct(self, receipt: dict[str, Any], consignment: dict[str, Any]) -> None:
        body = County.a_receipt(consignment, 800) | {"reason": "weighed again"}
        del body["order_id"]
        if consignment["hold"]:
            body["inspection"] = "cold to the core"
        path = f"/receipts/{receipt['receipt_id']}"
        await self.client.send("correct", "logistics", path, body, method="PUT", version=receipt["version"])

    async def serve(self, day: date) -> int:
        """Serve the day's lunch, once."""
        if day in self._served:
            return 0
        self._served.add(day)
        meal = {"canteen_id": self.canteen_id, "day": day.isoformat(), "meal": "lunch", "headcount": 100}
        await self.client.send("meal", "nutrition", "/meals", meal)
        return 1


class Cooperative:
    """A cooperative's clerk: offers, answers, lots, dispatches."""

    def __init__(self, name: str, client: Client) -> None:
        self.name = name
        self.client = client
        self._lots = 0

    async def offer(self, week: int, schools: int) -> int:
        """Offer for a week, sometimes more and sometimes less than is needed."""
        days = days_of(week)
        bounds = {"available_from": days[0].isoformat(), "available_until": days[-1].isoformat()}
        offers = [
            b.an_offer(
                self.name,
                food,
                kg=int(schools * NEEDED_KG_PER_DAY * len(days) * self.client.dice.uniform(0.2, 0.6)),
                price=self.client.dice.randrange(380, 430),
                offer_id=f"off-{self.name}-{food}-{week}",
                **bounds,
            )
            for food in FOODS
        ]
        await self.client.send("rows", "farmers", "/offers", {"rows": offers}, method="PUT")
        return 1

    async def answer(self) -> int:
        """Accept, accept in part, or decline whatever waits, in any order."""
        whose = f"coop-{self.name}"
        waiting = await self.client.items("farmers", "/orders", cooperative_id=whose, status="to_answer")
        self.client.dice.shuffle(waiting)
        for order in waiting:
            path = f"/orders/{order['order_id']}"
            choice = self.client.dice.random()
            if choice < 0.08:
                await self.client.send("decline", "farmers", f"{path}/decline", {"reason": "the road is closed"})
            elif choice < 0.25:
                part = [
                    {"line_id": line["line_id"], "confirmed_g": line["promised_g"] * 3 // 4} for line in order["lines"]
                ]
                await self.client.send("accept", "farmers", f"{path}/accept", {"lines": part, "reason": "hail"})
            else:
                await self.client.send("accept", "farmers", f"{path}/accept", {})
        return len(waiting)

    async def pack(self, day: date) -> int:
        """Bring in what is confirmed for a day, by households and the base, and pack it."""
        orders = [
            order
            for status in ("accepted", "partly_accepted")
            for order in await self.client.items(
                "farmers",
                "/orders",
                cooperative_id=f"coop-{self.name}",
                status=status,
                delivery_day=day.isoformat(),
            )
        ]
        wanted: dict[str, int] = defaultdict(int)
        for line in (line for order in orders for line in order["lines"]):
            wanted[line["food_code"]] += line["confirmed_g"]
        for food, grams in sorted(wanted.items()):
            if grams:
                self._lots += 1
                lot = County.a_lot(self.name, food, day.isoformat(), grams)
                numbered = {"lot_id": f"{lot['lot_id']}-{self._lots}"}
                await self.client.send("lot", "farmers", "/lots", lot | numbered)
        for order in orders:
            await self.client.send("dispatch", "farmers", f"/orders/{order['order_id']}/dispatch", {})
        return len(orders)

    async def pay_households(self, today: date, number: int) -> int:
        """Pass on what the cooperative was paid."""
        body = {"payout_id": f"payout-{self.name}-{number}", "cooperative_id": f"coop-{self.name}"}
        await self.client.send("payout", "farmers", "/payouts", body | {"paid_on": today.isoformat(), "method": "bank"})
        return 1


class Office:
    """The county's office: sourcing, the dispatcher's trips, the drivers', payments."""

    def __init__(self, client: Client, calendar: Calendar) -> None:
        self.client = client
        self._calendar = calendar
        self._points = 0

    async def source(self, week: int) -> bool:
        """Run sourcing for a week and wait until it is done; returns whether anything was allocated."""
        body = {"county_code": b.COUNTY, "week_start": days_of(week)[0].isoformat()}
        run = await self.client.send("source", "procurement", "/sourcing-runs", body)
        done = run and await self._finished("procurement", f"/sourcing-runs/{run['run_id']}")
        return bool(done and done["allocated_g"])

    async def waiting(self) -> bool:
        """Whether an order waits for an answer, or nobody can say."""
        placed = await self.client.read("procurement", "/orders", status="placed", limit=1)
        return placed is None or bool(placed["items"])

    async def _finished(self, service: str, path: str) -> Any:
        """Return a computation that is over, None if it never is; another takes over a dead process's in a minute."""
        for look in range(300):
            shown = await self.client.read(service, path)
            if shown is not None and shown["status"] not in ("queued", "running"):
                return shown
            if look % 12 == 11:
                self._calendar.advance(61)
            await asyncio.sleep(0.4)
        return None

    async def plan_trips(self, day: date) -> int:
        """Have the day's trips planned, and wait for the plan."""
        wanted = {"county_code": b.COUNTY, "day": day.isoformat(), "seconds": 0}
        plan = await self.client.send("plan", "logistics", "/trip-plans", wanted)
        if plan is not None:
            await self._finished("logistics", f"/trip-plans/{plan['plan_id']}")
        return 1

    async def drive(self, day: date) -> int:
        """Drive the day's trips as far as they can be driven."""
        open_trips = await self.client.items(
            "logistics",
            "/trips",
            lambda trip: trip["status"] in ("planned", "departed"),
            county_code=b.COUNTY,
            day=day.isoformat(),
        )
        moved = 0
        for trip in open_trips:
            moved += await self._drive_one(trip)
        return moved

    async def _drive_one(self, trip: dict[str, Any]) -> int:
        path = f"/trips/{trip['trip_id']}"
        shown = await self.client.read("logistics", path)
        if shown is None:
            return 0
        if trip["status"] == "planned":
            loaded = await self.client.send("load", "logistics", f"{path}/load", {})
            if not loaded or not loaded["loaded"]:
                return 0
            if await self.client.send("depart", "logistics", f"{path}/depart", {}) is None:
                return 0
        await self._tell_where(path, shown)
        schools = [stop["place_id"] for stop in shown["stops"] if stop["kind"] == "delivery"]
        for school in dict.fromkeys(schools):
            await self.client.send("arrive", "logistics", f"{path}/arrive", {"canteen_id": school})
        return 1

    async def _tell_where(self, path: str, trip: dict[str, Any]) -> None:
        """Tell where the vehicle is and how cold: readings late, twice and out of order, as devices do."""
        points = []
        for _ in range(20):
            self._points += 1
            place = {"lat": 28.16 + self._points % 50 / 1000, "lon": 109.2 + self._points % 70 / 1000}
            at = self._calendar.now() + timedelta(seconds=self._points % 60)
            points.append({"sequence": self._points, "at": at.isoformat(), "temperature_c": 4.5} | place)
        self.client.dice.shuffle(points)
        body = {"device_id": f"box-{trip['vehicle_id']}", "points": [*points, points[0]]}
        await self.client.send("points", "logistics", f"{path}/points", body)

    async def pay(self, today: date, number: int) -> int:
        """Pay cooperatives what is due."""
        due = await self.client.items("procurement", "/settlements", open="true")
        for (cooperative_id, purpose), settled in _together(due):
            named = [
                {"settlement_id": one["settlement_id"], "amount_fen": one["amount_fen"] - one["paid_fen"]}
                for one in settled[:100]
            ]
            body = {
                "cooperative_id": cooperative_id,
                "settlements": named,
                "paid_on": today.isoformat(),
                "reference": f"bank-{cooperative_id}-{purpose}-{number}",
            }
            await self.client.send("payment", "procurement", "/payments", body)
        return len(due)


def _together(settlements: Iterable[dict[str, Any]]) -> list[tuple[tuple[str, str], list[dict[str, Any]]]]:
    """Return settlements by cooperative and purpose, as they are paid."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in settlements:
        found[one["cooperative_id"], one["purpose"]].append(one)
    return sorted(found.items())
