"""The dispatcher's board in a browser: a day is planned, trips depart, what vehicles tell is there by itself."""

import importlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shared.messaging.embedded import EmbeddedBus
from tests.api.logistics.county import (
    AMBIENT,
    CHILLED,
    COUNTY,
    DAY,
    a_canteen,
    a_confirmation,
    a_cooperative,
    a_dispatch,
    a_lot,
    open_county,
)
from tests.people import administrator, dispatcher
from tests.portal.browser import Watched, checked, weighed
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty
from tests.portal.served import Loop, serving
from tests.world import World, ok, settings_of

BOARD = f"/board?county={COUNTY}&day={DAY}"
HEAVIEST, MOST_REQUESTS = 100_000, 6
_NAMED = [
    a_canteen("sch-1", version=2).model_copy(update={"name_en": "Shiban Primary School (fictional)"}),
    a_canteen("sch-2", version=2).model_copy(update={"name_en": "Pingba Primary School (fictional)"}),
    a_cooperative("coop-1", version=2).model_copy(update={"name_en": "Yunwupo Cooperative (fictional)"}),
]
"""Those of the county by names as they might have."""
MORNING = datetime(2026, 11, 29, 21, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(loop: Loop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCounty]:
    """The portal beside logistics alone, which is all that a board asks; a day's orders are packed, none is planned."""
    folder, names = tmp_path_factory.mktemp("board"), ["logistics", "portal"]
    definitions = [importlib.import_module(f"services.{name}.main").definition for name in names]
    world = World(definitions, EmbeddedBus(folder / "bus.sqlite"), settings_of(names, folder))
    loop.run(world.__aenter__())
    try:
        loop.run(_packed(world))
        with serving(loop, world._apps["portal"]) as address:
            yield ServedCounty(loop, world, None, address)  # type: ignore[arg-type]
    finally:
        loop.run(world.__aexit__())


async def _packed(world: World) -> None:
    """Chilled and other orders for two schools, packed at five in the morning."""
    await open_county(world)
    await world.publish(*_NAMED)
    await world.publish(a_lot("lot-1"))
    for number in range(4):
        order, school = f"ord-{number}", f"sch-{1 + number % 2}"
        kept = CHILLED if number < 2 else AMBIENT
        await world.publish(a_confirmation(order, canteen_id=school, grams=(10_000,), temperature_class=kept))
        await world.publish(a_dispatch(order, {"lot-1": 10_000}, canteen_id=school))
    await world.settle()
    world.clock.move_to(MORNING)


def tell(served: ServedCounty, trip_id: str, *temperatures: float, first: int = 0) -> None:
    """Let a trip's vehicle tell a temperature a minute, up to now."""
    now = served.world.clock.now()
    points = [
        {
            "sequence": first + n,
            "at": (now - timedelta(minutes=len(temperatures) - 1 - n)).isoformat(),
            "lat": 28.13 + n / 1000,
            "lon": 109.13 + n / 1000,
            "temperature_c": each,
        }
        for n, each in enumerate(temperatures)
    ]
    body = {"device_id": "dev-1", "points": points}
    served.do(ok_post(served, f"/trips/{trip_id}/points", body))


async def ok_post(served: ServedCounty, path: str, body: dict[str, Any]) -> Any:
    """Post to logistics; it must be taken."""
    return await ok(await served.world.client("logistics").post(path, json=body))


def planned(served: ServedCounty, window: Watched) -> Page:
    """Plan the day by clicks, on a phone; returns the page of the board."""
    page = window.page(BOARD)
    expect(page.get_by_text("这一天还没有车次")).to_be_visible()
    checked(page, "board-empty")
    page.get_by_role("link", name="安排这一天").click()
    page.get_by_role("button", name="生成车次").click()
    expect(page.get_by_text("正在安排车次")).to_be_visible()
    checked(page, "board-progress")
    served.settle()
    expect(page.locator(".status", has_text="安排好了")).to_be_visible(timeout=15_000)
    checked(page, "board-planned")
    page.get_by_role("link", name="看车次").click()
    expect(page.locator(".run")).not_to_have_count(0)
    return page


def test_a_day_is_planned_and_planned_anew(served: ServedCounty, open_as: OpenAs) -> None:
    """Progress is shown; what a proposal would change is shown before it is applied, and left it changes nothing."""
    planned(served, open_as(dispatcher(COUNTY), "phone", "zh-CN"))
    desk = open_as(dispatcher(COUNTY), "desktop", "en")
    desk.forgive("422")
    page = desk.page(BOARD)
    page.get_by_role("link", name="Plan this day").click()
    page.get_by_text("Add a wish").click()
    page.get_by_role("button", name="Choose this trip").click()
    page.get_by_label("Go to another vehicle").check()
    page.get_by_role("button", name="Add", exact=True).click()
    checked(page, "board-wish-refused")
    page.get_by_label("Other vehicle", exact=True).select_option(index=1)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="Take back")).to_be_visible()
    checked(page, "board-wish")
    page.get_by_role("button", name="Make a proposal").click()
    served.settle()
    expect(page.locator(".status", has_text="Proposed: nothing has changed yet")).to_be_visible(timeout=15_000)
    checked(page, "board-proposal")
    page.get_by_role("button", name="Leave it as it is").click()
    expect(page.locator(".status", has_text="Given up: nothing has changed")).to_be_visible()


