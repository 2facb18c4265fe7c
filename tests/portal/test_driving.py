"""A day without a network: a driver loads, departs and arrives, a school weighs and signs; each record counts once."""

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from shared.events.logistics import ConsignmentLoaded, DeliveryArrived, DeliveryDeparted
from shared.messaging.embedded import EmbeddedBus
from tests.api.logistics.county import CHILLED, DAY, a_confirmation, a_dispatch, open_county, plan
from tests.api.portal.browser import portal_of
from tests.builders import a_food
from tests.people import canteen, driver
from tests.portal.browser import Watched, all_sent, checked, weighed
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty
from tests.portal.served import Loop, serving
from tests.world import World, ok, settings_of

SHEET, GATE = f"/driving?day={DAY}", f"/receiving?day={DAY}"
DRIVERS = ("drv-1", "drv-2")
ORDERS = ("ord-1", "ord-2")


@pytest.fixture(scope="module")
def served(loop: Loop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCounty]:
    """The portal, with trips and receipts alone: a trip of the day is planned that fetches two orders for a school."""
    folder, names = tmp_path_factory.mktemp("gate"), ["logistics", "nutrition", "portal"]
    definitions = [importlib.import_module(f"services.{name}.main").definition for name in names]
    world = World(definitions, EmbeddedBus(folder / "bus.sqlite"), settings_of(names, folder))
    loop.run(world.__aenter__())
    try:
        loop.run(a_day(world))
        with serving(loop, world.app("portal")) as address:
            yield ServedCounty(loop, world, None, address)  # type: ignore[arg-type]
    finally:
        loop.run(world.__aexit__())


async def a_day(world: World) -> None:
    """Pack and plan two orders, and let it be five o'clock of the day they are driven."""
    await open_county(world)
    food = a_food("potato") | {"name_zh": "土豆", "name_en": "Potato"}
    await ok(await world.client("nutrition").put("/foods", json={"rows": [food]}))
    crew = [{"driver_id": each, "depot_id": "dep-1"} for each in DRIVERS]
    await ok(await world.client("logistics").put("/drivers", json={"rows": crew}))
    first = a_confirmation("ord-1", grams=(10_000, 25_000), temperature_class=CHILLED)
    await world.publish(first, a_confirmation("ord-2", cooperative_id="coop-2", temperature_class=CHILLED))
    await world.publish(
        a_dispatch("ord-1", {"lot-1": 10_000}, {"lot-2": 24_500}), a_dispatch("ord-2", {"lot-3": 10_000})
    )
    await world.settle()
    await plan(world)
    for path in ("/canteens/sch-1/phone", "/cooperatives/coop-1/phone"):
        await ok(await world.client("logistics").put(path, json={"number": "+86 100 0000 0041"}))
    world.clock.move_to(datetime(2026, 11, 29, 21, tzinfo=UTC))
    for who, path in ((driver(*DRIVERS), SHEET), (canteen("sch-1"), GATE)):  # so that what is loaded once is
        assert (await portal_of(world, who).get(path)).status_code == 200


def told(served: ServedCounty, kind: type) -> int:
    """How many events of a kind were published."""
    served.settle()
    return sum(isinstance(each, kind) for each in served.world.told)


def listed(served: ServedCounty, path: str) -> list[dict[str, Any]]:
    """What logistics lists."""
    answer = served.do(served.world.client("logistics").get(path))
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def kept(window: Watched, path: str) -> Page:
    """Open a page and wait until the browser keeps it with those it names."""
    page = window.page()
    page.add_init_script("navigator.serviceWorker?.addEventListener('message', (e) => (window.kept = e.data.pages))")
    page.goto(window.address + path)
    page.wait_for_function("() => window.kept?.length")
    return page


def at_work(open_as: OpenAs, served: ServedCounty, who: Any) -> Watched:
    """A phone whose clock is right."""
    window = open_as(who)
    window.forgive("Failed to load resource", "net::ERR_FAILED")
    window.context.clock.set_fixed_time(served.world.clock.now() + timedelta(minutes=1))
    return window


def lose_first(window: Watched, pattern: str) -> list[str]:
    """Let the answer to the first request to an address get lost, after the server has taken it."""
    asked: list[str] = []

    def pass_on(route: Route) -> None:
        asked.append(route.request.post_data or "")
        if len(asked) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    window.context.route(pattern, pass_on)
    return asked


def badge(page: Page) -> Any:
    """What says how much waits."""
    return page.locator("#outbox")


