"""Pages of the portal on a cheap phone: what each loads, and when its content is there at 400 kbit/s and 400 ms.

A county's day is lived through on this machine; Chromium then loads each page as somebody who has that task, with
nothing kept, its network and processor slowed down by its own emulation (DevTools protocol). Tests assert the same
budgets by a model of bytes and round trips (`tests/portal/figures.py`), which stands beside each measurement.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.harness import Options, Outcome, benchmark

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.portal.browser import Watched
    from tests.portal.county import ServedCounty
    from tests.portal.figures import Seen

SCHOOLS = 20
_GZIP = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class Measured:
    """A page: bytes and requests of a first load, seconds until its largest content is painted, and by the model."""

    bytes: int
    requests: int
    content_s: float
    model_s: float


@benchmark("portal.pages")
def pages(options: Options) -> Outcome:
    """Seconds until the slowest page's content is there at 400 kbit/s, 400 ms, CPU ÷ 4, beside the tests' model."""
    # What only this one needs, and takes a while.
    from tests.portal.figures import lived, pages_of

    schools = options.scaled(SCHOOLS)
    with TemporaryDirectory() as folder, _county(Path(folder)) as county, _chromium() as browser:
        asked = pages_of(county.do(lived(county.county, schools)))
        some = dict(list(asked.items())[: options.scaled(len(asked))])
        found = {route: _measured(browser, county, seen) for route, seen in some.items()}
    slowest = max(found, key=lambda route: found[route].content_s)
    return Outcome(
        input=f"{len(found)} pages of a county of {schools} schools after a day; the slowest: {slowest}",
        value=found[slowest].content_s,
        unit="s",
        reference="the model of that page: round trips, bytes and a constant",
        reference_value=found[slowest].model_s,
        details={route: {name: round(value, 3) for name, value in asdict(one).items()} for route, one in found.items()},
    )


def _measured(browser: "Browser", county: "ServedCounty", seen: "Seen") -> Measured:
    from tests.portal.browser import content_after_s
    from tests.portal.figures import loaded

    with ExitStack() as windows:
        once = _window(windows, browser, county, seen, service_workers="block")
        load = loaded(once.page(), county.address + seen.address)
        content_s = content_after_s(lambda: _window(windows, browser, county, seen), seen.address)
    return Measured(load.total, load.requests, content_s, load.content_s)


def _window(windows: ExitStack, browser: "Browser", county: "ServedCounty", seen: "Seen", **options: str) -> "Watched":
    """Open a window of whoever sees a page."""
    from tests.portal.browser import watching

    made = watching(browser, county.address, "phone", "zh-CN", [], extra_http_headers=_GZIP, **options)
    window = windows.enter_context(made)
    if seen.who is not None:
        county.sign_in(window, seen.who)
    return window


@contextmanager
def _county(folder: Path) -> "Iterator[ServedCounty]":
    from tests.portal.county import served_county
    from tests.portal.served import loop_in_thread

    with loop_in_thread() as loop, served_county(loop, folder) as county:
        yield county


@contextmanager
def _chromium() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    from tests.portal.browser import LAUNCH
    from tools import assets
    from tools.browser import provide

    assets.build()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=provide(), args=LAUNCH)
        yield browser
        browser.close()
