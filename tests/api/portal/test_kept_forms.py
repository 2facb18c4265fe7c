"""Whoever is signed out in the middle of a form loses nothing: it comes back filled in, on every page that has one."""

from dataclasses import dataclass

import httpx

from services.portal.sessions import usecases
from shared.auth.principal import Principal
from tests import builders as b
from tests.api.portal.browser import forms_in, portal_of, send
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.people import canteen, clerk, dispatcher, driver
from tests.sessions import SignedIn
from tests.world import World, ok

WORDS = "写了一半 🙂"


@dataclass(frozen=True)
class Half:
    """A form that is half filled in: whose, on which page, where it is sent, and what was typed."""

    who: Principal
    page: str
    action: str
    said: dict[str, str]


async def in_the_week_before(county: County[World]) -> list[Half]:
    """Let a county order, and return forms of those who plan, sell and look after it."""
    menu = f"/planner/menus/{(await county.publish())['menu_id']}"
    await county.source()
    order = f"/inbox/{(await county.inbox())[0]['order_id']}"
    cook, farm = canteen("sch-1"), clerk("coop-a")
    return [
        Half(farm, order, f"{order}/decline", {"told": WORDS, "reason": "other"}),
        Half(farm, order, f"{order}/accept-part", {"told": WORDS, "reason": "other"}),
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


async def come_back(world: World, half: Half) -> httpx.Response:
    """Send a form when its session has ended, sign in again, and return the page one is led back to."""
    browser = portal_of(world, half.who)
    assert isinstance(browser.auth, SignedIn)
    browser.auth.begin_anew()
    shown = await browser.get(half.page)
    assert shown.status_code == 200, shown.text
    assert browser.auth._cookie is not None
    await usecases.end(world.services["portal"], usecases.id_of(browser.auth._cookie))
    left = await send(browser, shown, half.action, **half.said)
    assert left.status_code == 303, left.text
    where = httpx.URL(left.headers["location"])
    assert where.path == "/sign-in", where
    browser.auth.begin_anew()
    return await browser.get(where.params["back"])


async def test_nothing_that_was_typed_is_lost_on_any_page(world_of: WorldOf) -> None:
    """Each form is there again with what was typed, marked so that a script unfolds it, and says what happened."""
    county = County(await world_of("portal", "nutrition", "farmers", "procurement", "logistics"))
    await county.set_up()
    for halves in (in_the_week_before, on_the_day):
        for half in await halves(county):
            page = await come_back(county.world, half)
            assert page.status_code == 200, page.text
            (form,) = [each for each in forms_in(page) if each.action == half.action]
            typed = {name: form.fields.get(name) for name in half.said}
            assert typed == half.said, half
            assert page.text.count("data-kept>") + page.text.count("data-kept ") == 1, half
            assert "内容已保留" in page.text, half
