"""What tests of pages do with a browser: open pages as somebody, check, weigh and slow them down, take pictures."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Request, expect

from tests.patience import no_longer_than
from tools.servers.system import VAR

Size = Literal["phone", "desktop"]
SIZES: dict[Size, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 360, "height": 740},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
LAUNCH = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
SCREENSHOTS = VAR / "screenshots"
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "selectors": False,  # to find one for each of hundreds of elements takes axe longer than most of its rules
}
_RUN_AXE = "(rules) => axe.run(document, rules).then((found) => found.violations)"
_LAYOUT = (Path(__file__).parent / "layout.js").read_text()
_NOTES_WHAT_IS_KEPT = "navigator.serviceWorker?.addEventListener('message', (e) => (window.kept = e.data.pages))"
_PATIENCE_MS = 30_000
_CLOSING_S = 120.0
# What is waited for may be no promise: it is asked again and again, and each time tells what was counted last.
_NOTHING_WAITS = """() => {
  const opening = indexedDB.open("outbox");
  opening.onsuccess = () => {
    const counting = opening.result.transaction("entries").objectStore("entries").count();
    counting.onsuccess = () => (window.outboxCount = counting.result);
    opening.result.close();
  };
  return window.outboxCount === 0;
}"""
"""How long is waited for what is to come: on a machine that does other things it comes later."""
expect.set_options(timeout=_PATIENCE_MS)
_axe = Axe()


@dataclass
class Watched:
    """A browser's window, and what went wrong in it: errors of scripts, refusals by the CSP, requests to elsewhere."""

    context: BrowserContext
    address: str
    size: Size
    language: str
    faults: list[str] = field(default_factory=list)
    forgiven: tuple[str, ...] = ("net::ERR_INTERNET_DISCONNECTED",)
    """Parts of messages of the console that are no fault: a test that takes the network away expects them."""

    def page(self, path: str | None = None) -> Page:
        """Open another page in it."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._hear)
        page.on("request", self._see)
        if path is not None:
            page.goto(self.address + path)
        return page

    def kept(self, path: str) -> Page:
        """Open a page and wait until the browser keeps it, with those it names, for when there is no network."""
        page = self.page()
        page.add_init_script(_NOTES_WHAT_IS_KEPT)
        page.goto(self.address + path)
        page.wait_for_function("() => window.kept?.length")
        return page

    def forgive(self, *parts: str) -> None:
        """Take no message of the console with one of these parts for a fault."""
        self.forgiven += parts

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not any(part in message.text for part in self.forgiven):
            self.faults.append(f"console: {message.text} {message.location.get('url', '')}")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"a request to elsewhere: {request.url}")


@contextmanager
def watching(
    browser: Browser, address: str, size: Size, language: str, faults: list[str], **options: Any
) -> Iterator[Watched]:
    """Open a window of a size and language; what goes wrong in it is added to `faults`."""
    context = browser.new_context(locale=language, timezone_id="Asia/Shanghai", **SIZES[size], **options)
    context.set_default_timeout(_PATIENCE_MS)
    try:
        yield Watched(context, address, size, language, faults)
    finally:
        # Chromium has been seen to never answer this; the test that asked is told soon, not after all its patience.
        with no_longer_than(_CLOSING_S):
            context.close()


def checked(page: Page, name: str | None = None) -> None:
    """Assert that the page, as it is now, violates nothing of WCAG 2.2 AA and no rule of layout; picture it by name.

    With `PICTURES=no` there are no pictures: nobody looks at those of a whole test run.
    """
    with _in_full(page):
        if name is not None and os.environ.get("PICTURES") != "no":
            picture(page, name)
        if not page.evaluate("'axe' in window"):
            page.evaluate(_axe.axe_script)
        found: list[dict[str, Any]] = page.evaluate(_RUN_AXE, _RULES)
        layout: list[str] = page.evaluate(_LAYOUT)
    violations = [f"{each['id']}: {each['help']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
    assert violations == [], f"{page.url}: axe finds {violations}"
    assert layout == [], f"{page.url}: {layout}"


def laid_out(page: Page) -> None:
    """Assert that the page, as it is now, breaks no rule of layout."""
    with _in_full(page):
        layout: list[str] = page.evaluate(_LAYOUT)
    assert layout == [], f"{page.url}: {layout}"


def all_sent(page: Page) -> None:
    """Wait until nothing waits in the outbox: its badge is hidden for a moment on every page that is just loaded."""
    page.wait_for_function(_NOTHING_WAITS, polling=100, timeout=20_000)


@contextmanager
def _in_full(page: Page) -> Iterator[None]:
    """Let the window be as high as the page: what sticks to its edge covers nothing that could be scrolled there."""
    size = page.viewport_size
    assert size is not None
    page.wait_for_load_state("domcontentloaded")  # a page that was just asked for by a tap has no height yet
    height: int = page.evaluate("document.scrollingElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    try:
        yield
    finally:
        page.set_viewport_size(size)


def picture(page: Page, name: str) -> Path:
    """Write var/screenshots/<name>-<language>-<size>.png of the whole page."""
    width: int = page.evaluate("innerWidth")
    language: str = page.evaluate("document.documentElement.lang.slice(0, 2)")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    file = SCREENSHOTS / f"{name}-{language}-{'phone' if width < 640 else 'desktop'}.png"
    page.screenshot(path=file, full_page=True, animations="disabled")
    return file


@dataclass(frozen=True)
class Weight:
    """What a first load takes: bytes on the wire by gzip, without headers, by address."""

    bytes_of: dict[str, int]

    @property
    def total(self) -> int:
        """Bytes of everything."""
        return sum(self.bytes_of.values())

    @property
    def requests(self) -> int:
        """How many requests."""
        return len(self.bytes_of)


def weighed(page: Page, address: str) -> Weight:
    """Load a page into a window that has nothing yet, and return what came over the wire, gzip-compressed.

    The service worker's own requests, which come when the page is there, are not the page's.
    """
    session = _cdp(page)
    page.set_extra_http_headers({"Accept-Encoding": "gzip"})
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    headers: dict[str, int] = {}

    def asked(told: dict[str, Any]) -> None:
        urls[told["requestId"]] = told["request"]["url"]

    def begun(told: dict[str, Any]) -> None:
        headers[told["requestId"]] = int(told["response"]["encodedDataLength"])

    def loaded(told: dict[str, Any]) -> None:
        sizes[told["requestId"]] = int(told["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.responseReceived", begun)
    session.on("Network.loadingFinished", loaded)
    page.goto(address, wait_until="networkidle")
    session.detach()
    return Weight({url: sizes.get(key, 0) - headers.get(key, 0) for key, url in urls.items()})


@contextmanager
def slow(page: Page) -> Iterator[None]:
    """Give a page a cheap phone's network and processor: 400 kbit/s, 400 ms, a quarter of this machine's speed.

    What other work already takes of that speed at this moment is not taken a second time.
    """
    session = _cdp(page)
    rate = 400_000 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": rate, "uploadThroughput": rate},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": max(1.0, 4 / _slowed_down())})
    try:
        yield
    finally:
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        session.detach()


def _slowed_down() -> float:
    """Return how many times longer than alone work takes on this machine now."""
    begun, used = time.perf_counter(), time.thread_time()
    while time.thread_time() - used < 0.1:
        pass
    return (time.perf_counter() - begun) / (time.thread_time() - used)


def content_after_s(open_window: Callable[[], Watched], path: str, enough_s: float = 2.0) -> float:
    """Return after how many seconds a page's content is there on a cheap phone, each time in a new window.

    The quickest of a few loads, the first that is quick enough: a machine that does other things at the same time is
    slow, and no page is to blame for that.
    """
    quickest = float("inf")
    for _ in range(5):
        window = open_window()
        page = window.page()
        with slow(page):
            quickest = min(quickest, _loaded_after_s(page, window.address + path))
        if quickest <= enough_s:
            break
    return quickest


def _loaded_after_s(page: Page, address: str) -> float:
    """Load a page and return when its largest content was painted; infinity when nobody says so in half a minute."""
    page.goto(address)
    milliseconds: float = page.evaluate(
        """() => new Promise((resolve) => {
          setTimeout(() => resolve(Infinity), 30_000);
          new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
            .observe({ type: "largest-contentful-paint", buffered: true });
        })"""
    )
    return milliseconds / 1000


def _cdp(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session
