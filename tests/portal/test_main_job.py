"""The whole job by clicks: from an empty week to the page that tells parents where their children's lunch came from.

Each in the window they have: cook, clerk, driver and parent on a phone in Chinese, the county's office at a desk in
English.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests import builders as b
from tests.people import canteen, clerk, dispatcher, driver, official
from tests.portal.browser import Watched, all_sent, checked
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty

DAY, NEXT_DAY = b.WEEK[:2]
EVE = "2026-11-29"
COOK, OFFICE, DISPATCHER = canteen("sch-1"), official(b.COUNTY), dispatcher(b.COUNTY)
LUNCH = {"rice": "10", "cabbage": "10", "pork": "2"}
"""Kilograms a hundred children eat of each food on the first day."""


def test_from_a_menu_to_the_way_of_a_meal(open_as: OpenAs, served: ServedCounty) -> None:
    """Planned, bought, accepted, packed, driven without a network, weighed, eaten, paid, traced: nothing but clicks."""
    plan_a_week(open_as(COOK).page("/"))
    served.settle()
    buy(open_as(OFFICE, "desktop", "en").page("/"), served)
    assert sum(answer(open_as(clerk(f"coop-{name}")).page("/"), served) for name in "ab") >= 1
    served.county.go_to(EVE, 18)
    assert sum(pack(open_as(clerk(f"coop-{name}")).page("/"), served) for name in "ab") >= 1
    plan_trips(open_as(DISPATCHER, "desktop", "en").page("/"), served)
    served.county.go_to(DAY, 5)
    depart(open_as(DISPATCHER, "desktop", "en").page("/"))
    served.settle()
    drive_without_a_network(open_as(driver("drv-1")), served)
    served.settle()
    weigh_and_sign(open_as(COOK), served)
    served.county.go_to(DAY, 12, 30)
    told = serve(open_as(COOK).page("/"), served)
    the_money(open_as(OFFICE, "desktop", "en").page("/"))
    the_way(open_as(None).page(told))


def set_clock(window: Watched, served: ServedCounty) -> None:
    """Let a phone's clock be right: it says when something was tapped."""
    now: datetime = served.world.clock.now()
    window.context.clock.set_fixed_time(now + timedelta(minutes=1))


def tap(where: Page | Locator, name: str, role: Any = "link") -> None:
    """Tap the first link or button whose name begins so."""
    where.get_by_role(role, name=re.compile(f"^{re.escape(name)}")).first.click()


def plan_a_week(page: Page) -> None:
    """Plan two days' lunches dish by dish, and publish them."""
    tap(page.locator("main"), "周菜单")
    tap(page, "从空白开始", "button")
    for day, dish in ((DAY, b.DISHES["d01"][0]), (NEXT_DAY, b.DISHES["d02"][0])):
        if day == NEXT_DAY:
            tap(page, "周二")
        page.locator(f"a#open-{day}-lunch").click()
        dialog = page.get_by_role("dialog")
        tap(dialog, f"添加 {dish}", "button")
        expect(page.locator("#meal-now")).to_contain_text(dish)
        tap(dialog, "完成", "button")
        expect(dialog).to_be_hidden()
    tap(page, "检查并发布")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("已发布")


def buy(page: Page, served: ServedCounty) -> None:
    """See what the school needs, find suppliers, watch it, and see who supplies what."""
    tap(page.locator("main"), "Buying")
    tap(page, "Week after")
    expect(page.locator("main")).to_contain_text("Cabbage")
    tap(page, "Find suppliers")
    tap(page, "Find suppliers now", "button")
    expect(page.locator("#run progress")).to_be_visible()
    served.settle()
    expect(page.locator("#run").get_by_text("Done: everything has a supplier.")).to_be_visible()
    tap(page.locator("#run"), "Back to all foods")
    tap(page, "All foods")
    expect(page.locator("main")).to_contain_text("All ordered")


def answer(page: Page, served: ServedCounty) -> int:
    """Accept all that waits on a phone; returns how many orders."""
    tap(page.locator("main"), "订单")
    expect(page.locator("nav.tabs").first).to_be_visible()
    waiting = page.locator("li.card").count()
    if waiting == 1:
        tap(page, "打开")
        tap(page, "全部接受", "button")
    elif waiting:
        tap(page, "全部接受")
        tap(page, "确认接受", "button")
    served.settle()
    return waiting


