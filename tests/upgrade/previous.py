"""The version before this one, unpacked once for all tests of a process."""

import atexit
import tempfile
from functools import cache
from pathlib import Path

from tools import release

_folder = tempfile.TemporaryDirectory(prefix="previous-")
atexit.register(_folder.cleanup)
SERVICES = ("nutrition", "farmers", "procurement", "logistics", "identity", "portal")


@cache
def root() -> Path:
    """Return the folder that holds the version before, as its own repository did."""
    return release.unpack(Path(_folder.name))


def steps(service: str, of: Path) -> dict[str, Path]:
    """Return the files of a service's steps by number."""
    versions = of / "services" / service / "migrations" / "versions"
    return {file.name.partition("_")[0]: file for file in sorted(versions.glob("[0-9]*_*.py"))}
