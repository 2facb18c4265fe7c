"""Buying and dishes in a browser: readable at both sizes and in both languages, by taps, and light."""

from pathlib import Path

from playwright.sync_api import expect

from services.nutrition.dishphotos.usecases import MOST_BYTES
from tests import builders as b
from tests.people import canteen, nutritionist, official
from tests.portal.browser import checked, weighed
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty
from tests.portal.figures import loaded
from tests.portal.photos import bitmap, size_of_jpeg

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
    page.get_by_role("link", name="Cabbage").last.click()
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
    checked(page, "dishes-found")
    page.locator("#found article a").click()
    checked(page, "dish")
    page.locator(".bar button").click()
    expect(page.locator("form[action$='/retire']")).to_have_count(1)
    desk = open_as(canteen("sch-1"), "desktop", "en").page("/dishes")
    checked(desk, "dishes")
    desk.goto(f"{window.address}/dishes/d01")
    checked(desk, "dish")


def test_a_county_shows_what_a_dish_looks_like(open_as: OpenAs, served: ServedCounty, tmp_path: Path) -> None:
    """Ten megabytes of a camera are 320 pixels before they are sent; kitchens see them beside the name, and lightly."""
    camera = tmp_path / "dish.bmp"
    camera.write_bytes(bitmap(2100, 1600))
    page = open_as(nutritionist(b.COUNTY)).page("/dishes/d02")
    page.locator("summary", has_text="添加照片").click()
    page.get_by_label("照片").set_input_files(camera)
    checked(page, "dish-photo")
    page.get_by_role("button", name="保存照片").click()
    expect(page.locator("img.large")).to_be_visible()
    checked(page, "dish-with-photo")
    cook = open_as(canteen("sch-1"), "desktop", "en").page("/dishes")
    thumb = cook.locator("img.thumb")
    expect(thumb).to_have_js_property("naturalWidth", 320)
    checked(cook, "dishes-with-photo")
    address = served.address + str(thumb.get_attribute("src"))
    photo = cook.request.get(address).body()
    assert size_of_jpeg(photo)[0] == 320
    assert len(photo) <= MOST_BYTES
    phone = open_as(canteen("sch-1"))
    load = loaded(phone.page(), f"{served.address}/dishes")
    photos = [size for asked, size in load.others.items() if "/photo?" in asked]
    assert load.total - sum(photos) <= 40_000, load
    assert load.requests <= 6, load
    listed = phone.page("/dishes")
    checked(listed, "dishes-with-photo")
