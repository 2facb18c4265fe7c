"""What came of sourcing runs: what would change, what nobody has, and which run is the one to look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.portal.naming import Names, said_in
from services.portal.purchasing.views import Told, called


@dataclass(frozen=True, slots=True)
class Change:
    """What a school would get of a food from a supplier on a day, before and after."""

    food: str
    day: str
    school: str
    supplier: str
    before_g: int
    after_g: int


def changes(found: Iterable[Told], names: Names, language: str) -> list[Change]:
    """Return what a comparison would change, by day, school and food."""
    told = [
        Change(
            food=called(names["foods"], one["food_code"], language),
            day=one["delivery_day"],
            school=called(names["canteens"], one["canteen_id"], language),
            supplier=called(names["suppliers"], one["cooperative_id"], language),
            before_g=one["before_g"],
            after_g=one["after_g"],
        )
        for one in found
    ]
    return sorted(told, key=lambda one: (one.day, one.school, one.food, one.supplier))


@dataclass(frozen=True, slots=True)
class Short:
    """What a run found nobody for, and why."""

    food: str
    day: str
    school: str
    unmet_g: int
    why: str


def shortfalls(found: Iterable[Told], names: Names, language: str) -> list[Short]:
    """Return what a run found nobody for, by day, school and food."""
    told = [
        Short(
            food=called(names["foods"], one["food_code"], language),
            day=one["delivery_day"],
            school=called(names["canteens"], one["canteen_id"], language),
            unmet_g=one["unmet_g"],
            why=said_in(language, one),
        )
        for one in found
    ]
    return sorted(told, key=lambda one: (one.day, one.school, one.food))


UNDER_WAY = {"queued", "running"}


def last_runs(runs: Sequence[Told]) -> tuple[Told | None, Told | None]:
    """Return the last run that orders, and the last that only compared and is worth a look."""
    newest = sorted(runs, key=lambda run: run["queued_at"], reverse=True)
    ordering = next((run for run in newest if run["kind"] == "orders"), None)
    comparing = next((run for run in newest if run["kind"] == "exact" and run["status"] == "done"), None)
    return ordering, comparing
