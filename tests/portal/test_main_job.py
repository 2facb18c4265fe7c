"""The whole job by clicks: from an empty week to the page that tells parents where their children's lunch came from.

Once each in the window they have: cook, clerk, driver and parent on a phone in Chinese, the county's office at a desk
in English. And once the other way round.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import builders as b
from tests.people import canteen, clerk, dispatcher, driver, official
from tests.portal.browser import Size, Watched, all_sent, checked
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty, served_county
from tests.portal.served import Loop
from tests.portal.spoken import formats_of, named, said, tap, words_of

DAY, NEXT_DAY = b.WEEK[:2]
EVE = "2026-11-29"
COOK, OFFICE, DISPATCHER = canteen("sch-1"), official(b.COUNTY), dispatcher(b.COUNTY)
LUNCH = {"rice": "10", "cabbage": "10", "pork": "2"}
"""Kilograms a hundred children eat of each food on the first day."""
Window = tuple[Size, str]
PHONE: Window = ("phone", "zh-CN")
DESK: Window = ("desktop", "en")


@pytest.fixture
def served(loop: Loop, tmp_path: Path) -> Iterator[ServedCounty]:
    """A county of each test: the job begins with an empty week."""
    with served_county(loop, tmp_path) as county:
        yield county


@pytest.mark.parametrize(
    ("theirs", "offices"),
    [
        pytest.param(PHONE, DESK, id="theirs-on-phones-in-chinese"),
        pytest.param(DESK, PHONE, id="theirs-at-desks-in-english"),
    ],
)
def test_from_a_menu_to_the_way_of_a_meal(
    theirs: Window, offices: Window, open_as: OpenAs, served: ServedCounty
) -> None:
    """Planned, bought, accepted, packed, driven without a network, weighed, eaten, paid, traced: nothing but clicks."""
    plan_a_week(open_as(COOK, *theirs).page("/"))
    served.settle()
    buy(open_as(OFFICE, *offices).page("/"), served)
    assert sum(answer(open_as(clerk(f"coop-{name}"), *theirs).page("/"), served) for name in "ab") >= 1
    served.county.go_to(EVE, 18)
    assert sum(pack(open_as(clerk(f"coop-{name}"), *theirs).page("/"), served) for name in "ab") >= 1
    plan_trips(open_as(DISPATCHER, *offices).page("/"), served)
    served.county.go_to(DAY, 5)
    depart(open_as(DISPATCHER, *offices).page("/"))
    served.settle()
    drive_without_a_network(open_as(driver("drv-1"), *theirs), served)
    served.settle()
    weigh_and_sign(open_as(COOK, *theirs), served)
    served.county.go_to(DAY, 12, 30)
    told = serve(open_as(COOK, *theirs).page("/"), served)
    the_money(open_as(OFFICE, *offices).page("/"))
    the_way(open_as(None, *theirs).page(told))


def set_clock(window: Watched, served: ServedCounty) -> None:
    """Let a window's clock be right: it says when something was tapped."""
    now: datetime = served.world.clock.now()
    window.context.clock.set_fixed_time(now + timedelta(minutes=1))


def plan_a_week(page: Page) -> None:
    """Plan two days' lunches dish by dish, and publish them."""
    tap(page.locator("main"), "Week menu")
    tap(page, "Begin with nothing", "button")
    for day, code in ((DAY, "d01"), (NEXT_DAY, "d02")):
        opening = page.locator(f"a#open-{day}-lunch")
        if not opening.is_visible():  # a phone shows one day
            page.locator(f"#tab-{day}").click()
        opening.click()
        dialog, dish = page.get_by_role("dialog"), named(page, b.DISHES[code])
        dialog.get_by_role("button", name=f"{words_of(page).gettext('Add')} {dish}", exact=True).click()
        expect(page.locator("#meal-now")).to_contain_text(dish)
        tap(dialog, "Finished", "button")
        expect(dialog).to_be_hidden()
    tap(page, "Check and publish")
    tap(page, "Publish", "button")
    expect(page.locator("main")).to_contain_text(said(page, "Published"))


def buy(page: Page, served: ServedCounty) -> None:
    """See what the school needs, find suppliers, watch it, and see who supplies what."""
    tap(page.locator("main"), "Buying")
    tap(page, "Week after")
    expect(page.locator("main")).to_contain_text(named(page, b.FOODS["cabbage"]))
    tap(page, "Find suppliers")
    tap(page, "Find suppliers now", "button")
    expect(page.locator("#run progress")).to_be_visible()
    served.settle()
    expect(page.locator("#run").get_by_text(said(page, "Done: everything has a supplier."))).to_be_visible()
    tap(page.locator("#run"), "Back to all foods")
    tap(page, "All foods")
    expect(page.locator("main")).to_contain_text(said(page, "All ordered"))


def answer(page: Page, served: ServedCounty) -> int:
    """Accept all that waits; returns how many orders."""
    tap(page.locator("main"), "Orders")
    expect(page.locator("nav.tabs").first).to_be_visible()
    waiting = page.locator("li.card").count()
    if waiting == 1:
        tap(page, "Open the order of {school} for {day}")
        tap(page, "Accept all, {weight}", "button")
    elif waiting:
        page.locator('a[href="/inbox/accept"]').click()
        tap(page, "Accept them", "button")
    served.settle()
    return waiting


