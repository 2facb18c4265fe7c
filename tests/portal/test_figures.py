"""Every page is light, asks for little, and has its content soon on a cheap phone's line (`figures.Load.content_s`)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from services.portal.access import access
from shared.auth.principal import Principal
from tests.portal.browser import laid_out
from tests.portal.conftest import windows_of
from tests.portal.county import ServedCounty
from tests.portal.figures import LONGEST_S, MOST_REQUESTS, NO_PAGES, Seen, lived, loaded, name_at_length, pages_of

_GET = [f"GET {each.path}" for each in access.rules if each.method == "GET"]
ROUTES = sorted(route for route in _GET if route not in NO_PAGES)
PageOf = Callable[[Principal | None], Page]


@pytest.fixture(scope="module")
def pages(served: ServedCounty) -> dict[str, Seen]:
    """Every page of a county that has lived through a day, in which every name is as long as it may be."""
    found = served.do(lived(served.county))
    served.do(name_at_length(served.county))
    return pages_of(found)


@pytest.fixture(scope="module")
def page_of(browser: Browser, served: ServedCounty) -> Iterator[PageOf]:
    """Gives somebody's page, the same each time: what browsers keep takes nothing off what is counted."""
    opened: dict[Principal | None, Page] = {}
    with windows_of(browser, served.address) as open_window:

        def page_of(who: Principal | None) -> Page:
            if who not in opened:
                headers = {"Accept-Encoding": "gzip"}
                window = open_window("phone", "zh-CN", service_workers="block", extra_http_headers=headers)
                if who is not None:
                    served.sign_in(window, who)
                opened[who] = window.page()
            return opened[who]

        yield page_of


@pytest.mark.parametrize("route", ROUTES)
def test_what_a_page_takes(route: str, pages: dict[str, Seen], page_of: PageOf, served: ServedCounty) -> None:
    """Each by its budget of bytes, at most six requests, its content after two seconds at 400 kbit/s and 400 ms.

    Names of the greatest length, with emoji and without a place to break, break no page's layout on a phone.
    """
    assert route in pages, f"{route} is a page of which figures.pages_of says no address"
    seen = pages[route]
    page = page_of(seen.who)
    load = loaded(page, served.address + seen.address)
    assert load.total <= seen.heaviest, load
    assert load.requests <= MOST_REQUESTS, load
    assert load.content_s <= LONGEST_S, load
    laid_out(page)
