"""What a backup says of itself: when it was made, what is in it, and how far the topics were."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

NAME = "manifest.json"

Places = dict[str, list[int | None]]
"""By topic an offset for each partition; None where nothing is known."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at` in UTC; `files` by path the SHA-256 of their content. It is written last: without it nothing is whole.

    `ends` are the offsets at which the topics ended as of the backup, `read` those each group had committed before;
    both are empty where the bus is a file among the others.
    """

    made_at: str
    files: dict[str, str]
    ends: Places = field(default_factory=dict)
    read: dict[str, Places] = field(default_factory=dict)


def write(folder: Path, ends: Places, read: dict[str, Places]) -> Manifest:
    """Write the manifest of what is in a folder."""
    files = {str(path.relative_to(folder)): digest_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    made = Manifest(datetime.now(UTC).isoformat(timespec="seconds"), files, ends, read)
    fresh = folder / f"{NAME}.new"
    fresh.write_text(json.dumps(asdict(made), indent=1))
    fresh.replace(folder / NAME)
    return made


def read_checked(folder: Path) -> Manifest:
    """Read a backup's manifest. Raises ValueError where a file is missing or is not what was backed up."""
    if not (folder / NAME).is_file():
        raise ValueError(f"{folder} holds no whole backup: it has no {NAME}")
    manifest = Manifest(**json.loads((folder / NAME).read_text()))
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file() or digest_of(path) != digest:
            raise ValueError(f"{path} is missing or is not what was backed up")
    return manifest


def digest_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