def pack(page: Page, served: ServedCounty) -> int:
    """Write down what was harvested for the first day, and pack it; returns how many orders were packed."""
    tap(page.locator("main"), "订单")
    tap(page, "备货")
    due = page.locator("li.card", has_text="11月30日")
    expect(page.locator('nav.tabs a[aria-current="page"]')).to_contain_text("备货")
    count = due.count()
    if count:
        harvest(page)
    for _ in range(count):
        tap(page.locator("nav.nav"), "订单")
        tap(page, "备货")
        due.first.get_by_role("link").click()
        tap(page, "装好了，交货", "button")
        expect(page.locator(".page-head .status")).not_to_contain_text("已接受")
        served.settle()
    return count


def harvest(page: Page) -> None:
    """Enter what two households brought of each food."""
    tap(page.locator("nav.nav"), "采收")
    for food, kilograms in LUNCH.items():
        page.get_by_label(re.compile(b.FOODS[food][0])).check()
        for key in kilograms:
            page.locator(f'[data-pad] [data-key="{key}"]').click()
        page.get_by_label("合格证号").fill(f"CN-{food}")
        page.get_by_label("勾选的农户平分").check()
        page.locator("summary", has_text="户").first.click()
        for household in page.locator('input[name="household"]').all()[:2]:
            household.check()
        tap(page, "保存采收", "button")
        expect(page.locator("li.card").first).to_contain_text(f"CN-{food}")


def plan_trips(page: Page, served: ServedCounty) -> None:
    """Plan the next day's trips on the evening before, with progress."""
    tap(page.locator("main"), "Trips today")
    tap(page, "Day after")
    tap(page, "Plan this day")
    tap(page, "Plan the trips", "button")
    served.settle()
    expect(page.locator(".status", has_text="Done: the trips stand")).to_be_visible(timeout=15_000)
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
        expect(picked.get_by_text(re.compile("[1-9] on board"))).to_be_visible(timeout=15_000)
        tap(picked, "Let it depart", "button")
        tap(page.get_by_role("dialog"), "It departs now", "button")
        expect(picked.get_by_role("button", name="Let it depart")).to_have_count(0)
    page.close()


def drive_without_a_network(window: Watched, served: ServedCounty) -> None:
    """Arrive where there is no network; the phone tells of it when there is one."""
    window.forgive("Failed to load resource", "net::ERR_FAILED")
    set_clock(window, served)
    page = window.kept("/driving")
    window.context.set_offline(True)
    tap(page.locator(".bar"), "到达", "button")
    expect(page.locator("#outbox")).to_contain_text("等待发送：1")
    window.context.set_offline(False)
    expect(page.get_by_text("所有站点已完成")).to_be_visible(timeout=15_000)
    all_sent(page)


def weigh_and_sign(window: Watched, served: ServedCounty) -> None:
    """Weigh what stands at the gate, food by food, and sign with a second person."""
    set_clock(window, served)
    page = window.page("/")
    tap(page.locator("main"), "校门收货")
    deliveries = page.locator('a.card[href^="/receiving/"]')
    expect(deliveries.first).to_be_visible()
    for _ in range(deliveries.count()):
        deliveries.filter(has_text="待称重").first.click()
        expect(page.locator("section.line").first).to_be_visible()
        for line in page.locator("section.line").all():
            line.get_by_label("称重").fill(line.locator("strong").nth(1).inner_text().split()[0])
        page.get_by_label("第一签字人").fill("王芳")
        page.get_by_label("第二签字人").fill("李老师")
        tap(page, "签字收货", "button")
        expect(page.locator(".page-head .status")).to_contain_text("已收货")
        served.settle()
        tap(page, "当天全部送货")


def serve(page: Page, served: ServedCounty) -> str:
    """Record lunch; returns the address of its public page."""
    tap(page.locator("main"), "用餐登记")
    expect(page.get_by_text("未登记")).to_be_visible()
    checked(page, "traces-to-record")
    tap(page, "已开饭", "button")
    expect(page.locator("main")).to_contain_text("100 人用餐")
    served.settle()
    found = page.get_by_role("link", name="公开页面").get_attribute("href")
    assert found is not None
    return found


def the_money(page: Page) -> None:
    """See what the day cost, and what of it reached poor households, down to the lines of the school."""
    tap(page.locator("main"), "The month")
    expect(page.locator(".big").first).to_have_text(re.compile(r"¥[1-9]"))
    tap(page, "Primary School 1")
    expect(page.locator("tbody tr")).to_have_count(len(LUNCH))


def the_way(page: Page) -> None:
    """Read where lunch came from: who grew it, when it was harvested, when it left and arrived."""
    main = page.locator("main")
    for said in ("合作社（虚构）", "采收", "从合作社发车", "送达学校并过秤", "CN-rice", "CN-pork"):
        expect(main).to_contain_text(said)
