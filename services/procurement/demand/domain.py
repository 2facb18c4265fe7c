"""Where the grams of a demand line are. Every function keeps quantity + surplus = allocated + unmet + open.

`quantity_g` is needed; `allocated_g` is in orders that stand; `open_g` waits to be sourced; `unmet_g` nobody has;
`surplus_g` is ordered beyond the need and can no longer be taken back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from shared.events.nutrition import DayBudget, Demand
from shared.events.procurement import DemandUnmet
from shared.ids import derived_id


class Status(StrEnum):
    """Whether a demand line still waits to be sourced."""

    OPEN = "open"
    SOURCED = "sourced"


@dataclass(frozen=True, slots=True)
class Line:
    """A demand line, all grams as bought."""

    demand_id: str
    canteen_id: str
    food_code: str
    delivery_day: date
    county_code: str
    menu_id: str
    menu_version: int
    temperature_class: str
    quantity_g: int
    allocated_g: int
    open_g: int
    unmet_g: int
    surplus_g: int
    status: str
    version: int
    stated_at: datetime

    @property
    def need_g(self) -> int:
        """What may still be ordered: waiting, and what nobody had when it was last looked for."""
        return self.open_g + self.unmet_g


@dataclass(frozen=True, slots=True)
class Menu:
    """What was heard of a menu: the version of its demand, and from which day a withdrawal took it back.

    `budget_fen` is what the school may spend on food by day (ISO 8601); without days nobody has said.
    """

    menu_id: str
    canteen_id: str
    county_code: str
    week_start: date
    demand_version: int = 0
    withdrawn_version: int = 0
    withdrawn_from: date | None = None
    budget_fen: Mapping[str, int] = field(default_factory=dict)

    def stands_on(self, day: date, version: int) -> bool:
        """Whether demand of `version` for `day` is not taken back by a later withdrawal."""
        return self.withdrawn_from is None or version > self.withdrawn_version or day < self.withdrawn_from


def by_day(budget: Iterable[DayBudget]) -> dict[str, int]:
    """Return a told budget as it is kept with its menu, in fen by day."""
    return {day.day.isoformat(): day.budget_fen for day in budget}


def budgets(menus: Iterable[Menu]) -> dict[tuple[str, date], int]:
    """Return what schools may spend on days, in fen by canteen and day: what menus say of days still theirs."""
    found: dict[tuple[str, date], int] = {}
    for menu in sorted(menus, key=lambda each: (each.withdrawn_version == 0, each.menu_id)):
        for told, fen in menu.budget_fen.items():
            day = date.fromisoformat(told)
            if menu.stands_on(day, menu.demand_version):
                found[menu.canteen_id, day] = fen
    return found


def demand_id(canteen_id: str, food_code: str, delivery_day: date) -> str:
    """Return the id of the one demand line of this school, food and day."""
    return derived_id("demand", canteen_id, food_code, delivery_day)


def require(line: Line, quantity_g: int) -> Line:
    """Set what is needed: less comes off unmet, then open, the rest is surplus; more uses surplus up, then opens."""
    if quantity_g >= line.quantity_g:
        more = quantity_g - line.quantity_g
        covered = min(more, line.surplus_g)
        opened = line.open_g + more - covered
        return _with(line, quantity_g=quantity_g, surplus_g=line.surplus_g - covered, open_g=opened)
    less = line.quantity_g - quantity_g
    unmet = min(less, line.unmet_g)
    opened = min(less - unmet, line.open_g)
    return _with(
        line,
        quantity_g=quantity_g,
        unmet_g=line.unmet_g - unmet,
        open_g=line.open_g - opened,
        surplus_g=line.surplus_g + less - unmet - opened,
    )


def give_back(line: Line, released_g: int) -> Line:
    """Orders for the line shrank by `released_g`: surplus goes first, the rest waits to be sourced again."""
    surplus = min(released_g, line.surplus_g)
    opened = line.open_g + released_g - surplus
    return _with(line, allocated_g=line.allocated_g - released_g, surplus_g=line.surplus_g - surplus, open_g=opened)


def take_in(line: Line, extra_g: int) -> Line:
    """A cooperative dispatched `extra_g` that had been taken back: it fills unmet, then open, the rest is surplus."""
    unmet = min(extra_g, line.unmet_g)
    opened = min(extra_g - unmet, line.open_g)
    return _with(
        line,
        allocated_g=line.allocated_g + extra_g,
        unmet_g=line.unmet_g - unmet,
        open_g=line.open_g - opened,
        surplus_g=line.surplus_g + extra_g - unmet - opened,
    )


def source(line: Line, taken_g: int, unmet_g: int) -> Line:
    """Of the line's need `taken_g` went into orders and `unmet_g` nobody has; what is left waits for another try."""
    opened = line.need_g - taken_g - unmet_g
    return _with(line, allocated_g=line.allocated_g + taken_g, unmet_g=unmet_g, open_g=opened)


def _with(line: Line, **grams: int) -> Line:
    allocated, unmet = grams.get("allocated_g", line.allocated_g), grams.get("unmet_g", line.unmet_g)
    # A line that was never sourced stays open until a run looks at it, even when it needs nothing.
    was_sourced = line.status == Status.SOURCED or allocated > 0 or unmet > 0
    waits = not was_sourced or grams.get("open_g", line.open_g) > 0
    return replace(line, status=Status.OPEN if waits else Status.SOURCED, **grams)  # type: ignore[arg-type]


def stated(menu: Menu, version: int, demand: Iterable[Demand]) -> dict[str, Demand]:
    """Return the demand that a version of a menu states, by demand line, without days withdrawn since."""
    return {
        demand_id(menu.canteen_id, part.food_code, part.delivery_day): part
        for part in demand
        if menu.stands_on(part.delivery_day, version)
    }


def restate(
    menu: Menu, version: int, at: datetime, wanted: Mapping[str, Demand], known: Mapping[str, Line]
) -> list[Line]:
    """Return the lines that change when `wanted` replaces the menu's demand; new lines have version 0.

    A line another menu stated later stays that menu's: of two menus for a week the one stated last counts.
    """
    changed = [_new(menu, version, at, part) for key, part in wanted.items() if key not in known]
    for key, line in known.items():
        part = wanted.get(key)
        if line.menu_id != menu.menu_id and (part is None or line.stated_at > at):
            continue
        needed = part.quantity_g if part else 0
        temperature_class = part.temperature_class.value if part else line.temperature_class
        owned = replace(line, menu_id=menu.menu_id, menu_version=version, stated_at=at)
        changed.append(require(replace(owned, temperature_class=temperature_class), needed))
    return changed


def _new(menu: Menu, version: int, at: datetime, part: Demand) -> Line:
    return Line(
        demand_id=demand_id(menu.canteen_id, part.food_code, part.delivery_day),
        canteen_id=menu.canteen_id,
        food_code=part.food_code,
        delivery_day=part.delivery_day,
        county_code=menu.county_code,
        menu_id=menu.menu_id,
        menu_version=version,
        temperature_class=part.temperature_class.value,
        quantity_g=part.quantity_g,
        allocated_g=0,
        open_g=part.quantity_g,
        unmet_g=0,
        surplus_g=0,
        status=Status.OPEN,
        version=0,
        stated_at=at,
    )


def unmet(line: Line, now: datetime) -> DemandUnmet:
    """Return the fact that so much of the line is short now."""
    return DemandUnmet(
        canteen_id=line.canteen_id,
        food_code=line.food_code,
        delivery_day=line.delivery_day,
        menu_version=line.menu_version,
        quantity_g=line.quantity_g,
        unmet_g=line.unmet_g,
        found_at=now,
    )