def test_a_day_on_the_board(served: ServedCounty, open_as: OpenAs) -> None:
    """Load and depart by taps; rows and the trip that is looked at follow the vehicle, the warm one first."""
    who = dispatcher(COUNTY)
    page = open_as(who, "phone", "zh-CN").page(BOARD)
    trips = page.locator(".run").count()
    first = page.locator(".run").first
    trip_id = (first.get_attribute("id") or "").removeprefix("run-")
    first.get_by_role("link").click()
    picked = page.locator("#picked")
    expect(picked).to_be_visible(timeout=15_000)
    checked(page, "board-trip-planned")
    picked.get_by_role("button", name="装好已打包的").click()
    expect(picked.get_by_text(re.compile("车上 [1-9]"))).to_be_visible(timeout=15_000)
    checked(page, "board-loaded")
    picked.get_by_role("button", name="让它出发").click()
    checked(page, "board-depart")
    page.get_by_role("dialog").get_by_role("button", name="现在出发").click()
    expect(picked.get_by_text("传感器没信号").first).to_be_visible(timeout=15_000)
    checked(page, "board-departed")
    expect(page.locator("[data-live=live]")).to_be_visible(timeout=15_000)
    served.world.clock.advance(timedelta(minutes=30))
    tell(served, trip_id, *[5.0 + n / 10 for n in range(20)])
    row = page.locator(f"#run-{trip_id}")
    expect(row.get_by_text("6.9 °C")).to_be_visible(timeout=15_000)
    expect(picked.locator("polyline")).not_to_have_count(0, timeout=15_000)
    expect(page.locator(".vehicle")).to_have_count(1)
    checked(page, "board-live")
    # The other window is a desk's, in English; both hear the alarm.
    desk = open_as(who, "desktop", "en").page(f"{BOARD}&trip={trip_id}")
    expect(desk.locator("[data-live=live]")).to_be_visible(timeout=15_000)
    served.world.clock.advance(timedelta(minutes=25))
    tell(served, trip_id, *[12.0 + n / 10 for n in range(24)], first=20)
    for window, words in ((page, "温度超限"), (desk, "Too warm or too cold")):
        expect(window.locator(".run").first.get_by_text(words)).to_be_visible(timeout=15_000)
    desk.reload()
    checked(desk, "board-warm")
    desk.locator("summary", has_text="Deal with the alarm").click()
    desk.get_by_label("What you found or did").fill("Door seal replaced")
    desk.get_by_role("button", name="I have dealt with it").click()
    expect(desk.get_by_text("Door seal replaced")).to_be_visible(timeout=15_000)
    checked(desk, "board-dealt-with")
    assert page.locator(".run").count() == trips
    listed = open_as(who, "phone", "zh-CN").page(BOARD.replace("/board", "/board/list"))
    checked(listed, "board-list")
    before = {row.get_attribute("id") for row in desk.locator(".run").all()}
    desk.locator("summary", has_text="The vehicle broke down").click()
    desk.get_by_label("What happened").fill("engine stopped")
    desk.get_by_role("button", name="End the trip and plan anew").click()
    expect(desk.locator("main")).to_contain_text("Trips are being planned")
    served.settle()
    expect(desk.locator(".status", has_text="Done: the trips stand")).to_be_visible(timeout=15_000)
    checked(desk, "board-broken-down")
    desk.get_by_role("link", name="To the board").click()
    broken = desk.locator(f"#run-{trip_id}")
    expect(broken.get_by_text("Broken down")).to_be_visible()
    new = {row.get_attribute("id") for row in desk.locator(".run").all()} - before
    assert len(new) == 1
    # The other window hears of the new trip by itself.
    expect(page.locator(f"#{new.pop()}")).to_be_visible()


def test_all_counties_are_planned(served: ServedCounty, open_as: OpenAs) -> None:
    """How far the province's plan is follows by itself, and so does what came of each county."""
    served.do(served.world.publish(a_confirmation("ord-late", grams=(10_000,), temperature_class=AMBIENT)))
    served.settle()
    page = open_as(administrator(), "desktop", "en").page(BOARD.replace("/board", "/board/plan"))
    page.get_by_role("button", name="Plan all counties").click()
    expect(page.locator("#plan progress")).to_be_visible()
    served.settle()
    expect(page.locator("#plan progress")).to_have_count(0)
    checked(page, "board-province")


def test_what_the_board_weighs(served: ServedCounty, open_as: OpenAs) -> None:
    """With its map it is light enough for a slow line."""
    weight = weighed(open_as(dispatcher(COUNTY), "desktop", "en").page(), f"{served.address}{BOARD}")
    own = {address: size for address, size in weight.bytes_of.items() if "/board/stream" not in address}
    assert sum(own.values()) <= HEAVIEST, own
    assert len(own) <= MOST_REQUESTS, own
