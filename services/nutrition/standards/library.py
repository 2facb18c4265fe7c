"""Every standard there is a file for; a broken file is named and the others serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.nutrition.standards.files import Hole, NutrientRow, StandardFile, read_file
from shared.errors import NotFound

FOLDER = Path(__file__).resolve().parents[3] / "data" / "standards"


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard with its nutrients, its own or those of the standard it takes them from."""

    file: StandardFile
    nutrients: tuple[NutrientRow, ...]

    @property
    def standard_id(self) -> str:
        """The standard's id."""
        return self.file.standard_id


@dataclass(frozen=True, slots=True)
class Library:
    """Standards by id, and what is wrong with the files that could not be taken."""

    standards: Mapping[str, Standard]
    holes: tuple[Hole, ...]


def read_all(folder: Path) -> Library:
    """Read every `*.json` of a folder."""
    files: dict[str, tuple[str, StandardFile]] = {}
    holes: list[Hole] = []
    for path in sorted(folder.glob("*.json")):
        found = read_file(path)
        if isinstance(found, Hole):
            holes.append(found)
        elif found.standard_id in files:
            detail = f"{files[found.standard_id][0]} has the same standard_id"
            holes.append(Hole(path.name, "standard_id", "twice", detail))
        else:
            files[found.standard_id] = (path.name, found)
    standards = {}
    for key, (name, file) in files.items():
        source = file if file.nutrients_from is None else files.get(file.nutrients_from, (name, None))[1]
        if source is None or source.age_bands != file.age_bands:
            detail = f"{file.nutrients_from} is not there, or has other age bands"
            holes.append(Hole(name, "nutrients_from", "unknown-standard", detail))
        else:
            standards[key] = Standard(file, tuple(source.nutrients))
    return Library(standards, tuple(holes))


@cache
def library(folder: Path = FOLDER) -> Library:
    """Return what is in a folder, read once per process."""
    return read_all(folder)


def standard(standard_id: str, *, field: str | None = "standard_id") -> Standard:
    """Return a standard. Raises NotFound."""
    found = library().standards.get(standard_id)
    if found is None:
        raise NotFound("standard", standard_id, field=field)
    return found
