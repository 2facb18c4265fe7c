"""The rules of feedback: one voter votes once per meal and dish and may change it; waste is weighed once per dish."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.nutrition.days import today
from services.nutrition.limits import FEEDBACK_DAYS, LEFTOVER_G, VOTES_PER_EATER
from shared.errors import Conflict, DomainError


@dataclass(frozen=True, slots=True)
class Votes:
    """A number of votes and the sum of their points (1 to 5 each)."""

    ratings: int = 0
    rating_sum: int = 0

    def __add__(self, other: "Votes") -> "Votes":
        return Votes(self.ratings + other.ratings, self.rating_sum + other.rating_sum)

    def __sub__(self, other: "Votes") -> "Votes":
        return Votes(self.ratings - other.ratings, self.rating_sum - other.rating_sum)


def of_points(points: int | None) -> Votes:
    """Return one vote, or none."""
    return Votes() if points is None else Votes(1, points)


def of_counts(counts: Mapping[int, int]) -> Votes:
    """Return the votes of a class from the number of each points."""
    return Votes(sum(counts.values()), sum(points * n for points, n in counts.items()))


def check_took_place(headcount: int) -> None:
    """Nobody liked a meal that never took place, or left anything of it."""
    if not headcount:
        raise Conflict("nobody-ate", "the meal never took place: it was corrected to nobody", field="meal_id")


def check_open(day: date, now: datetime) -> None:
    """Who ate remembers for a week."""
    if (today(now) - day).days > FEEDBACK_DAYS.value:
        detail = f"feedback on {day} was taken for {FEEDBACK_DAYS.value} days"
        raise Conflict("feedback-closed", detail, field="meal_id")


def check_each_once(dish_codes: Sequence[str], field: str) -> None:
    """A dish stands in a body once."""
    for place, code in enumerate(dish_codes):
        if code in dish_codes[:place]:
            raise DomainError("dish-twice", f"{code} stands there twice", field=f"{field}.{place}.dish_code")


def check_class(counts: Iterable[Mapping[int, int]], headcount: int) -> None:
    """A class is no larger than everybody who ate."""
    for place, one in enumerate(counts):
        if sum(one.values()) > headcount:
            detail = f"only {headcount} ate"
            raise DomainError("more-votes-than-eaters", detail, field=f"ratings.{place}.counts")


def check_votes(votes: Votes, headcount: int) -> None:
    """A pupil and a parent vote: a dish of a meal gets no more votes than that, or somebody stuffs the box."""
    most = VOTES_PER_EATER.value * headcount
    if votes.ratings > most:
        raise Conflict("more-votes-than-eaters", f"{headcount} ate, {most} votes were taken", field="votes")


def check_waste(quantities_g: Sequence[int], headcount: int) -> None:
    """Nobody leaves more on a plate than can have been on it."""
    most_g = headcount * LEFTOVER_G.value
    for place, quantity_g in enumerate(quantities_g):
        if quantity_g > most_g:
            detail = f"{headcount} ate, at most {most_g} g can be left"
            raise DomainError("waste-absurd", detail, field=f"waste.{place}.quantity_g")
