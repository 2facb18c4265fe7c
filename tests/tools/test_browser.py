"""The tests' browser is the machine's own, else a package, else a download; else it is said what to install."""

from pathlib import Path

import pytest

from tools import browser
from tools.servers.system import ServerError


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty PATH, and nothing downloaded."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_playwrights", lambda: tmp_path / "downloaded" / "chrome")
    monkeypatch.setattr(browser, "_writes_chinese", lambda: True)
    monkeypatch.setattr("tools.browser.subprocess.run", lambda *_args, **_options: None)
    monkeypatch.setattr(browser, "succeeds", lambda command: "broken" not in Path(command[0]).read_text())
    return tmp_path


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    """Leave something that can be run."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_machines_own_is_taken(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is one nothing is installed."""
    own = program(machine / "chromium")
    monkeypatch.setattr(browser, "can_install", lambda: True)
    monkeypatch.setattr(browser, "install", lambda *_packages: pytest.fail("nothing is to be installed"))
    assert browser.provide() == own


def test_a_package_that_is_only_a_hint_is_none(machine: Path) -> None:
    """Ubuntu's chromium-browser may be a script that tells of another way to get it."""
    program(machine / "chromium-browser", "broken")
    downloaded = program(machine / "downloaded" / "chrome")
    assert browser.find() == downloaded


def test_root_on_debian_gets_the_package(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is installed, and found afterwards."""
    monkeypatch.setattr(browser, "can_install", lambda: True)
    installed: list[str] = []

    def install(*packages: str) -> bool:
        installed.extend(packages)
        program(machine / "chromium")
        return True

    monkeypatch.setattr(browser, "install", install)
    assert browser.provide() == machine / "chromium"
    assert installed == ["chromium"]


def test_without_any_it_is_said_what_to_do(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may install, and the download failed."""
    monkeypatch.setattr(browser, "can_install", lambda: False)
    with pytest.raises(ServerError, match="apt-get install chromium"):
        browser.provide()
