"""A day on the road: trips are planned and driven, and schools weigh what came and sign for it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx

from services.demo import people
from services.demo.calls import Crew, Unexpected, body_of, items
from services.demo.menus import School
from shared.clock import ManualClock

SEARCH = 10
"""Iterations a day's routes are searched for: enough to see what it saves."""


@dataclass
class Road:
    """The drivers of some counties, and who waits for them at the schools' gates."""

    counties: Sequence[str]
    schools: Sequence[School]
    logistics: httpx.AsyncClient
    clock: ManualClock
    settle: Callable[[], Awaitable[None]]
    crew: Crew

    async def plan(self, day: date) -> None:
        """Each county's dispatcher plans the day's trips."""
        await self.crew.every(self.counties, lambda county_code: self._plan(county_code, day))
        await self.settle()

    async def _plan(self, county_code: str, day: date) -> None:
        # Iterations bound the search, not seconds: the demo's week is the same every time.
        wanted = {"county_code": county_code, "day": day.isoformat(), "seconds": 60, "iterations": SEARCH}
        body_of(await self.logistics.post("/trip-plans", json=wanted))

    async def drive(self, day: date) -> None:
        """Drivers load, depart, tell where they are and how cold it is, and arrive."""
        trips = [trip async for trip in items(self.logistics, "/trips", day=day.isoformat())]
        boxes = [{"device_id": _box(each), "vehicle_id": each} for each in sorted({one["vehicle_id"] for one in trips})]
        for start in range(0, len(boxes), 1000):
            body_of(await self.logistics.put("/devices", json={"rows": boxes[start : start + 1000]}))
        await self.crew.every([trip["trip_id"] for trip in trips], self._drive)

    async def _drive(self, trip_id: str) -> None:
        path = f"/trips/{trip_id}"
        trip = body_of(await self.logistics.get(path))
        if trip["status"] == "planned":
            body_of(await self.logistics.post(f"{path}/load", json={}))
            departed = await self.logistics.post(f"{path}/depart", json={})
            if departed.status_code == 409 and departed.json()["rule"] == "nothing-loaded":
                return  # all it was to fetch were orders whose cooperatives had nothing left to pack
            body_of(departed)
        sheet = body_of(await self.logistics.get(f"{path}/run-sheet"))
        points = [self._point(trip, number, stop) for number, stop in enumerate(sheet["stops"], start=1)]
        told = {"device_id": _box(trip["vehicle_id"]), "points": points}
        body_of(await self.logistics.post(f"{path}/points", json=told))
        for stop in trip["stops"]:
            if stop["kind"] == "delivery":
                body_of(await self.logistics.post(f"{path}/arrive", json={"canteen_id": stop["place_id"]}), 409)

    def _point(self, trip: dict[str, Any], number: int, stop: dict[str, Any]) -> dict[str, Any]:
        cold = trip["temperature_class"] == "chilled"
        temperature = (3 if cold else 15) + people.dice("warmth", trip["vehicle_id"], number) / 500
        at = self.clock.now() + timedelta(seconds=number)
        place = {"lat": stop["lat"], "lon": stop["lon"]}
        return {"sequence": number, "at": at.isoformat(), "temperature_c": temperature} | place

    async def weigh(self, day: date) -> None:
        """Schools weigh what came and sign for it."""
        await self.crew.every(self.schools, lambda school: self._weigh(school, day))

    async def _weigh(self, school: School, day: date) -> None:
        receipts = await self.receipts_of(school, day)
        for start in range(0, len(receipts), 50):
            said = {"receipts": receipts[start : start + 50]}
            answer = body_of(await self.logistics.post("/receipts/batch", json=said))
            refused = [item["refused"] for item in answer["items"] if item["refused"]]
            if refused:
                raise Unexpected(f"receipts of {school.canteen_id}: {refused[:3]}")

    async def receipts_of(self, school: School, day: date) -> list[dict[str, Any]]:
        """Return what two people of a school write down of what has arrived at its gate."""
        query = {"canteen_id": school.canteen_id, "delivery_day": day.isoformat()}
        consignments = items(self.logistics, "/consignments", **query)
        arrived = [one async for one in consignments if one["status"] == "arrived"]
        return [
            {
                "order_id": one["order_id"],
                "signers": [f"{school.canteen_id}-cook", f"{school.canteen_id}-head"],
                "signer_names": people.signers(school.canteen_id),
                "lines": [people.weighed(one, line) for line in one["lines"] if line["dispatched_g"]],
                "inspection": "cold to the core, firm, no smell" if one["hold"] else "",
            }
            for one in arrived
        ]


def _box(vehicle_id: str) -> str:
    """Return the device in a vehicle that tells where it is, and how cold."""
    return f"box-{vehicle_id}"
