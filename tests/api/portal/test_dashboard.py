"""The official's pages: a month of money, households, time and cold."""

from tests import builders as b
from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.people import auditor, canteen, official
from tests.world import World, ok

ENGLISH = {"Accept-Language": "en"}
EVERYTHING = ("portal", "nutrition", "farmers", "procurement", "logistics")
MONTH = b.WEEK[0][:7]
OTHER = "520627"


async def _a_county_that_was_fed(world: World) -> County[World]:
    """One day of a small county: ordered, brought, weighed, paid."""
    county = County(world)
    await county.set_up()
    await county.publish()
    await county.source()
    await county.accept_all()
    await county.live_through(b.WEEK[0])
    return county


async def test_an_official_sees_the_month_and_what_is_behind_it(world_of: WorldOf) -> None:
    """The county's figures are procurement's to the fen; schools lead to their lines, the report to print and CSV."""
    world = await world_of(*EVERYTHING)
    await _a_county_that_was_fed(world)
    report = await ok(await world.client("procurement").get("/reports/month", params={"month": MONTH}))
    spend = f"¥{report['total']['spend_fen'] / 100:,.2f}"
    browser = portal_of(world, official(b.COUNTY))
    page = await browser.get("/dashboard", params={"month": MONTH}, headers=ENGLISH)
    assert page.status_code == 200, page.text
    for said in (spend, "Deliveries in time", "To poor households", "/dashboard/schools/sch-1", "By county"):
        assert (said in page.text) == (said != "By county"), said
    school = await browser.get("/dashboard/schools/sch-1", params={"month": MONTH}, headers=ENGLISH)
    assert spend in school.text, school.text
    assert "Order lines" in school.text
    printed = await browser.get("/dashboard/report", params={"month": MONTH}, headers=ENGLISH)
    assert spend in printed.text
    told = await browser.get("/dashboard/report.csv", params={"month": MONTH})
    assert told.headers["content-type"].startswith("text/csv")
    assert told.content.count(b"\n") > 1
    signed = await browser.get("/dashboard/schools/sch-1/statement.pdf", params={"month": MONTH})
    assert signed.content.startswith(b"%PDF")


async def test_a_countys_schools_are_on_a_map_that_the_table_says_in_words(world_of: WorldOf) -> None:
    """A cell for each school whose place is known, in the tone of its menu; without places the table is there alone."""
    world = await world_of(*EVERYTHING)
    county = await _a_county_that_was_fed(world)
    browser = portal_of(world, official(b.COUNTY))
    assert "<polygon" not in (await browser.get("/dashboard", params={"month": MONTH})).text
    others = [b.a_canteen(number, lat=28.1 + number / 50) for number in (2, 3)]
    await county.put("nutrition", "/canteens", *others)
    await world.settle()
    page = await browser.get("/dashboard", params={"month": MONTH}, headers=ENGLISH)
    assert page.text.count("<polygon") == 3
    assert page.text.count('<g class="bad">') == 2
    assert "None published 2" in page.text
    world.away("logistics")
    page = await browser.get("/dashboard", params={"month": MONTH}, headers=ENGLISH)
    assert ("<polygon" in page.text, "School" in page.text) == (False, True)


async def test_the_province_leads_to_its_counties(world_of: WorldOf) -> None:
    """Who reads the province sees a bar and a row for each county; its row opens it."""
    world = await world_of(*EVERYTHING)
    await _a_county_that_was_fed(world)
    for who in (official(), auditor()):
        page = await portal_of(world, who).get("/dashboard", params={"month": MONTH}, headers=ENGLISH)
        assert page.status_code == 200, page.text
        assert "By county" in page.text
        assert f"county_code={b.COUNTY}" in page.text
        assert "<polygon" not in page.text


async def test_counties_are_on_a_map_by_what_nobody_could_meet(world_of: WorldOf) -> None:
    """From two counties on: one whose demand was met, and one whose school nobody delivers to."""
    world = await world_of(*EVERYTHING)
    county = County(world)
    await county.set_up()
    await county.put("nutrition", "/canteens", b.a_canteen(9, pupils=10_000, county_code=OTHER))
    for school in ("sch-1", "sch-9"):
        await county.publish(b.a_menu(school, days=b.WEEK[:1]))
    await county.source()
    run = {"county_code": OTHER, "week_start": b.MONDAY}
    await ok(await county.procurement.post("/sourcing-runs", json=run))
    await world.settle()
    page = await portal_of(world, official()).get("/dashboard", params={"month": MONTH}, headers=ENGLISH)
    assert [page.text.count(f'<g class="{tone}">') for tone in ("ok", "bad")] == [1, 1], page.text
    assert "Much was not met 1" in page.text


async def test_an_empty_month_says_what_is_next(world_of: WorldOf) -> None:
    """Before anything was delivered the page leads back, and nothing is divided by nought."""
    world = await world_of(*EVERYTHING)
    page = await portal_of(world, official(b.COUNTY)).get("/dashboard", headers=ENGLISH)
    assert page.status_code == 200, page.text
    assert "Nothing was delivered in this month yet" in page.text
    assert "Nothing to count yet" in page.text


async def test_the_page_stands_without_a_service(world_of: WorldOf) -> None:
    """One service that is away takes its part with it, no more."""
    world = await world_of(*EVERYTHING)
    await _a_county_that_was_fed(world)
    browser = portal_of(world, official(b.COUNTY))
    for service, said in (("logistics", "Trips and receipts"), ("nutrition", "Menus and kitchens")):
        world.away(service)
        page = await browser.get("/dashboard", params={"month": MONTH}, headers=ENGLISH)
        assert page.status_code == 200, page.text
        assert f"{said} do not answer" in page.text
        assert "Spend on food" in page.text


async def test_what_is_asked_for_is_bounded(world_of: WorldOf) -> None:
    """Another county is not shown, a month that is none is refused, and a canteen has no such page."""
    world = await world_of(*EVERYTHING)
    browser = portal_of(world, official(b.COUNTY))
    assert (await browser.get("/dashboard", params={"county_code": "520101"})).status_code == 403
    assert (await browser.get("/dashboard", params={"month": "2026-13"})).status_code == 422
    assert (await portal_of(world, canteen("sch-1")).get("/dashboard")).status_code == 403
