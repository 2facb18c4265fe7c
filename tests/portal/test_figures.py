"""Every page can be read by everybody, in both languages, on a phone and on a desk; it is light, and soon there.

When its content is there on a cheap phone's line is said by a model (`figures.Load.content_s`).
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from services.portal.access import access
from shared.auth.principal import Principal
from tests.portal.browser import SIZES, checked, laid_out
from tests.portal.conftest import windows_of
from tests.portal.county import ServedCounty
from tests.portal.figures import LONGEST_S, MOST_REQUESTS, NO_PAGES, Seen, lived, loaded, name_at_length, pages_of

_GET = [f"GET {each.path}" for each in access.rules if each.method == "GET"]
ROUTES = sorted(route for route in _GET if route not in NO_PAGES)
PageOf = Callable[..., Page]


@pytest.fixture(scope="module")
def pages(served: ServedCounty) -> dict[str, Seen]:
    """Every page of a county that has lived through a day."""
    return pages_of(served.do(lived(served.county)))


@pytest.fixture(scope="module")
def long_pages(pages: dict[str, Seen], served: ServedCounty) -> dict[str, Seen]:
    """The same pages from now on, in which every name is as long as it may be."""
    served.do(name_at_length(served.county))
    return pages


@pytest.fixture(scope="module")
def page_of(browser: Browser, served: ServedCounty) -> Iterator[PageOf]:
    """Gives somebody's page, the same each time: what browsers keep takes nothing off what is counted."""
    opened: dict[tuple[Principal | None, str], Page] = {}
    with windows_of(browser, served.address) as open_window:

        def page_of(who: Principal | None, language: str = "zh-CN") -> Page:
            if (who, language) not in opened:
                headers = {"Accept-Encoding": "gzip"}
                window = open_window("phone", language, service_workers="block", extra_http_headers=headers)
                if who is not None:
                    served.sign_in(window, who)
                opened[who, language] = window.page()
            return opened[who, language]

        yield page_of


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_who_can_read_a_page(
    language: str, route: str, pages: dict[str, Seen], page_of: PageOf, served: ServedCounty
) -> None:
    """WCAG 2.2 AA by axe and the rules of layout, on a phone and on a desk; pictured where pictures are taken."""
    assert route in pages, f"{route} is a page of which figures.pages_of says no address"
    seen = pages[route]
    page = page_of(seen.who, language)
    page.goto(served.address + seen.address)
    expect(page.locator("html")).to_have_attribute("lang", language)
    for size in SIZES.values():
        page.set_viewport_size(size["viewport"])
        checked(page, "page" + re.sub("[^a-z]+", "-", route.removeprefix("GET ")).rstrip("-"))


@pytest.mark.parametrize("route", ROUTES)
def test_what_a_page_takes(route: str, long_pages: dict[str, Seen], page_of: PageOf, served: ServedCounty) -> None:
    """Each by its budget of bytes, at most six requests, its content after two seconds at 400 kbit/s and 400 ms.

    Names of the greatest length, with emoji and without a place to break, break no page's layout on a phone.
    """
    seen = long_pages[route]
    page = page_of(seen.who)
    page.set_viewport_size(SIZES["phone"]["viewport"])
    load = loaded(page, served.address + seen.address)
    assert load.total <= seen.heaviest, load
    assert load.requests <= MOST_REQUESTS, load
    assert load.content_s <= LONGEST_S, load
    laid_out(page)
