"""Buying and dishes in a browser: readable at both sizes and in both languages, by taps, and light."""

from playwright.sync_api import expect

from tests import builders as b
from tests.people import canteen, official
from tests.portal.browser import checked, weighed
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty

BOARD = f"/purchasing?week={b.MONDAY}"


def test_a_county_buys_its_week(open_as: OpenAs, served: ServedCounty) -> None:
    """Look at what is missing, find suppliers, see who supplies a food and why; the school sees its orders."""
    served.do(served.county.publish())
    page = open_as(official(b.COUNTY), "desktop", "en").page(BOARD)
    checked(page, "buying")
    page.get_by_role("link", name="Find suppliers").click()
    checked(page, "buying-start")
    page.get_by_role("button", name="Find suppliers now").click()
    expect(page.locator("#run progress")).to_be_visible()
    checked(page, "buying-run")
    served.settle()
    expect(page.locator("#run").get_by_text("Done: everything has a supplier.")).to_be_visible()
    checked(page, "buying-done")
    page.get_by_role("link", name="Back to all foods").last.click()
    page.get_by_role("link", name="All foods").click()
    page.get_by_role("link", name="cabbage").last.click()
    expect(page.locator("dialog#supply")).to_be_visible()
    checked(page, "buying-food")

    phone = open_as(official(b.COUNTY), "phone", "zh-CN").page(f"{BOARD}&short=false")
    checked(phone, "buying")
    school = open_as(canteen("sch-1")).page(BOARD)
    checked(school, "orders")
    school.locator("article a").first.click()
    checked(school, "order")


def test_a_cook_finds_a_dish(open_as: OpenAs) -> None:
    """On a phone: search as one types, open a dish, copy it; the first load is light."""
    window = open_as(canteen("sch-1"))
    page = window.page()
    weight = weighed(page, f"{window.address}/dishes")
    assert weight.requests <= 6, weight.bytes_of
    assert weight.total <= 40_000, weight.bytes_of
    checked(page, "dishes")
    page.locator("#dish-q").press_sequentially("pork")
    expect(page.locator("#found article")).to_have_count(1)
    checked(page)
    page.locator("#found article a").click()
    checked(page, "dish")
    page.locator(".bar button").click()
    expect(page.locator("form[action$='/retire']")).to_have_count(1)
    desk = open_as(canteen("sch-1"), "desktop", "en").page("/dishes")
    checked(desk, "dishes")
    desk.goto(f"{window.address}/dishes/d01")
    checked(desk, "dish")
