"""Who opens an empty day is led to the nearest with something: on a Sunday, in holidays, in a demo that is over."""

from datetime import date, timedelta

from tests.api.logistics.county import COUNTY, DAY, a_planned_trip, open_county
from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.people import canteen, dispatcher, driver
from tests.world import ok

ENGLISH = {"Accept-Language": "en"}


def at(days: int) -> date:
    """A day so many days after that of the trip."""
    return DAY + timedelta(days=days)


async def test_an_empty_day_leads_to_one_with_something(world_of: WorldOf) -> None:
    """Gate, run sheet, board and its list say which day has something, before it and after it; whose it is counts."""
    world = await world_of("portal", "logistics", "nutrition")
    client = await open_county(world)
    trip = await ok(await client.get(f"/trips/{await a_planned_trip(world, 'ord-1')}"))
    desk, of_county = portal_of(world, dispatcher(COUNTY)), f"county={COUNTY}&"
    pages = (
        (portal_of(world, canteen("sch-1")), "/receiving", ""),
        (portal_of(world, driver(trip["driver_id"])), "/driving", ""),
        (desk, "/board", of_county),
        (desk, "/board/list", of_county),
    )
    for browser, path, whose in pages:
        link = f'href="{path}?{whose.replace("&", "&amp;")}day={DAY}">'
        for days, said in ((6, "The last day with something"), (-3, "The next day with something")):
            page = await browser.get(f"{path}?{whose}day={at(days)}", headers=ENGLISH)
            assert f"{link}{said}: Mon 30 Nov</a>" in page.text, path
        assert "day with something" not in (await browser.get(f"{path}?{whose}day={DAY}", headers=ENGLISH)).text
    other = await portal_of(world, canteen("sch-2")).get(f"/receiving?day={at(6)}", headers=ENGLISH)
    assert "Nothing comes on this day" in other.text
    assert "day with something" not in other.text