def test_a_trip_driven_without_a_network(open_as: OpenAs, served: ServedCounty) -> None:
    """Load, depart and arrive are saved, also through a closed tab and a lost answer; each takes effect once."""
    window = at_work(open_as, served, driver(*DRIVERS))
    page = kept(window, SHEET)
    page.locator("summary").first.click()
    checked(page, "driving")
    window.context.set_offline(True)
    page.reload()  # what is on the phone has the numbers, too
    expect(page.locator('a[href="tel:+8610000000041"]').first).to_be_visible()
    page.get_by_role("button", name="装好了").dblclick()
    page.get_by_role("button", name="已装车").click()  # of the next stop, which opens by itself
    page.get_by_role("button", name="发车").click()
    page.get_by_role("button", name="已到达").click()
    expect(badge(page)).to_contain_text("等待发送：4")
    checked(page, "driving-waiting")
    page.close()
    asked = lose_first(window, "**/arrive")
    window.context.set_offline(False)
    page = window.page(SHEET)
    expect(page.get_by_text("所有站点已完成")).to_be_visible(timeout=20_000)
    all_sent(page)
    page.close()  # it may load itself anew
    checked(window.page(SHEET), "driving-done")
    assert len(asked) == 2
    assert asked[0] == asked[1]
    assert {one["status"] for one in listed(served, "/consignments")} == {"arrived"}
    assert (told(served, DeliveryDeparted), told(served, DeliveryArrived)) == (1, 1)
    assert told(served, ConsignmentLoaded) == len(ORDERS)


def test_a_delivery_signed_without_a_network(open_as: OpenAs, served: ServedCounty, tmp_path: Path) -> None:
    """Receipts are saved with their photo, also through a closed tab and a lost answer; each order is received once."""
    window = at_work(open_as, served, canteen("sch-1"))
    page = kept(window, GATE)
    checked(page, "receiving")
    window.context.set_offline(True)
    for number, order_id in enumerate(ORDERS, start=1):
        page.locator(f'a[href="/receiving/{order_id}"]').click()
        sign(page, tmp_path if number == 1 else None)
        page.locator('a[href^="/receiving?day"]').last.click()
        expect(badge(page)).to_contain_text(f"等待发送：{number}")
    page.close()
    asked = lose_first(window, "**/receiving/*")
    window.context.set_offline(False)
    page = window.page(GATE)
    all_sent(page)
    page.close()  # it loads itself anew
    page = window.page(f"/receiving/{ORDERS[0]}")
    expect(page.get_by_text("1 张照片")).to_be_visible()
    checked(page, "receiving-signed")
    assert len(asked) >= len(ORDERS) + 1
    receipts = listed(served, "/receipts")
    assert sorted(one["order_id"] for one in receipts) == sorted(ORDERS)
    assert sorted(one["version"] for one in receipts) == [1] * (len(ORDERS) - 1) + [2]


def sign(page: Page, photo_in: Path | None) -> None:
    """Weigh what was packed of each line, accept all but of the first, and sign."""
    for line in page.locator("section.line").all():
        packed = line.locator("strong").nth(1).inner_text().split()[0].replace(",", "")
        line.get_by_label("称重").fill(packed)
    first = page.locator("section.line").first
    first.get_by_label("部分").check()
    first.get_by_label("其中接收").fill("0.1")
    first.get_by_label("补充说明").fill("湿了 🙂")
    if photo_in is not None:
        first.locator("summary").click()
        page.screenshot(path=photo_in / "photo.png")
        first.get_by_label("照片").set_input_files(photo_in / "photo.png")
        checked(page, "receiving-form")
    page.get_by_label("第一签字人").fill("王芳")
    page.get_by_label("第二签字人").fill("李老师")
    page.get_by_role("button", name="签字收货").click()
    expect(page.locator("[data-saved-mark]")).to_be_visible()


def test_on_a_desk_in_english_and_light_on_a_cheap_phone(open_as: OpenAs, served: ServedCounty) -> None:
    """The run sheet weighs at most 40 kB and the gate 30 kB, in six requests."""
    for who, path, most, name in (
        (driver(*DRIVERS), SHEET, 40_000, "driving"),
        (canteen("sch-1"), GATE, 30_000, "receiving"),
    ):
        checked(open_as(who, "desktop", "en").page(path), name)
        checked(open_as(who).page("/phone"), "phone")
        window = open_as(who)
        weight = weighed(window.page(), window.address + path)
        assert weight.requests <= 6, weight.bytes_of
        assert weight.total <= most, weight.bytes_of
