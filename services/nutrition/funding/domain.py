"""The rules of a day's budget: who pays for how many pupils, and for which meals."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.nutrition.canteens.domain import Profile
from services.nutrition.enrolment.domain import on
from shared.fields import Meal
from shared.quantities import split

MEAL_WEIGHTS: dict[Meal, int] = {Meal.BREAKFAST: 55, Meal.LUNCH: 75, Meal.DINNER: 65}
"""How money for a day is shared among the meals it pays for: as the day's energy is, by the middle of the ranges of
WS/T 554-2017 (25–30, 35–40 and 30–35 %). That money follows energy is an assumption of this project."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a funding class pays for a pupil and day, for these meals, from `valid_from` to `valid_until`."""

    valid_from: date
    valid_until: date | None
    fen_per_pupil_day: int
    meals: frozenset[Meal]

    def is_valid_on(self, day: date) -> bool:
        """Whether it is paid on `day`; both ends are, and without an end it goes on."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Payer:
    """A funding class as one canteen has it: its amounts, and its pupils by the day from which there are so many."""

    class_code: str
    amounts: Sequence[Amount]
    pupils: Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class Part:
    """What one payer gives on one day, in fen by meal; `class_code` None is the canteen's flat budget.

    `counted` pupils are reported in the class; it pays for `pupils` of them, never for more than are enrolled.
    """

    class_code: str | None
    counted: int
    pupils: int
    amount_fen_per_pupil_day: int
    by_meal: Mapping[Meal, int]


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent on the food of one canteen's day, for all `heads` enrolled that day, with its parts."""

    day: date
    heads: int
    parts: tuple[Part, ...]

    @property
    def by_meal(self) -> dict[Meal, int]:
        """Fen by meal, in the order of the day; a meal nobody pays for is left out."""
        sums = {meal: sum(part.by_meal.get(meal, 0) for part in self.parts) for meal in Meal}
        return {meal: fen for meal, fen in sums.items() if fen}

    @property
    def fen(self) -> int:
        """Fen of the whole day."""
        return sum(self.by_meal.values())

    def mfen_per_head(self, meals: Collection[Meal] | None = None) -> int:
        """1/1000 fen per pupil for `meals` (all of them by default), rounded down: a budget is never exceeded."""
        fen = sum(amount for meal, amount in self.by_meal.items() if meals is None or meal in meals)
        return fen * 1000 // self.heads if self.heads else 0


def budget_of(profile: Profile, day: date, heads: int, served: Collection[Meal], payers: Iterable[Payer]) -> Budget:
    """Return a day's budget: pupils × amount of every class that pays that day, for the meals it pays for.

    Where no class pays, everybody enrolled has the canteen's flat budget. Without meals there is nothing to spend.
    """
    if not served:
        return Budget(day, heads, ())
    parts = [part for payer in payers if (part := _part(payer, profile, day, heads, served)) is not None]
    return Budget(day, heads, tuple(parts) or (_flat(profile, heads, served),))


def _part(payer: Payer, profile: Profile, day: date, heads: int, served: Collection[Meal]) -> Part | None:
    amount = next((amount for amount in payer.amounts if amount.is_valid_on(day)), None)
    counted = on(day, payer.pupils)
    if amount is None or not counted:
        return None
    pupils = min(counted, heads)
    fen = amount.fen_per_pupil_day
    return Part(payer.class_code, counted, pupils, fen, share(pupils * fen, amount.meals, profile.meals, served))


def _flat(profile: Profile, heads: int, served: Collection[Meal]) -> Part:
    fen = profile.flat_fen_per_pupil_day
    return Part(None, heads, heads, fen, share(heads * fen, profile.meals, profile.meals, served))


def share(fen: int, pays_for: Collection[Meal], usual: Collection[Meal], served: Collection[Meal]) -> dict[Meal, int]:
    """Share a day's money among the meals it pays for that the canteen usually serves; what falls to one that is not
    served that day stays unspent: half a day does not make its lunch twice as dear.
    """
    meals = [meal for meal in Meal if meal in pays_for and meal in usual]
    if not meals:
        return {}
    parts = split(fen, [MEAL_WEIGHTS[meal] for meal in meals])
    return {meal: part for meal, part in zip(meals, parts, strict=True) if meal in served}
