"""Every standard there is a file for; a broken file is named and the others serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.nutrition.standards.domain import Equivalent
from services.nutrition.standards.files import NutrientRow, StandardFile
from services.nutrition.standards.holes import Hole, read_file
from shared.errors import NotFound
from shared.fields import AgeBand
from shared.settings import Settings

FOLDER = Path(__file__).resolve().parents[3] / "data" / "standards"


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard with its nutrients, its own or those of the standard it takes them from.

    What every requirement of it has in common is made once: a province asks for thousands.
    """

    file: StandardFile
    nutrients: tuple[NutrientRow, ...]
    place_of: Mapping[AgeBand, int]
    by_food: Mapping[str, Equivalent]
    by_food_group: Mapping[str, Equivalent]
    meal_groups: tuple[frozenset[str], ...]
    kinds_exclude: frozenset[str]
    food_sets: Mapping[str, frozenset[str]]
    banned: frozenset[str]

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
    """Read every `*.json` of a folder. A file's name is its standard's id, so no standard stands in two."""
    files: dict[str, StandardFile] = {}
    holes: list[Hole] = []
    if not folder.is_dir():
        holes.append(Hole(folder.name, "", "no-folder", "there is no such folder"))
    for path in sorted(folder.glob("*.json")):
        found = read_file(path)
        if isinstance(found, StandardFile):
            files[found.standard_id] = found
        else:
            holes += found
    standards = {}
    for key, file in files.items():
        source = file if file.nutrients_from is None else files.get(file.nutrients_from)
        if (
            source is None
            or not source.nutrients
            or [b.age_bands for b in source.bands] != [b.age_bands for b in file.bands]
        ):
            detail = f"{file.nutrients_from} cannot be had, has no needs of its own, or other age bands"
            holes.append(Hole(f"{key}.json", "nutrients_from", "unknown-standard", detail))
        else:
            standards[key] = _standard(file, tuple(source.nutrients))
    return Library(standards, tuple(holes))


def _standard(file: StandardFile, nutrients: tuple[NutrientRow, ...]) -> Standard:
    counted = file.counts_as
    return Standard(
        file=file,
        nutrients=nutrients,
        place_of={age_band: place for place, band in enumerate(file.bands) for age_band in band.age_bands},
        by_food=_by_food(file),
        by_food_group={code: Equivalent(one.group, one.permille) for code, one in counted.food_groups.items()},
        meal_groups=tuple(frozenset(family) for family in file.meal_groups.families),
        kinds_exclude=frozenset((*file.kinds.exclude_food_groups, *file.kinds.exclude_foods)),
        food_sets={name: frozenset(foods) for name, foods in file.sets.items()}
        | {row.group: frozenset(row.foods) for row in file.groups if row.foods},
        banned=frozenset(code for ban in file.bans for code in ban.foods),
    )


def _by_food(file: StandardFile) -> dict[str, Equivalent]:
    """Return how foods named by themselves count: by `counts_as`, else by the standard's table of equivalents."""
    printed = {
        code: Equivalent(row.group, row.permille)
        for row in file.equivalents.rows
        for code in row.foods
        if row.permille is not None
    }
    return printed | {code: Equivalent(one.group, one.permille) for code, one in file.counts_as.foods.items()}


@cache
def library(folder: Path | None = None) -> Library:
    """Return what is in a folder, else in the one of the settings or the repository's, read once per process."""
    return read_all(folder or Settings().standards or FOLDER)


def standard(standard_id: str, *, field: str | None = "standard_id") -> Standard:
    """Return a standard. Raises NotFound."""
    found = library().standards.get(standard_id)
    if found is None:
        raise NotFound("standard", standard_id, field=field)
    return found
