"""What the page of the own number shows: pure functions from what services answer to what a template needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_
from services.portal.naming import Names
from services.portal.upstream import Away
from shared.auth.principal import Principal

WORDS: dict[str, str] = {
    "canteen": N_("The number at the school's gate"),
    "cooperative": N_("The number where you pack"),
    "driver": N_("Your number on the way"),
}
_PLACES = {"canteen": "canteens", "cooperative": "cooperatives", "driver": "drivers"}


@dataclass(frozen=True, slots=True)
class Mine:
    """A number somebody says; `number` is Away where nobody answers, None where none was said."""

    kind: str
    name: str
    action: str
    number: str | Away | None


def path_of(kind: str, subject_id: str) -> str:
    """Return where logistics has a number."""
    return f"/{_PLACES[kind]}/{subject_id}/phone"


def subjects_of(principal: Principal) -> list[tuple[str, str]]:
    """Return the places and drivers somebody speaks for, by kind and id."""
    own = {"canteen": principal.canteens, "cooperative": principal.cooperatives, "driver": principal.drivers}
    return [(kind, each) for kind, ids in own.items() for each in sorted(ids)]


def numbers(mine: Sequence[tuple[str, str]], told: Mapping[str, Any], names: Names, language: str) -> list[Mine]:
    """Return the numbers somebody says, called by name where they have several."""
    found = []
    for kind, subject_id in mine:
        path = path_of(kind, subject_id)
        answer = told[path]
        number = answer if isinstance(answer, Away) else answer["number"]
        name = names["canteens"].get(subject_id, {}).get(language, subject_id) if len(mine) > 1 else ""
        found.append(Mine(kind, name, f"/phone/{kind}/{subject_id}", number))
    return found
