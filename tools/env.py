"""Make .venv hold exactly what a lock file says; a second call with the same locks does nothing.

Runs on any Python, before anything is installed, so it uses the standard library only.

    python3 tools/env.py all    the services and the demo
    python3 tools/env.py dev    the same and the tools of tests and checks
"""

# An older Python must get as far as the message about its age.
from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
OLDEST, TOO_NEW = (3, 11), (3, 15)
# What a group's lock already holds: asking for `all` in a `dev` environment changes nothing.
SUPERSETS = {"all": ["all", "dev"]}
DEBIAN_PACKAGE = "python3-venv"


def main(arguments: list[str]) -> None:
    """Create or refresh the environment named on the command line."""
    group = arguments[0] if arguments else "dev"
    venv = ROOT / ".venv"
    require_python()
    with only_one():
        if not is_current(venv, group):
            sync(venv, widest(venv, group))


def require_python() -> None:
    """Refuse a Python that the locks were not made for."""
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"Python 3.11 to 3.14 is needed, this is {found}. Install one, or: make PYTHON=/path/to/python3.12 …")


@contextmanager
def only_one() -> Iterator[None]:
    """Two `make` at once must not install into one environment at the same time."""
    lock = ROOT / "var" / "venv.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def stamp_of(venv: Path, group: str) -> str:
    """What the environment must have been made from; its own path too, because scripts in it hold that path."""
    digest = hashlib.sha256(str(venv).encode())
    for lock in locks(group):
        digest.update(lock.read_bytes())
    return f"{group} {digest.hexdigest()}"


def locks(group: str) -> list[Path]:
    """The lock files of an environment: always also uv's own, or uv would remove itself, and what bundles assets."""
    return [ROOT / "requirements" / f"{name}.txt" for name in ("uv", "assets", group)]


def installed(venv: Path) -> str:
    """The stamp of the last complete installation, or nothing."""
    stamp = venv / "synced"
    usable = stamp.exists() and (venv / "bin" / "python").exists()
    return stamp.read_text() if usable else ""


def is_current(venv: Path, group: str) -> bool:
    """Whether the environment already holds this group as its lock says."""
    return installed(venv) in [stamp_of(venv, wide) for wide in SUPERSETS.get(group, [group])]


def widest(venv: Path, group: str) -> str:
    """Refresh a wider environment as what it was, so that `make demo` never takes the tests' tools away."""
    before = installed(venv).partition(" ")[0]
    return before if before in SUPERSETS.get(group, [group]) else group


def sync(venv: Path, group: str) -> None:
    """Install the group's lock, hash by hash, and remember that it was completed."""
    stamp = stamp_of(venv, group)
    python = str(venv / "bin" / "python")
    if not works(python):
        create(venv)
    (venv / "synced").unlink(missing_ok=True)
    if not runs([python, "-m", "uv", "--version"]):
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        run([*pip, "-r", str(locks(group)[0])], venv)
    uv = [python, "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--python", python]
    run([*uv, *map(str, locks(group))], venv)
    (venv / "synced").write_text(stamp)


def works(python: str) -> bool:
    """Whether the environment's Python still runs, has the version of ours, and can install."""
    same = f"import sys, pip; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return runs([python, "-c", same])


def create(venv: Path) -> None:
    """Make an empty environment, with Debian's missing half of Python installed first where that is allowed."""
    if not runs([sys.executable, "-c", "import venv, ensurepip"]):
        install_venv_module()
    shutil.rmtree(venv, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(venv)], venv)


def install_venv_module() -> None:
    """Debian packs venv and ensurepip apart from Python."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"This Python lacks venv or ensurepip. Install it (Debian, Ubuntu: apt-get install {DEBIAN_PACKAGE}).")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    versioned = "python{}.{}-venv".format(*sys.version_info[:2])
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
    for package in (versioned, DEBIAN_PACKAGE):
        subprocess.run(["apt-get", "install", "-y", "-qq", package], env=quiet, check=False)
        if runs([sys.executable, "-c", "import venv, ensurepip"]):
            return
    sys.exit(f"This Python lacks venv or ensurepip, and apt-get could not install {versioned}.")


def run(command: list[str], venv: Path) -> None:
    """Run one step, or stop with its exit status."""
    done = subprocess.run(command, env=environment(venv), cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"tools/env.py: this failed with status {done.returncode}: {' '.join(command)}")


def runs(command: list[str]) -> bool:
    """Whether a command succeeds, silently."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def environment(venv: Path) -> dict[str, str]:
    """The environment of the installers; uv is told which index pip was configured with, since it reads none of it."""
    variables = {**os.environ, "VIRTUAL_ENV": str(venv)}
    for pip_name, uv_name in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if pip_name in os.environ:
            variables.setdefault(uv_name, os.environ[pip_name])
    return variables


if __name__ == "__main__":
    main(sys.argv[1:])
