"""What is around every page: readable by everybody, in both languages, on a phone and on a desk, and light."""

import pytest
from playwright.sync_api import expect

from tests.people import canteen, clerk, dispatcher, driver, official
from tests.portal.browser import SIZES, Size, checked, content_after_s, weighed
from tests.portal.conftest import OpenAs

PEOPLE = (canteen("sch-1"), clerk("coop-a"), dispatcher("520628"), driver("drv-1"), official("520628"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_where_everybody_begins(open_as: OpenAs, size: Size, language: str) -> None:
    """Nobody is told how to sign in, and each role what it does first."""
    # Dark once, which has colours of its own.
    scheme = "dark" if (size, language) == ("desktop", "en") else "light"
    nobody = open_as(None, size, language, color_scheme=scheme).page("/")
    checked(nobody, "welcome")
    expect(nobody.locator("html")).to_have_attribute("lang", language)
    # Between roles only words differ: each is looked at once.
    for who in PEOPLE if (size, language) == ("phone", "zh-CN") else PEOPLE[:1]:
        (role,) = who.roles
        checked(open_as(who, size, language, color_scheme=scheme).page("/"), f"home-{role}")


def test_a_page_that_is_not_there_is_a_page(open_as: OpenAs) -> None:
    """404 says so in the reader's language, and leads back."""
    window = open_as(PEOPLE[0])
    window.forgive("404")
    page = window.page("/nowhere")
    checked(page, "not-found")
    expect(page.locator("main a")).to_have_attribute("href", "/")


def test_the_frame_is_light_and_quick(open_as: OpenAs) -> None:
    """Style, script and frame are at most 32 kB by gzip in four requests, and there in two seconds on a cheap phone."""
    window = open_as(PEOPLE[0])
    weight = weighed(window.page(), f"{window.address}/")
    assert weight.requests <= 4, weight.bytes_of
    assert weight.total <= 32_000, weight.bytes_of
    assert content_after_s(lambda: open_as(PEOPLE[0]), "/") <= 2.0
