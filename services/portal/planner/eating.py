"""Who eats a meal: everybody enrolled, or so many of each age."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.forms import Fields, Invalid
from services.portal.languages import N_
from services.portal.planner.content import BANDS

_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Band:
    """An age band: how many are enrolled, and how many eat, as it is kept or as somebody typed it."""

    band: str
    field: str
    enrolled: int
    eating: int | str


def bands_of(
    canteen: Mapping[str, Any], headcounts: Mapping[str, int] | None, typed: Mapping[str, str] | None = None
) -> list[Band]:
    """Return the age bands a canteen has, with who eats; None is everybody enrolled. What was `typed` stays."""
    enrolled = dict.fromkeys(BANDS, 0)
    for row in canteen["headcounts"]:
        enrolled[row["age_band"]] += row["pupils"]
    eating = enrolled if headcounts is None else headcounts
    return [
        Band(band, f"heads_{band}", enrolled[band], (typed or {}).get(f"heads_{band}", eating.get(band, 0)))
        for band in BANDS
        if enrolled[band] or eating.get(band)
    ]


def heads_said(fields: Fields) -> dict[str, int] | None:
    """Return who eats as a form says it, None for everybody. Raises Invalid, also where nobody eats."""
    if fields.values.get("eaters") == "all":
        return None
    heads = {band: fields.whole(f"heads_{band}", most=_MOST) for band in BANDS if f"heads_{band}" in fields.values}
    fields.check()
    eating = {band: number for band, number in heads.items() if number}
    if heads and not eating:
        raise Invalid({f"heads_{next(iter(heads))}": N_("Nobody eats. Say who does.")})
    return eating or None
