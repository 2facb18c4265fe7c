"""The people of the road in a small county: the dispatcher, the drivers, what devices tell, the schools' gates."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests import builders as b
from tests.journeys.county import County
from tests.world import World, ok

COOPERATIVE = (28.20, 109.25)
FAR = (28.20, 109.30)
"""A place on no trip's way."""


class Road:
    """The road of a county with three small chilled vehicles, each with a device."""

    def __init__(self, county: County[World]) -> None:
        self.county = county
        self.client = county.logistics
        self._sequence = 0

    async def set_up(self) -> None:
        """Give the county three vehicles that hold two schools' food each, with devices, and a driver each."""
        of_depot = {"depot_id": "dep-1", "capacity_g": 50_000, "temperature_class": "chilled"}
        vehicles = [of_depot | {"vehicle_id": f"veh-{n}", "plate": f"虚构-{n}"} for n in (1, 2, 3)]
        await self.county.put("logistics", "/vehicles", *vehicles)
        await self.county.put(
            "logistics", "/drivers", *[{"driver_id": f"drv-{n}", "depot_id": "dep-1"} for n in (2, 3)]
        )
        boxes = [{"device_id": f"box-{n}", "vehicle_id": f"veh-{n}"} for n in (1, 2, 3)]
        await self.county.put("logistics", "/devices", *boxes)

    async def plan(self, day: str) -> list[dict[str, Any]]:
        """Plan the day's trips, and have the dispatcher give the first to veh-1 and the second to veh-2."""
        wanted = {"county_code": b.COUNTY, "day": day, "seconds": 0}
        await self._planned(await ok(await self.client.post("/trip-plans", json=wanted)), "done")
        trips = await self.trips(day)
        moves = [
            {"action": "move", "trip_id": trip["trip_id"], "vehicle_id": f"veh-{n}"}
            for n, trip in enumerate(trips, start=1)
        ]
        proposed = await ok(await self.client.post("/trip-plans/anew", json=wanted | {"changes": moves}))
        made = await self._planned(proposed, "proposed")
        assert {one["after"]["vehicle_id"] for one in made["differences"]["orders"]} <= {"veh-1", "veh-2"}
        await ok(await self.client.post(f"/trip-plans/{made['plan_id']}/apply"))
        await self.county.world.settle()
        moved = await self.trips(day)
        assert [trip["vehicle_id"] for trip in moved] == ["veh-1", "veh-2"]
        return moved

    async def _planned(self, plan: dict[str, Any], status: str) -> dict[str, Any]:
        await self.county.world.settle()
        made: dict[str, Any] = await ok(await self.client.get(f"/trip-plans/{plan['plan_id']}"))
        assert (made["status"], made["unplanned"]) == (status, []), made
        return made

    async def trips(self, day: str) -> list[dict[str, Any]]:
        """Return the day's trips in detail, by vehicle and start."""
        listed = (await ok(await self.client.get("/trips", params={"county_code": b.COUNTY, "day": day})))["items"]
        found = [await ok(await self.client.get(f"/trips/{trip['trip_id']}")) for trip in listed]
        return sorted(found, key=lambda trip: (trip["vehicle_id"], trip["starts_at"]))

    async def scan(self, trip: dict[str, Any], *lots: str) -> dict[str, Any]:
        """Hold lots before the scanner; without any, all that the run sheet names."""
        sheet = await ok(await self.client.get(f"/trips/{trip['trip_id']}/run-sheet"))
        named = [lot["lot_id"] for stop in sheet["stops"] for line in stop["lines"] for lot in line["lots"]]
        scans = [{"lot_id": lot_id} for lot_id in lots or dict.fromkeys(named)]
        body = {"by": "loader-1", "scans": scans}
        checked: dict[str, Any] = await ok(await self.client.post(f"/trips/{trip['trip_id']}/scans", json=body))
        return checked

    async def leave(self, trip: dict[str, Any]) -> list[str]:
        """Load what is packed and depart; returns the orders on board."""
        await ok(await self.client.post(f"/trips/{trip['trip_id']}/load", json={}))
        gone: list[str] = (await ok(await self.client.post(f"/trips/{trip['trip_id']}/depart")))["order_ids"]
        return gone

    async def arrive(self, trip: dict[str, Any], school: str) -> dict[str, Any]:
        """The driver says that he stands at a school's gate."""
        answer: dict[str, Any] = await ok(
            await self.client.post(f"/trips/{trip['trip_id']}/arrive", json={"canteen_id": school})
        )
        return answer

    async def tell(
        self, box: str, where: tuple[float, float], temperatures: Sequence[float], minutes: int = 2
    ) -> list[dict[str, Any]]:
        """A device tells where it is and how cold, every few minutes up to now; returns what it sent."""
        points = []
        for back, temperature_c in zip(reversed(range(len(temperatures))), temperatures, strict=True):
            self._sequence += 1
            at = self.county.world.clock.now() - timedelta(minutes=minutes * back)
            seen = {"device_id": box, "sequence": self._sequence, "at": at.isoformat()}
            points.append(seen | {"lat": where[0], "lon": where[1], "temperature_c": temperature_c})
        taken = await self.send(points)
        assert (taken["stored"], taken["refused"]) == (len(points), []), taken
        return points

    async def send(self, points: list[dict[str, Any]]) -> dict[str, Any]:
        """Send readings, and let the others hear what they mean."""
        taken: dict[str, Any] = await ok(await self.client.post("/points", json={"points": points}))
        await self.county.world.settle()
        return taken

    async def sign(self, *receipts: dict[str, Any]) -> list[dict[str, Any]]:
        """Send receipts as a phone does that was offline: captured forty minutes ago, all in one batch."""
        captured_at = (self.county.world.clock.now() - timedelta(minutes=40)).isoformat()
        body = {"receipts": [{"captured_at": captured_at, **receipt} for receipt in receipts]}
        items: list[dict[str, Any]] = (await ok(await self.client.post("/receipts/batch", json=body)))["items"]
        await self.county.world.settle()
        return items

    async def consignment(self, order_id: str) -> dict[str, Any]:
        """Return what an order puts on a vehicle."""
        found: dict[str, Any] = await ok(await self.client.get(f"/consignments/{order_id}"))
        return found


def schools_of(trip: dict[str, Any]) -> list[str]:
    """Return the schools of a trip, in the order it reaches them."""
    return list(dict.fromkeys(stop["place_id"] for stop in trip["stops"] if stop["kind"] == "delivery"))


def order_for(trip: dict[str, Any], school: str) -> str:
    """Return the one order a trip brings to a school."""
    (order_id,) = [
        order_id
        for stop in trip["stops"]
        if (stop["kind"], stop["place_id"]) == ("delivery", school)
        for order_id in stop["order_ids"]
    ]
    return str(order_id)


def gate_of(school: str) -> tuple[float, float]:
    """Return where a school is."""
    return 28.16, 109.20 + int(school.removeprefix("sch-")) / 100


def planned_at(trip: dict[str, Any], school: str) -> datetime:
    """Return when a trip was planned to reach a school."""
    return next(
        datetime.fromisoformat(stop["planned_at"])
        for stop in trip["stops"]
        if (stop["kind"], stop["place_id"]) == ("delivery", school)
    )