def pack(page: Page, served: ServedCounty) -> int:
    """Write down what was harvested for the first day, and pack it; returns how many orders were packed."""
    tap(page.locator("main"), "Orders")
    tap(page, "To pack")
    due = page.locator("li.card", has_text=formats_of(page).short_day(DAY))
    expect(page.locator('nav.tabs a[aria-current="page"]')).to_contain_text(said(page, "To pack"))
    count = due.count()
    if count:
        harvest(page)
    for _ in range(count):
        tap(page.locator("nav.nav"), "Orders")
        tap(page, "To pack")
        due.first.get_by_role("link").click()
        tap(page, "Packed, hand over", "button")
        expect(page.locator(".page-head .status")).not_to_contain_text(said(page, "You accepted it"))
        served.settle()
    return count


def harvest(page: Page) -> None:
    """Enter what two households brought of each food."""
    tap(page.locator("nav.nav"), "Harvest")
    for food, kilograms in LUNCH.items():
        page.get_by_label(named(page, b.FOODS[food])).check()
        for key in kilograms:
            page.locator(f'[data-pad] [data-key="{key}"]').click()
        page.get_by_label(said(page, "Number of the certificate")).fill(f"CN-{food}")
        page.get_by_label(said(page, "Equal parts for those ticked")).check()
        page.locator('details:has(input[name="household"]) > summary').first.click()
        for household in page.locator('input[name="household"]').all()[:2]:
            household.check()
        tap(page, "Save the harvest", "button")
        expect(page.locator("li.card").first).to_contain_text(f"CN-{food}")


def plan_trips(page: Page, served: ServedCounty) -> None:
    """Plan the next day's trips on the evening before, with progress."""
    tap(page.locator("main"), "Trips today")
    tap(page, "Day after")
    tap(page, "Plan this day")
    tap(page, "Plan the trips", "button")
    served.settle()
    expect(page.locator(".status", has_text=said(page, "Done: the trips stand"))).to_be_visible(timeout=15_000)
    tap(page, "To the board")
    expect(page.locator(".run")).not_to_have_count(0)
    page.close()


def depart(page: Page) -> None:
    """Load every trip of the morning, and let it leave."""
    tap(page.locator("main"), "Trips today")
    expect(page.locator(".run").first).to_be_visible()
    for link in page.locator(".run .run-link").all():
        link.click()
        picked = page.locator("#picked")
        tap(picked, "Load what is packed", "button")
        expect(
            picked.get_by_text(said(page, "{loaded} on board, {done} of {total} there", loaded="[1-9]"))
        ).to_be_visible(timeout=15_000)
        tap(picked, "Let it depart", "button")
        tap(page.get_by_role("dialog"), "It departs now", "button")
        expect(picked.get_by_role("button", name=said(page, "Let it depart"))).to_have_count(0)
    page.close()


def drive_without_a_network(window: Watched, served: ServedCounty) -> None:
    """Arrive where there is no network; the page tells of it when there is one."""
    window.forgive("Failed to load resource", "net::ERR_FAILED")
    set_clock(window, served)
    page = window.kept("/driving")
    window.context.set_offline(True)
    tap(page.locator(".bar"), "Arrived: {place}", "button")
    expect(page.locator("#outbox")).to_contain_text(said(page, "Saved, waiting to send: {n}", n="1"))
    window.context.set_offline(False)
    expect(page.get_by_text(said(page, "All stops are done. Thank you, and drive home safely."))).to_be_visible(
        timeout=15_000
    )
    all_sent(page)


def weigh_and_sign(window: Watched, served: ServedCounty) -> None:
    """Weigh what stands at the gate, food by food, and sign with a second person."""
    set_clock(window, served)
    page = window.page("/")
    tap(page.locator("main"), "At the gate")
    deliveries = page.locator('a.card[href^="/receiving/"]')
    expect(deliveries.first).to_be_visible()
    for _ in range(deliveries.count()):
        deliveries.filter(has_text=said(page, "To weigh")).first.click()
        expect(page.locator("section.line").first).to_be_visible()
        for line in page.locator("section.line").all():
            line.get_by_label(said(page, "Weighed")).fill(line.locator("strong").nth(1).inner_text().split()[0])
        page.get_by_label(said(page, "First signature: who weighed")).fill("王芳")
        page.get_by_label(said(page, "Second signature: who looked on")).fill("李老师")
        tap(page, "Sign the receipt", "button")
        expect(page.locator(".page-head .status")).to_contain_text(said(page, "Received"))
        served.settle()
        tap(page, "All deliveries of the day")


def serve(page: Page, served: ServedCounty) -> str:
    """Record lunch; returns the address of its public page."""
    tap(page.locator("main"), "Meals served")
    expect(page.get_by_text(said(page, "Not recorded yet"))).to_be_visible()
    checked(page, "traces-to-record")
    tap(page, "It was served", "button")
    expect(page.locator("main")).to_contain_text(words_of(page).ngettext("{n} ate", "{n} ate", 100))
    served.settle()
    found = page.get_by_role("link", name=said(page, "Public page")).get_attribute("href")
    assert found is not None
    return found


def the_money(page: Page) -> None:
    """See what the day cost, and what of it reached poor households, down to the lines of the school."""
    tap(page.locator("main"), "The month")
    expect(page.locator(".big").first).to_have_text(re.compile(r"¥[1-9]"))
    page.get_by_role("link", name=named(page, b.a_canteen())).first.click()
    expect(page.locator("tbody tr")).to_have_count(len(LUNCH))


def the_way(page: Page) -> None:
    """Read where lunch came from: who grew it, when it was harvested, when it left and arrived."""
    main = page.locator("main")
    for way in ("Harvested", "Left the cooperative", "Arrived at the school and weighed"):
        expect(main).to_contain_text(said(page, way))
    expect(main).to_contain_text(re.compile("|".join(re.escape(named(page, b.a_cooperative(name))) for name in "ab")))
    for food in LUNCH:
        expect(main).to_contain_text(f"CN-{food}")
