"""Releasing: what the next version is held against is frozen when a version is released.

python -m tools.release freeze NAME [COMMIT]    pack what the upgrade test runs of a commit (default: HEAD) as NAME
python -m tools.release notes VERSION           print what CHANGELOG.md says of a version
python -m tools.release check VERSION           fail where the repository does not say everywhere that it is VERSION
"""

import lzma
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from shared.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
RELEASES = ROOT / "releases"
KEPT = ("shared", "services/__init__.py", "services/__main__.py", "services/commands", "services/farmers")
NEEDED = ("services/nutrition", "data/standards", "data/divisions.csv")
MIGRATIONS = ("procurement", "logistics", "identity", "portal")
"""Two services that hear each other are enough to run side by side; the steps of all are."""


def freeze(name: str, commit: str = "HEAD", folder: Path = RELEASES) -> Path:
    """Pack what the upgrade test needs of a commit; what was packed before is taken away. Returns the file."""
    paths = [*KEPT, *NEEDED, *(f"services/{each}/__init__.py" for each in MIGRATIONS)]
    paths += [f"services/{each}/migrations" for each in MIGRATIONS]
    packed = subprocess.run(["git", "archive", commit, *paths], cwd=ROOT, check=True, capture_output=True).stdout
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.tar.xz"):
        old.unlink()
    file = folder / f"{name}.tar.xz"
    file.write_bytes(lzma.compress(packed, preset=9 | lzma.PRESET_EXTREME))
    return file


def previous(folder: Path = RELEASES) -> Path:
    """Return the version that was frozen last. Raises FileNotFoundError: without it nothing can be compared."""
    found = sorted(folder.glob("*.tar.xz"))
    if len(found) != 1:
        raise FileNotFoundError(f"{folder} must hold one frozen version, not {len(found)}: see docs/releases.md")
    return found[0]


def unpack(into: Path, file: Path | None = None) -> Path:
    """Unpack a frozen version into a folder; returns the folder."""
    with tarfile.open(file or previous()) as packed:
        if (safe := getattr(tarfile, "data_filter", None)) is not None:  # Pythons before 3.11.4 have none.
            packed.extraction_filter = safe
        packed.extractall(into)  # noqa: S202 (a file of this repository)
    return into


def notes(version: str, changelog: str) -> str:
    """Return what the changelog says of a version. Raises ValueError where it says nothing."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    for section in sections:
        heading, _, text = section.partition("\n")
        if heading.split()[0] == version and text.strip():
            return text.strip() + "\n"
    raise ValueError(f"CHANGELOG.md says nothing of {version}")


def unfit(version: str) -> list[str]:
    """Return where the repository does not say that it is a version."""
    found = [] if version == VERSION else [f"shared/version.py says {VERSION}"]
    if f'\nversion = "{version}"\n' not in (ROOT / "pyproject.toml").read_text():
        found.append("pyproject.toml says another version")
    try:
        notes(version, (ROOT / "CHANGELOG.md").read_text())
    except ValueError as error:
        found.append(str(error))
    return found


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    match arguments:
        case ["freeze", name]:
            print(freeze(name).relative_to(ROOT))
        case ["freeze", name, commit]:
            print(freeze(name, commit).relative_to(ROOT))
        case ["notes", version]:
            print(notes(version, (ROOT / "CHANGELOG.md").read_text()), end="")
        case ["check", version]:
            faults = unfit(version)
            sys.exit("\n".join(faults) if faults else None)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
