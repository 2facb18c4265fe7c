"""Turn the dependency groups of pyproject.toml into hash-checked locks, and prove that the committed ones still fit.

python -m tools.locks write      add and remove what pyproject.toml adds and removes, keep the other pins
python -m tools.locks upgrade    pin the newest of everything
python -m tools.locks check      fail when a lock does not fit pyproject.toml or names an address
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMITTED = ROOT / "requirements"
# The widest group is resolved first and bounds the others: what is tested is what a service's image holds.
WIDEST = "dev"
GROUPS = (
    WIDEST,
    "uv",
    "assets",
    "nutrition",
    "farmers",
    "procurement",
    "logistics",
    "identity",
    "portal",
    "all",
    "docs",
)
OPTIONS = [
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--no-annotate",
]


def write(directory: Path, upgrade: bool = False) -> None:
    """Write all locks into a directory; pins that are already in them stay, unless told otherwise."""
    for group in GROUPS:
        bounds = ["--constraints", str(directory / f"{WIDEST}.txt")] if group != WIDEST else []
        newest = ["--upgrade"] if upgrade else []
        lock = str(directory / f"{group}.txt")
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            *OPTIONS,
            *bounds,
            *newest,
            "--group",
            group,
            "-o",
            lock,
        ]
        subprocess.run(command, cwd=ROOT, check=True)


def check() -> list[str]:
    """What is wrong with the committed locks."""
    return [*addresses(), *misfits()]


def addresses() -> list[str]:
    """Locks that name an address: which registry or mirror is used is the machine's business."""
    return [f"{lock.name} names an address" for lock in committed() if re.search(r"https?://", lock.read_text())]


def misfits() -> list[str]:
    """Locks that pyproject.toml no longer leads to."""
    with tempfile.TemporaryDirectory() as directory:
        fresh = Path(directory)
        for lock in committed():
            shutil.copy(lock, fresh)
        write(fresh)
        changed = [lock.name for lock in committed() if pins(lock) != pins(fresh / lock.name)]
    return [f"{name} does not fit pyproject.toml; run: make lock" for name in changed]


def committed() -> list[Path]:
    """The locks in the repository."""
    return [COMMITTED / f"{group}.txt" for group in GROUPS]


def pins(lock: Path) -> list[str]:
    """The versions a lock pins; not the hashes, to which a new wheel of an old version may add one any day."""
    return re.findall(r"^[\w.\[\]-]+==.*?(?=\s*\\?$)", lock.read_text(), re.MULTILINE)


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    match arguments:
        case ["write"]:
            write(COMMITTED)
        case ["upgrade"]:
            write(COMMITTED, upgrade=True)
        case ["check"]:
            problems = check()
            sys.exit("\n".join(problems) if problems else None)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
