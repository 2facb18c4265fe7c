"""What officials and parents see in a browser: the month, the way of a meal, and what people say."""

import pytest
from playwright.sync_api import Page, expect

from tests import builders as b
from tests.people import canteen, official
from tests.portal.browser import Size, checked
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty

BOTH = [("phone", "zh-CN"), ("desktop", "en")]


@pytest.fixture(scope="module")
def meal_id(served: ServedCounty) -> str:
    """Let the county live through a day, ordered to cooked; returns the lunch. Two more schools do nothing yet."""
    others = [b.a_canteen(number, lat=28.1 + number / 50, lon=109.2 - number / 40) for number in (2, 3)]
    served.do(served.county.put("nutrition", "/canteens", *others))
    served.do(served.county.publish())
    served.do(served.county.source())
    served.do(served.county.accept_all())
    served.do(served.county.harvest_and_dispatch())
    served.do(served.county.drive())
    served.do(served.county.receive())
    return str(served.do(served.county.serve())["meal_id"])


def _opened(page: Page, path: str, name: str) -> None:
    page.goto(path)
    checked(page, name)


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_an_official_opens_the_month_down_to_an_order_line(
    open_as: OpenAs, meal_id: str, size: Size, language: str
) -> None:
    """County, school and lines by links; the report to print; all pages readable at both sizes."""
    window = open_as(official(b.COUNTY), size, language)
    page = window.page("/dashboard")
    expect(page.locator(".cells polygon")).to_have_count(3)
    checked(page, "month")
    page.locator("a[href^='/dashboard/schools/sch-1']").click()
    page.wait_for_url("**/dashboard/schools/sch-1**")
    checked(page, "school-month")
    expect(page.locator("tbody tr")).to_have_count(3)
    _opened(page, f"{window.address}/dashboard/report", "report")


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_parents_read_the_way_of_a_meal(open_as: OpenAs, meal_id: str, size: Size, language: str) -> None:
    """The canteen prints the code; whoever follows it sees the farms, without a script."""
    cook = open_as(canteen("sch-1"), size, language)
    page = cook.page(f"/traces?day={b.WEEK[0]}")
    checked(page, "traces")
    page.locator(f"a[href='/traces/{meal_id}']").click()
    checked(page, "paper")
    expect(page.locator("svg.qr")).to_be_visible()
    reader = open_as(None, size, language).page(f"/t/{meal_id}")
    checked(reader, "trace")
    assert reader.locator("script").count() == 0


def test_a_remark_in_one_tap(open_as: OpenAs, meal_id: str) -> None:
    """From any page to a remark and back; the county reads it, and says what was done."""
    window = open_as(canteen("sch-1"))
    page = window.page("/traces")
    page.locator("footer a[href^='/feedback/new']").click()
    checked(page, "remark")
    page.locator("textarea").fill("看不清二维码 🙈")
    page.locator("button.primary").click()
    checked(page, "thanks")
    reader = open_as(official(b.COUNTY), "desktop", "en").page("/feedback")
    checked(reader, "remarks")
    reader.locator("article input[name=done]").fill("larger now")
    reader.locator("article button").click()
    expect(reader.locator("article")).to_have_count(0)
    reader.goto(reader.url.split("/feedback")[0] + "/usage")
    checked(reader, "usage")
