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
from shared.events.procurement import AlsoShort, DishSwap, FoodSwap, SubstitutionApproved, SubstitutionAsked
from shared.ids import derived_id
from shared.weeks import monday_of

MOST_OTHERS = 5000
"""So many schools and days one question names: more than a county's week has."""


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
    """What nobody had for a demand line, what is proposed to be served instead, and what became of it.

    With `county_unmet_g` a sourcing run asked by itself, once for a county's food and week: `demand_id` is the line
    that lacks most, and a food approved goes into the menus of all who lack it.
    """

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
    foods: Sequence[Mapping[str, Any]] = ()
    chosen_food: str | None = None
    county_unmet_g: int | None = None
    reason: str = ""
    official: str = ""
    decided_at: datetime | None = None


def ask(lines: Iterable[Line], now: datetime) -> list[Substitution]:
    """Return a question for each of these short lines. The same shortage asked about again is the same question."""
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
    ]


def ask_for_county(lines: Iterable[Line], now: datetime) -> list[Substitution]:
    """Return a question for each food of short lines in a county's week, by the line that lacks most of it.

    The same county, food and week is the same question, however often it is sourced.
    """
    short: dict[tuple[str, str, date], list[Line]] = defaultdict(list)
    for line in lines:
        short[line.county_code, line.food_code, monday_of(line.delivery_day)].append(line)
    asked = []
    for key, each in sorted(short.items()):
        (most,) = ask([min(each, key=lambda line: (-line.unmet_g, line.demand_id))], now)
        unmet_g = sum(line.unmet_g for line in each)
        asked.append(replace(most, substitution_id=derived_id("county-substitution", *key), county_unmet_g=unmet_g))
    return asked


def told_of_asking(asked: Iterable[Substitution], lines: Iterable[Line]) -> list[SubstitutionAsked]:
    """Return the questions; each names all that the school lacks that day, so that no answer needs any of it.

    `lines` are all that are short. A county's question names all schools and days that lack the food, and what any of
    them lacks.
    """
    lacking: dict[tuple[str, date], set[str]] = defaultdict(set)
    short: dict[tuple[str, str, date], list[Line]] = defaultdict(list)
    for line in lines:
        lacking[line.canteen_id, line.delivery_day].add(line.food_code)
        short[line.county_code, line.food_code, monday_of(line.delivery_day)].append(line)
    others = {
        one.substitution_id: [
            line
            for line in short[one.county_code, one.food_code, monday_of(one.delivery_day)]
            if line.demand_id != one.demand_id
        ]
        for one in asked
        if one.county_unmet_g is not None
    }
    return [
        SubstitutionAsked(
            substitution_id=one.substitution_id,
            canteen_id=one.canteen_id,
            county_code=one.county_code,
            food_code=one.food_code,
            delivery_day=one.delivery_day,
            unmet_g=one.unmet_g,
            without=_without(one, others.get(one.substitution_id, ()), lacking),
            county_unmet_g=one.county_unmet_g,
            others=tuple(
                AlsoShort(canteen_id=line.canteen_id, delivery_day=line.delivery_day, unmet_g=line.unmet_g)
                for line in sorted(others.get(one.substitution_id, ()), key=_most_first)[:MOST_OTHERS]
            ),
            asked_at=one.asked_at,
        )
        for one in asked
    ]


def _without(
    one: Substitution, others: Iterable[Line], lacking: Mapping[tuple[str, date], set[str]]
) -> tuple[str, ...]:
    places = {(one.canteen_id, one.delivery_day), *((line.canteen_id, line.delivery_day) for line in others)}
    return tuple(sorted(set().union(*(lacking[place] for place in places))))


def _most_first(line: Line) -> tuple[int, str]:
    return -line.unmet_g, line.demand_id


def propose(present: Substitution, event: SubstitutionProposed) -> Substitution:
    """Take an answer; of two the first counts."""
    if present.status is not Status.ASKED:
        return present
    return replace(
        present,
        status=Status.PROPOSED if event.dishes or event.foods else Status.NONE,
        menu_id=event.menu_id,
        menu_version=event.menu_version,
        dishes=[dish.model_dump(mode="json") for dish in event.dishes],
        foods=[food.model_dump(mode="json") for food in event.foods],
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


def approve_food(
    present: Substitution, food_code: str | None, decision: Decision
) -> tuple[Substitution, SubstitutionApproved]:
    """Approve a proposed food in the place of the missing one; without a choice the best.

    Raises Conflict `not-proposed`, DomainError `not-among-proposed`.
    """
    menu_id = _require_proposed(present)
    offered = {food["food_code"]: food for food in reversed(present.foods)}
    chosen = offered.get(food_code or next((food["food_code"] for food in present.foods), ""))
    if chosen is None:
        raise DomainError("not-among-proposed", f"{food_code or 'a food'} was not proposed", field="food_code")
    approved = replace(_decided(present, Status.APPROVED, decision), chosen_food=chosen["food_code"])
    told = SubstitutionApproved(
        substitution_id=present.substitution_id,
        canteen_id=present.canteen_id,
        menu_id=menu_id,
        delivery_day=present.delivery_day,
        swaps=(),
        foods=(
            FoodSwap(
                instead_of=present.food_code,
                food_code=chosen["food_code"],
                edible_permille=chosen["edible_permille"],
            ),
        ),
        reason=decision.reason,
        approved_at=decision.at,
    )
    return approved, told


def proposed_to(line: Line, decided: Substitution) -> Substitution:
    """Return what was proposed for a whole county as it is proposed to one of its other lines."""
    return replace(
        decided,
        substitution_id=derived_id("substitution", decided.substitution_id, line.demand_id),
        demand_id=line.demand_id,
        canteen_id=line.canteen_id,
        delivery_day=line.delivery_day,
        unmet_g=line.unmet_g,
        menu_id=line.menu_id,
        menu_version=line.menu_version,
        county_unmet_g=None,
        status=Status.PROPOSED,
    )


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
