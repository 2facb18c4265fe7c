"""How a substitution goes: asked, proposed or none, approved or refused, done or failed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.procurement.demand.domain import Line
from shared.errors import Conflict, DomainError
from shared.events.nutrition import SubstitutionEnded, SubstitutionProposed
from shared.events.procurement import DishSwap, SubstitutionApproved, SubstitutionAsked
from shared.ids import derived_id


class Status(StrEnum):
    """How far a substitution is."""

    ASKED = "asked"
    PROPOSED = "proposed"
    NONE = "none"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Substitution:
    """What nobody had for a demand line, the dishes proposed to be served instead, and what became of it."""

    substitution_id: str
    demand_id: str
    canteen_id: str
    county_code: str
    food_code: str
    delivery_day: date
    unmet_g: int
    status: Status
    asked_at: datetime
    menu_id: str | None = None
    menu_version: int | None = None
    dishes: Sequence[Mapping[str, Any]] = ()
    reason: str = ""
    official: str = ""
    decided_at: datetime | None = None


def ask(lines: Iterable[Line], now: datetime) -> list[Substitution]:
    """Return a question for each line that is short. The same shortage asked about again is the same question."""
    return [
        Substitution(
            substitution_id=derived_id("substitution", line.demand_id, line.version),
            demand_id=line.demand_id,
            canteen_id=line.canteen_id,
            county_code=line.county_code,
            food_code=line.food_code,
            delivery_day=line.delivery_day,
            unmet_g=line.unmet_g,
            status=Status.ASKED,
            asked_at=now,
        )
        for line in lines
        if line.unmet_g
    ]


def told_of_asking(asked: Iterable[Substitution]) -> list[SubstitutionAsked]:
    """Return the questions; each names all that the school lacks that day, so that no answer needs any of it."""
    each = list(asked)
    lacking: dict[tuple[str, date], set[str]] = defaultdict(set)
    for one in each:
        lacking[one.canteen_id, one.delivery_day].add(one.food_code)
    return [
        SubstitutionAsked(
            substitution_id=one.substitution_id,
            canteen_id=one.canteen_id,
            county_code=one.county_code,
            food_code=one.food_code,
            delivery_day=one.delivery_day,
            unmet_g=one.unmet_g,
            without=tuple(sorted(lacking[one.canteen_id, one.delivery_day])),
            asked_at=one.asked_at,
        )
        for one in each
    ]


def propose(present: Substitution, event: SubstitutionProposed) -> Substitution:
    """Take an answer; of two the first counts."""
    if present.status is not Status.ASKED:
        return present
    return replace(
        present,
        status=Status.PROPOSED if event.dishes else Status.NONE,
        menu_id=event.menu_id,
        menu_version=event.menu_version,
        dishes=[dish.model_dump(mode="json") for dish in event.dishes],
        reason=event.reason,
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What an official says, and when."""

    official: str
    reason: str
    at: datetime


def approve(
    present: Substitution, chosen: Mapping[tuple[str, str], str] | None, decision: Decision
) -> tuple[Substitution, SubstitutionApproved]:
    """Approve proposed dishes, by (meal, dish they replace); without a choice the best of each.

    Raises Conflict `not-proposed`, DomainError `not-among-proposed` or `dish-kept` (a dish that still needs the food).
    """
    menu_id = _require_proposed(present)
    best: dict[tuple[str, str], str] = {}
    offered = set()
    for dish in present.dishes:
        place = dish["meal"], dish["instead_of"]
        best.setdefault(place, dish["dish_code"])
        offered.add((place, dish["dish_code"]))
    swaps = dict(best if chosen is None else chosen)
    for place, code in sorted(swaps.items()):
        if (place, code) not in offered:
            raise DomainError(
                "not-among-proposed", f"{code} was not proposed in the place of {place[1]}", field="swaps"
            )
    if kept := best.keys() - swaps.keys():
        _, code = min(kept)
        raise DomainError("dish-kept", f"{code} needs {present.food_code}, too", field="swaps")
    approved = _decided(present, Status.APPROVED, decision)
    told = SubstitutionApproved(
        substitution_id=present.substitution_id,
        canteen_id=present.canteen_id,
        menu_id=menu_id,
        delivery_day=present.delivery_day,
        swaps=tuple(
            DishSwap.model_validate({"meal": meal, "instead_of": instead_of, "dish_code": code})
            for (meal, instead_of), code in sorted(swaps.items())
        ),
        reason=decision.reason,
        approved_at=decision.at,
    )
    return approved, told


def refuse(present: Substitution, decision: Decision) -> Substitution:
    """Refuse what was proposed: the food is ordered from the market supplier, or the school does without.

    Raises Conflict `not-proposed`.
    """
    _require_proposed(present)
    return _decided(present, Status.REFUSED, decision)


def end(present: Substitution, event: SubstitutionEnded) -> Substitution:
    """Note that the menu was amended, or why not."""
    if present.status is not Status.APPROVED:
        return present
    if event.menu_version is None:
        return replace(present, status=Status.FAILED, reason=event.reason)
    return replace(present, status=Status.DONE, menu_version=event.menu_version)


def _decided(present: Substitution, status: Status, decision: Decision) -> Substitution:
    return replace(present, status=status, official=decision.official, reason=decision.reason, decided_at=decision.at)


def _require_proposed(present: Substitution) -> str:
    if present.status is not Status.PROPOSED or present.menu_id is None:
        raise Conflict("not-proposed", f"it is {present.status}, there is nothing to decide", field="substitution_id")
    return present.menu_id
