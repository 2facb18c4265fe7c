"""A browser for tests of pages, once per file, and windows of it in which nothing may go wrong.

Tests here are plain functions: Playwright's loop and pytest-asyncio's do not go together in one thread. The browser
ends with its file, so that a later file of the same process may have asynchronous tests.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from shared.auth.principal import Principal
from tests.portal.browser import LAUNCH, Size, Watched, watching
from tests.portal.county import ServedCounty, served_county
from tests.portal.served import Loop, loop_in_thread
from tools import assets
from tools.browser import provide


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    assets.build()
    program = provide()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    """A loop for servers and worlds, in a thread of its own."""
    with loop_in_thread() as loop:
        yield loop


@contextmanager
def windows_of(browser: Browser, address: str) -> Iterator[Any]:
    """Give what opens windows; when the block is left none of them may have had a fault."""
    faults: list[str] = []
    with ExitStack() as stack:

        def open_window(size: Size = "phone", language: str = "zh-CN", **options: Any) -> Watched:
            return stack.enter_context(watching(browser, address, size, language, faults, **options))

        yield open_window
    assert faults == []


@pytest.fixture(scope="module")
def served(loop: Loop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCounty]:
    """A county of this file, whose portal is served."""
    with served_county(loop, tmp_path_factory.mktemp("county")) as county:
        yield county


OpenAs = Callable[..., Watched]


@pytest.fixture
def open_as(browser: Browser, served: ServedCounty) -> Iterator[OpenAs]:
    """Opens a window at the county's portal: `open_as(clerk("coop-a"), "phone", "zh-CN")`; None: as nobody."""
    with windows_of(browser, served.address) as open_window:

        def opened(who: Principal | None, size: Size = "phone", language: str = "zh-CN", **options: Any) -> Watched:
            window: Watched = open_window(size, language, **options)
            if who is not None:
                served.sign_in(window, who)
            return window

        yield opened
