"""Which meals a canteen serves on a day: the county's calendar, less what the canteen itself has closed for."""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from services.nutrition.days import DayKind, is_school_day
from shared.errors import DomainError
from shared.fields import Meal


class ClosureKind(StrEnum):
    """Why a canteen is closed, for a day or for some of its meals."""

    EXAM = "exam"
    WEATHER = "weather"
    ILLNESS = "illness"
    EVENT = "event"
    REPAIR = "repair"
    OTHER = "other"


def served(
    usual: Collection[Meal],
    day: date,
    calendar: Mapping[date, DayKind],
    closures: Mapping[date, Collection[Meal]],
) -> tuple[Meal, ...]:
    """Return the meals served on a day, in order; `closures` holds what is still served on days closed for the rest."""
    if not is_school_day(day, calendar):
        return ()
    still = closures.get(day, usual)
    return tuple(meal for meal in Meal if meal in usual and meal in still)


def check(day: date, still: Collection[Meal], usual: Collection[Meal], calendar: Mapping[date, DayKind]) -> None:
    """A closure takes meals away from a school day; it adds none, and a day without school has none to take away."""
    if not is_school_day(day, calendar):
        raise DomainError("no-school-day", f"there is no school on {day} anyway", field="day")
    if extra := [meal for meal in still if meal not in usual]:
        raise DomainError("meal-not-served", f"the canteen serves no {extra[0]}", field="meals")
    if set(still) == set(usual):
        raise DomainError("closes-nothing", "all of the canteen's meals are still served", field="meals")
