"""A clerk's pages on a cheap phone and on a desk: orders are answered in two taps, also without a network."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.people import clerk
from tests.portal.browser import Size, all_sent, checked
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty
from tests.portal.photos import bitmap, size_of_jpeg

CLERK = clerk("coop-a")
PAGES = {"inbox": "/inbox", "inbox-accept": "/inbox/accept", "harvest": "/harvest", "wanted": "/harvest/wanted"}
PAGES |= {"money": "/harvest/money", "offers": "/offers", "offer-choose": "/offers/new"}
PAGES |= {"offer-new": "/offers/new?food=cabbage", "offer": "/offers/off-a-cabbage"}
PAGES |= {"certificate": "/offers/certificates/new?kind=quarantine&food=pork"}


@pytest.fixture(scope="module")
def ordered(served: ServedCounty) -> ServedCounty:
    """The county with a week's orders; pork needs a certificate that the cooperative lacks."""
    served.do(served.county.publish())
    served.do(served.county.source())
    needs = {"food_code": "pork", "kind": "quarantine", "source": "a rule (fictional)"}
    served.do(served.county.put("farmers", "/certificate-requirements", needs))
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


def test_that_nothing_comes_is_said_with_a_reason(open_as: OpenAs, ordered: ServedCounty) -> None:
    """An accepted order without a harvest: unfolded, a reason is chosen, and it is no longer to be packed."""
    window = open_as(CLERK)
    page = window.page("/inbox?tab=accepted")
    page.locator('li.card a[href^="/inbox/"]').first.click()
    page.locator("summary", has_text="这份订单没有货？").click()
    checked(page, "inbox-nothing")
    page.locator('input[name="reason"][value="harvest"]').check()
    page.get_by_role("button", name="告知学校无货可送").click()
    expect(page.locator(".page-head .status")).to_contain_text("无货可送")
    assert statuses(ordered).count("dispatched") == 1


def test_a_harvest_is_entered_with_the_thumb(open_as: OpenAs, ordered: ServedCounty, tmp_path: Path) -> None:
    """Product, keys of the pad, whose it is, a photo of 10 MB; afterwards one tap fills in the same again."""
    window = open_as(CLERK)
    page = window.page("/harvest")
    page.locator('input[name="food"]').first.check()
    for key in ("1", "2", ".", "5", "0"):
        page.locator(f'[data-pad] [data-key="{key}"]').click()
    page.get_by_role("button", name="删除一位").click()
    page.locator('input[name="sharing"][value="own"]').check()
    page.locator('input[name="certificate"]').fill("GZ-1")
    (tmp_path / "photo.bmp").write_bytes(bitmap(2100, 1600))
    page.get_by_label("照片").set_input_files(tmp_path / "photo.bmp")
    page.get_by_role("button", name="保存采收").click()
    expect(page.locator("li.card").first).to_contain_text("12.5 公斤")
    all_sent(page)
    page.goto(f"{window.address}/harvest")
    link = page.get_by_role("link", name=re.compile("^照片：")).first
    shown = page.request.get(window.address + (link.get_attribute("href") or ""))
    assert size_of_jpeg(shown.body()) == (1024, 780)
    checked(page, "harvest-photo")
    page.get_by_role("button", name="撤回照片").click()
    expect(link).to_have_count(0)
    page.get_by_role("link", name=re.compile("^再记一次")).first.click()
    expect(page.locator('input[name="quantity"]')).to_have_value("12.5")
    checked(page, "harvest-again")
    lots = ordered.do(ordered.world.client("farmers").get("/lots")).json()["items"]
    assert [lot["quantity_g"] for lot in lots] == [12_500]


def test_an_offer_is_made_and_taken_back_with_the_thumb(open_as: OpenAs, ordered: ServedCounty) -> None:
    """Choose, fill in, publish; withdrawn after a second look; one tap fills it in again."""
    page = open_as(CLERK).page("/offers")
    page.get_by_role("link", name="发布供货").click()
    page.locator('a[href*="food=cabbage"]').first.click()
    page.get_by_label("一共多少").fill("80,5")
    page.get_by_label("单价").fill("3,20")
    page.get_by_role("button", name="发布供货").click()
    expect(page.locator(".page-head .status")).to_contain_text("可订购")
    checked(page, "offer-published")
    page.locator("summary", has_text="撤下").click()
    page.get_by_role("button", name="撤下供货").click()
    expect(page.locator(".page-head .status")).to_contain_text("已撤下")
    page.get_by_role("link", name="再次供货").click()
    expect(page.get_by_label("一共多少")).to_have_value("80.5")
    told = ordered.do(ordered.world.client("farmers").get("/offers", params={"cooperative_id": "coop-a"})).json()
    assert [each["status"] for each in told["items"] if each["quantity_g"] == 80_500] == ["withdrawn"]


def test_a_certificate_is_entered_without_a_network(open_as: OpenAs, ordered: ServedCounty, tmp_path: Path) -> None:
    """It waits with its photo, and is there once when the network is back; what lacked it can be ordered."""
    window = open_as(CLERK)
    page = window.page("/offers")
    page.get_by_role("link", name=re.compile("^登记证书")).click()
    page.get_by_label("证书编号").fill("JY-1")
    page.get_by_label("发证单位").fill("检疫站（虚构）")
    page.get_by_label("发证日期").fill("2026-09-01")
    page.get_by_label("有效期至").fill("2027-08-31")
    page.screenshot(path=tmp_path / "paper.png")
    page.get_by_label("证书照片").set_input_files(tmp_path / "paper.png")
    window.context.set_offline(True)
    page.get_by_role("button", name="保存证书").click()
    expect(page.locator("#outbox")).to_contain_text("等待发送")
    window.context.set_offline(False)
    all_sent(page)
    page.close()  # it loads itself anew
    page = window.page("/offers")
    expect(page.get_by_text("暂不能订")).to_have_count(0)
    (kept,) = ordered.do(ordered.world.client("farmers").get("/certificates")).json()["items"]
    assert (kept["number"], kept["food_codes"]) == ("JY-1", ["pork"])
    assert kept["file_id"] is not None
