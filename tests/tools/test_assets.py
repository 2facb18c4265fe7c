"""The portal's assets are bundled once per change, from locks that name no address, and stay small."""

import gzip
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools import assets

BUDGETS = {"main.css": 8_000, "main.js": 22_000, "light.js": 2_000}
"""Bytes by gzip of what every page loads."""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the portal's sources with the modules of this checkout: nothing is fetched."""
    assets.build()
    folder = tmp_path_factory.mktemp("portal")
    for name in (*assets.LOCKS, "build.mjs"):
        shutil.copy(assets.PORTAL / name, folder)
    shutil.copytree(assets.PORTAL / "static_src", folder / "static_src")
    (folder / "node_modules").symlink_to(assets.PORTAL / "node_modules")
    return folder


def built(portal: Path) -> dict[str, str]:
    """The built file's name by its entry's."""
    entries: dict[str, str] = json.loads((portal / "static" / "manifest.json").read_text())["entries"]
    return entries


def test_a_second_build_does_nothing_and_two_at_once_are_one() -> None:
    """`make demo` beside `make test` bundles once."""
    assets.build()
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: assets.build(), range(2))) == [False, False]


def test_a_changed_source_gets_another_name_and_the_old_file_stays_for_pages_that_are_open(portal: Path) -> None:
    """Browsers keep files for ever, so a change needs a name; a page that was sent before still finds its own."""
    assert assets.build(portal)
    before = built(portal)
    style = portal / "static_src" / "styles" / "tokens.css"
    style.write_text(style.read_text() + ".new{color:red}")
    assert assets.build(portal)
    after = built(portal)
    assert before["main.css"] != after["main.css"]
    assert before["light.js"] == after["light.js"]
    assert {before["main.css"], after["main.css"]} <= {path.name for path in (portal / "static").iterdir()}
    assert not assets.build(portal)


def test_a_source_that_is_wrong_is_told_and_changes_nothing(portal: Path) -> None:
    """A portal that runs keeps what it has when a build fails."""
    assets.build(portal)
    before = built(portal)
    script = portal / "static_src" / "broken.js"
    script.write_text("import './nowhere.js'")
    try:
        with pytest.raises(assets.AssetsError, match=r"build\.mjs"):
            assets.build(portal)
        assert built(portal) == before
    finally:
        script.unlink()


def test_what_every_page_loads_is_small() -> None:
    """A phone at 400 kbit/s gets 50 kB in a second."""
    assets.build()
    entries = built(assets.PORTAL)
    sizes = {name: len(gzip.compress((assets.PORTAL / "static" / entries[name]).read_bytes(), 9)) for name in BUDGETS}
    assert {name: size for name, size in sizes.items() if size > BUDGETS[name]} == {}


def test_the_lock_names_no_address_and_every_package_has_a_hash() -> None:
    """Which registry is asked is the machine's business; what it answers is checked byte by byte."""
    lock = (assets.PORTAL / "package-lock.json").read_text()
    assert "://" not in lock
    packages = {name: entry for name, entry in json.loads(lock)["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    """Bundles name no host they would load from; what stands in them is namespaces, licences and documentation."""
    static = assets.PORTAL / "static"
    styles = [static / name for entry, name in built(assets.PORTAL).items() if entry.endswith(".css")]
    assert [path.name for path in styles if "://" in path.read_text()] == []
