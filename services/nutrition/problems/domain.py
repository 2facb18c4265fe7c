"""The rules of problems: reported in time, answered, closed; while one is not closed, its meal's samples stay."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.nutrition.days import today
from services.nutrition.limits import PROBLEM_DAYS
from shared.errors import AlreadyDone, Conflict, DomainError


class Kind(StrEnum):
    """What is wrong."""

    FOREIGN_BODY = "foreign_body"
    SMELL = "smell"
    ILLNESS = "illness"
    ALLERGY = "allergy"
    OTHER = "other"


class State(StrEnum):
    """How far a problem has got."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a problem has got, and what was last said of it."""

    state: State
    answer: str | None
    outcome: str | None


def check_day(day: date, now: datetime) -> None:
    """A problem is reported of a meal that was, not too long ago to be looked into."""
    if day > today(now):
        raise DomainError("meal-in-future", f"{day} has not begun", field="day")
    if (today(now) - day).days > PROBLEM_DAYS.value:
        raise DomainError(
            "problem-too-late", f"{PROBLEM_DAYS.value} days after a meal nothing can be found", field="day"
        )


def check_answer(standing: Standing, answer: str) -> bool:
    """A problem is answered until it is closed; returns whether the answer is new."""
    if standing.answer == answer:
        return False
    if standing.state is State.CLOSED:
        raise Conflict("problem-closed", "the problem is closed")
    return True


def check_close(standing: Standing, outcome: str) -> bool:
    """A problem is closed once; returns whether it is only now."""
    if standing.state is not State.CLOSED:
        return True
    if standing.outcome != outcome:
        raise AlreadyDone("problem-closed", "the problem was closed with another outcome", field="outcome")
    return False
