"""Forms of the portal's pages that are half filled in, by people of a small county in the course of a week."""

from dataclasses import dataclass
from datetime import timedelta

from shared.auth.principal import Principal
from tests import builders as b
from tests.api.logistics.test_tracking import readings
from tests.journeys.county import County
from tests.people import canteen, clerk, dispatcher, driver
from tests.world import World, ok

WORDS = "写了一半 🙂"


@dataclass(frozen=True)
class Half:
    """A form that is half filled in: whose, on which page, where it is sent, and what was typed."""

    who: Principal
    page: str
    action: str
    said: dict[str, str]

    @property
    def written(self) -> list[str]:
        """Its fields that take a person's own words or name."""
        return [name for name, value in self.said.items() if value == WORDS]


async def in_the_week_before(county: County[World]) -> list[Half]:
    """Let a county order, and return forms of those who plan, sell and look after it."""
    menu = f"/planner/menus/{(await county.publish())['menu_id']}"
    changed = await ok(await county.nutrition.post("/menu-drafts", json=b.a_menu(days=b.WEEK[:4])))
    draft = f"/planner/drafts/{changed['draft_id']}"
    await county.source()
    orders = await county.inbox()
    first, last = (f"/inbox/{orders[place]['order_id']}" for place in (0, -1))
    cook, farm = canteen("sch-1"), clerk("coop-a")
    return [
        Half(farm, first, f"{first}/decline", {"told": WORDS, "reason": "other"}),
        Half(farm, last, f"{last}/accept-part", {"told": WORDS, "reason": "other"}),
        Half(farm, "/harvest", "/harvest", {"quantity": "12,5", "certificate": WORDS, "sharing": "own"}),
        Half(cook, menu, f"{menu}/withdraw", {"reason": WORDS}),
        Half(cook, f"{draft}/publish", f"{draft}/publish", {"reason": WORDS}),
        Half(cook, "/phone", "/phone/canteen/sch-1", {"number": WORDS}),
    ]


async def on_the_day(county: County[World]) -> list[Half]:
    """Let a day be packed and its trips be planned, and return forms of those who drive, weigh and serve."""
    await county.accept_all()
    await county.harvest_and_dispatch()
    await ok(await county.logistics.post("/trip-plans", json={"county_code": b.COUNTY, "day": b.WEEK[0]}))
    await county.world.settle()
    (trip, *_) = (await ok(await county.logistics.get("/trips")))["items"]
    first = (await county.consignments())[0]["order_id"]
    cook, gate, board = canteen("sch-1"), f"/receiving/{first}", f"/board/trips/{trip['trip_id']}"
    sheet = f"/driving/{trip['trip_id']}"
    return [
        Half(cook, gate, gate, {"received-0": "9.5", "note-0": WORDS, "signer-1": WORDS, "signer-2": "李老师"}),
        Half(cook, "/traces", "/traces/meals/lunch", {"headcount": "97"}),
        Half(dispatcher(b.COUNTY), board, f"{board}/breakdown", {"reason": WORDS}),
        Half(driver("drv-1"), sheet, f"{sheet}/breakdown", {"reason": WORDS}),
    ]


async def in_the_evening(county: County[World]) -> list[Half]:
    """Let the day's goods be delivered, signed for and eaten, and return forms of those who put it right."""
    await county.drive()
    await county.receive()
    meal = await county.serve()
    trip, alarm = await _too_warm(county, b.WEEK[1])
    board = f"/board/trips/{trip}"
    signed = f"/receiving/{(await county.consignments())[0]['order_id']}/correct"
    cook, farm, paper = canteen("sch-1"), clerk("coop-a"), "/offers/certificates/new"
    days = {"issued_on": "2026-09-01", "expires_on": "2027-08-31"}
    return [
        Half(cook, signed, signed, {"why": WORDS, "note-0": WORDS, "signer-1": "王芳", "signer-2": "李老师"}),
        Half(
            cook,
            f"/traces?day={b.WEEK[0]}",
            f"/traces/{meal['meal_id']}/corrections",
            {"headcount": "89", "reason": WORDS},
        ),
        Half(farm, f"{paper}?food=cabbage", paper, {"number": "JC-1", "issued_by": WORDS} | days),
        Half(dispatcher(b.COUNTY), board, f"{board}/alarms/{alarm}", {"note": WORDS}),
    ]


async def _too_warm(county: County[World], day: str) -> tuple[str, str]:
    """Let a trip of a day be on its way, too warm; return it and its alarm."""
    await county.harvest_and_dispatch(day)
    of_day = {"county_code": b.COUNTY, "day": day}
    await ok(await county.logistics.post("/trip-plans", json=of_day))
    await county.world.settle()
    (trip, *_) = (await ok(await county.logistics.get("/trips", params=of_day)))["items"]
    trip_id, device = trip["trip_id"], {"device_id": "dev-1", "vehicle_id": trip["vehicle_id"]}
    await county.put("logistics", "/devices", device)
    for act in ("load", "depart"):
        await ok(await county.logistics.post(f"/trips/{trip_id}/{act}", json={}))
    told = readings(county.world.clock.now(), 13.0, 13.0, 13.0)
    county.world.clock.advance(timedelta(minutes=30))
    await ok(await county.logistics.post(f"/trips/{trip_id}/points", json=told))
    cold = await ok(await county.logistics.get(f"/trips/{trip_id}/cold-chain"))
    return trip_id, cold["alarms"][0]["alarm_id"]
