"""Forms of the portal's pages that are half filled in, by people of a small county in the course of a week."""

from dataclasses import dataclass

from shared.auth.principal import Principal
from tests import builders as b
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
    await county.source()
    orders = await county.inbox()
    first, last = (f"/inbox/{orders[place]['order_id']}" for place in (0, -1))
    cook, farm = canteen("sch-1"), clerk("coop-a")
    return [
        Half(farm, first, f"{first}/decline", {"told": WORDS, "reason": "other"}),
        Half(farm, last, f"{last}/accept-part", {"told": WORDS, "reason": "other"}),
        Half(farm, "/harvest", "/harvest", {"quantity": "12,5", "certificate": WORDS, "sharing": "own"}),
        Half(cook, menu, f"{menu}/withdraw", {"reason": WORDS}),
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
        Half(cook, gate, gate, {"received-0": "9.5", "signer-1": WORDS, "signer-2": "李老师"}),
        Half(cook, "/traces", "/traces/meals/lunch", {"headcount": "97"}),
        Half(dispatcher(b.COUNTY), board, f"{board}/breakdown", {"reason": WORDS}),
        Half(driver("drv-1"), sheet, f"{sheet}/breakdown", {"reason": WORDS}),
    ]


async def in_the_evening(county: County[World]) -> list[Half]:
    """Let the day's goods be delivered, signed for and eaten, and return forms of those who put it right."""
    await county.drive()
    await county.receive()
    meal = await county.serve()
    signed = f"/receiving/{(await county.consignments())[0]['order_id']}/correct"
    cook, farm, paper = canteen("sch-1"), clerk("coop-a"), "/offers/certificates/new"
    days = {"issued_on": "2026-09-01", "expires_on": "2027-08-31"}
    return [
        Half(cook, signed, signed, {"why": WORDS, "signer-1": "王芳", "signer-2": "李老师"}),
        Half(cook, "/traces", f"/traces/{meal['meal_id']}/corrections", {"headcount": "89", "reason": WORDS}),
        Half(farm, f"{paper}?food=cabbage", paper, {"number": "JC-1", "issued_by": WORDS} | days),
    ]
