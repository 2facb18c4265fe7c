"""An environment is refreshed when its lock changed, and only then, and never made smaller behind somebody's back."""

from pathlib import Path

import pytest

from tools import env


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment of a project with small locks."""
    monkeypatch.setattr(env, "ROOT", tmp_path)
    (tmp_path / "requirements").mkdir()
    for group in ("uv", "assets", "all", "dev"):
        (tmp_path / "requirements" / f"{group}.txt").write_text(f"{group}==1\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path / ".venv"


def installed(venv: Path, group: str) -> None:
    """Leave the environment as an installation of this group leaves it."""
    (venv / "synced").write_text(env.stamp_of(venv, group))


def test_a_new_environment_is_not_current(venv: Path) -> None:
    """An installation that was broken off counts as none."""
    assert not env.is_current(venv, "all")


def test_the_wider_environment_serves_the_demo(venv: Path) -> None:
    """`make demo` after `make test` installs and removes nothing."""
    installed(venv, "dev")
    assert env.is_current(venv, "dev")
    assert env.is_current(venv, "all")


def test_the_demos_environment_does_not_serve_the_tests(venv: Path) -> None:
    """The tests' tools are not in it."""
    installed(venv, "all")
    assert env.is_current(venv, "all")
    assert not env.is_current(venv, "dev")


def test_a_changed_lock_is_noticed_and_the_tools_stay(venv: Path) -> None:
    """`make demo` with new locks refreshes the tests' tools as well."""
    installed(venv, "dev")
    (venv.parent / "requirements" / "dev.txt").write_text("dev==2\n")
    assert not env.is_current(venv, "all")
    assert env.widest(venv, "all") == "dev"
    assert env.widest(venv, "dev") == "dev"


def test_a_moved_checkout_gets_a_new_environment(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts in an environment hold its path."""
    installed(venv, "all")
    moved = venv.parent.parent / f"{venv.parent.name}-moved"
    venv.parent.rename(moved)
    monkeypatch.setattr(env, "ROOT", moved)
    assert not env.is_current(moved / ".venv", "all")


def test_an_environment_whose_python_is_gone_is_not_current(venv: Path) -> None:
    """After an upgrade of the system's Python the link leads nowhere."""
    installed(venv, "all")
    (venv / "bin" / "python").unlink()
    assert not env.is_current(venv, "all")


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 15, 0)])
def test_a_python_without_locks_is_refused(version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which Python is needed and how to name it."""
    monkeypatch.setattr("sys.version_info", version)
    with pytest.raises(SystemExit, match=r"Python 3\.11 to 3\.14 is needed.*make PYTHON="):
        env.require_python()


def test_a_python_without_venv_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian packs venv apart; without root the user has to install it."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        env.install_venv_module()
