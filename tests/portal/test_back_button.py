"""The back button: what was done shows as done and cannot be done twice, and what was typed is still there."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.people import canteen, clerk
from tests.portal.browser import checked
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty

NEXT, CLERK, WORDS = "2026-12-07", clerk("coop-a"), "虚构：字太小，看不清🥬"


@pytest.fixture(scope="module")
def ordered(served: ServedCounty) -> ServedCounty:
    """The county with a week's orders."""
    served.do(served.county.publish())
    served.do(served.county.source())
    return served


def menus(county: ServedCounty) -> list[str]:
    """The menus the school has for next week, by how they stand."""
    query = {"canteen_id": "sch-1", "week_start": NEXT}
    told = county.do(county.world.client("nutrition").get("/menus", params=query)).json()
    return [menu["status"] for menu in told["items"]]


def accepted(county: ServedCounty) -> int:
    """How many orders the cooperative has accepted."""
    query = {"cooperative_id": "coop-a", "status": "accepted"}
    told = county.do(county.world.client("farmers").get("/orders", params=query)).json()
    return len(told["items"])


def to_publish(page: Page) -> None:
    """Compose a week of one dish, and go to where it is published."""
    page.get_by_role("button", name="从空白开始").click()
    page.locator(f"a#open-{NEXT}-lunch").click()
    page.locator("#found").get_by_role("button", name=re.compile("^添加")).first.click()
    expect(page.locator("#meal-now li").first).to_be_visible()
    page.get_by_role("button", name="完成").click()
    page.get_by_role("link", name="检查并发布").click()
    expect(page.get_by_role("button", name="发布", exact=True)).to_be_visible()


def test_back_after_publishing_shows_the_menu_and_publishes_nothing_again(
    open_as: OpenAs, served: ServedCounty
) -> None:
    """Back from the menu the page to publish it leads to the menu; from a page kept as it was nothing follows twice."""
    window = open_as(canteen("sch-1"))
    window.forgive("409", "422")
    page = window.page(f"/planner/schools/sch-1?week={NEXT}")
    to_publish(page)
    as_it_was = window.page(page.url.removeprefix(window.address))
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("已发布")
    menu = page.url.split("?")[0]
    page.go_back()
    expect(page.locator("main")).to_contain_text("已发布")
    expect(page.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    assert page.url.split("?")[0] == menu
    # Some browsers keep a page as it was and show that.
    as_it_was.get_by_role("button", name="发布", exact=True).click()
    expect(as_it_was.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    checked(as_it_was, "back-published")
    assert menus(served) == ["published"]


def test_back_after_accepting_shows_the_order_as_it_stands(open_as: OpenAs, ordered: ServedCounty) -> None:
    """An order that was accepted offers no answer any more, however one comes back to it."""
    window = open_as(CLERK)
    page = window.page("/inbox")
    page.locator('a[href^="/inbox/"]', has_text="答复").first.click()
    order = page.url
    page.get_by_role("button", name=re.compile("^全部接受")).click()
    expect(page.locator(".page-head .status")).to_contain_text("已接受")
    assert accepted(ordered) == 1
    page.goto(f"{window.address}/inbox")
    page.go_back()
    assert page.url == order
    expect(page.locator(".page-head .status")).to_contain_text("已接受")
    expect(page.get_by_role("button", name=re.compile("^全部接受"))).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("button", name=re.compile("^全部接受"))).to_have_count(0)
    assert accepted(ordered) == 1


def test_back_to_a_form_what_was_typed_is_there(open_as: OpenAs, ordered: ServedCounty) -> None:
    """Who follows a link out of a form half filled in and comes back finds it all: a remark, a part of an order."""
    del ordered
    page = open_as(CLERK).page("/feedback/new?page=/inbox")
    page.locator("textarea").fill(WORDS)
    page.locator("header a").first.click()
    expect(page.locator("textarea")).to_have_count(0)
    page.go_back()
    expect(page.locator("textarea")).to_have_value(WORDS)
    page.goto(page.url.split("/feedback")[0] + "/inbox")
    page.locator('a[href^="/inbox/"]', has_text="答复").first.click()
    page.locator("summary", has_text="只接受一部分").click()
    kilograms = page.locator("input[name^='kg.']").first
    kilograms.fill("1.25")
    page.locator("header a").first.click()
    expect(kilograms).to_have_count(0)
    page.go_back()
    expect(kilograms).to_have_value("1.25")
