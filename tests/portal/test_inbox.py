"""A clerk's pages on a cheap phone and on a desk: orders are answered in two taps, also without a network."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.people import clerk
from tests.portal.browser import Size, checked, content_after_s, weighed
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty

CLERK = clerk("coop-a")
PAGES = {"inbox": "/inbox", "inbox-accept": "/inbox/accept", "harvest": "/harvest", "wanted": "/harvest/wanted"}
PAGES |= {"money": "/harvest/money"}


@pytest.fixture(scope="module")
def ordered(served: ServedCounty) -> ServedCounty:
    """The county with a week's orders."""
    served.do(served.county.publish())
    served.do(served.county.source())
    return served


def statuses(county: ServedCounty) -> list[str]:
    """How the cooperative's orders stand."""
    query = {"cooperative_id": "coop-a"}
    told = county.do(county.world.client("farmers").get("/orders", params=query)).json()
    return sorted(order["status"] for order in told["items"])


def open_first(page: Page) -> None:
    """Open the order that is to be answered first."""
    page.locator('a[href^="/inbox/"]', has_text="答复").first.click()
    expect(page.locator("form[data-outbox]").first).to_be_attached()


@pytest.mark.parametrize(("size", "language"), [("phone", "zh-CN"), ("desktop", "en")])
def test_pages_of_a_clerk(open_as: OpenAs, ordered: ServedCounty, size: Size, language: str) -> None:
    """Every page is readable by everybody, in both languages, on a phone and a desk; so is an order, unfolded."""
    del ordered
    window = open_as(CLERK, size, language)
    page = window.page()
    for name, path in PAGES.items():
        page.goto(window.address + path)
        checked(page, name)
    page.goto(f"{window.address}/inbox")
    page.locator('li.card a[href^="/inbox/"]').first.click()
    for summary in page.locator("summary").all():
        summary.click()
    checked(page, "inbox-order")


def test_orders_are_answered_in_two_taps_also_without_a_network(open_as: OpenAs, ordered: ServedCounty) -> None:
    """What is tapped without a network waits, says so, and is there once when the network is back."""
    before = statuses(ordered).count("to_answer")
    window = open_as(CLERK)
    page = window.page("/inbox")
    open_first(page)
    page.get_by_role("button", name=re.compile("^全部接受")).click()
    expect(page.locator("h1 ~ .status, .page-head .status")).to_contain_text("已接受")
    assert statuses(ordered).count("to_answer") == before - 1
    page.goto(f"{window.address}/inbox")
    open_first(page)
    window.context.set_offline(True)
    page.get_by_role("button", name=re.compile("^全部接受")).click()
    expect(page.locator("[data-saved-mark]").last).to_contain_text("已保存，等待发送")
    checked(page, "inbox-waiting")
    assert statuses(ordered).count("to_answer") == before - 1
    window.context.set_offline(False)
    expect(page.locator(".page-head .status")).to_contain_text("已接受")
    assert statuses(ordered).count("to_answer") == before - 2


def test_a_harvest_is_entered_with_the_thumb(open_as: OpenAs, ordered: ServedCounty) -> None:
    """Product, keys of the pad, whose it is; afterwards one tap fills in the same again."""
    page = open_as(CLERK).page("/harvest")
    page.locator('input[name="food"]').first.check()
    for key in ("1", "2", ".", "5", "0"):
        page.locator(f'[data-pad] [data-key="{key}"]').click()
    page.get_by_role("button", name="删除一位").click()
    page.locator('input[name="sharing"][value="own"]').check()
    page.locator('input[name="certificate"]').fill("GZ-1")
    page.get_by_role("button", name="保存采收").click()
    expect(page.locator("li.card").first).to_contain_text("12.5 公斤")
    page.get_by_role("link", name=re.compile("^再记一次")).first.click()
    expect(page.locator('input[name="quantity"]')).to_have_value("12.5")
    checked(page, "harvest-again")
    lots = ordered.do(ordered.world.client("farmers").get("/lots")).json()["items"]
    assert [lot["quantity_g"] for lot in lots] == [12_500]


def test_pages_of_a_clerk_are_light_and_quick(open_as: OpenAs, ordered: ServedCounty) -> None:
    """At most 40 kB by gzip in six requests, and there in two seconds on a cheap phone."""
    del ordered
    for path in ("/inbox", "/harvest"):
        window = open_as(CLERK)
        weight = weighed(window.page(), window.address + path)
        assert weight.requests <= 6, weight.bytes_of
        assert weight.total <= 40_000, weight.bytes_of
    assert content_after_s(lambda: open_as(CLERK), "/inbox") <= 2.0
