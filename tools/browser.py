"""Find the browser that tests drive, or get one: Chromium and a font with Chinese.

    python -m tools.browser

The system's own, else Debian's or Ubuntu's package where packages can be added, else the one Playwright downloads.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from tools.servers.system import ServerError, can_install, install, succeeds

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FONT = "fonts-noto-cjk"


def find() -> Path | None:
    """Return the machine's Chromium, else Playwright's if it was downloaded, else None."""
    for name in NAMES:
        # Ubuntu's package of this name may be one that only tells how to get the browser elsewhere.
        if (found := shutil.which(name)) and succeeds([found, "--version"]):
            return Path(found)
    downloaded = _playwrights()
    return downloaded if downloaded.exists() else None


def provide() -> Path:
    """Return the browser's program, installed first where there is none. Raises ServerError."""
    if can_install() and not _writes_chinese():
        install(FONT)
    found = find()
    if found is None and can_install():
        install("chromium")
        found = find()
    if found is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = find()
    if found is None:
        raise ServerError("There is no Chromium: install it (Debian: apt-get install chromium), the tests drive it.")
    return found


def _writes_chinese() -> bool:
    """Whether some font has Chinese; without one pages are boxes of boxes, and their layout another."""
    listing = shutil.which("fc-list")
    if listing is None:
        return False
    return bool(subprocess.run([listing, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def _playwrights() -> Path:
    # Here, because what is installed by packages needs no Playwright to be found.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


if __name__ == "__main__":
    try:
        print(provide())
    except ServerError as missing:
        sys.exit(str(missing))
