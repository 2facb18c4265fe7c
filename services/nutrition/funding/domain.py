"""The rules of a day's budget: who pays for how many pupils, and for which meals."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from services.nutrition.canteens.domain import Profile
from shared.fields import Meal
from shared.quantities import split

MEAL_WEIGHTS: dict[Meal, int] = {Meal.BREAKFAST: 55, Meal.LUNCH: 75, Meal.DINNER: 65}
"""How money for a day is shared among the meals it pays for: as the day's energy is, by the middle of the ranges of
WS/T 554-2017 (25–30, 35–40 and 30–35 %). That money follows energy is an assumption of this project."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one payer gives on one day, in fen by meal; `class_code` None is the canteen's flat budget."""

    class_code: str | None
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


def flat(profile: Profile, day: date, served: Collection[Meal]) -> Budget:
    """Return a day's budget where no pupils are counted in funding classes: the same for everybody enrolled."""
    by_meal = share(profile.pupils * profile.flat_fen_per_pupil_day, profile.meals, profile.meals, served)
    return Budget(day, profile.pupils, (Part(None, profile.pupils, profile.flat_fen_per_pupil_day, by_meal),))


def share(fen: int, pays_for: Collection[Meal], usual: Collection[Meal], served: Collection[Meal]) -> dict[Meal, int]:
    """Share a day's money among the meals it pays for that the canteen usually serves; what falls to one that is not
    served that day stays unspent: half a day does not make its lunch twice as dear.
    """
    meals = [meal for meal in Meal if meal in pays_for and meal in usual]
    if not meals:
        return {}
    parts = split(fen, [MEAL_WEIGHTS[meal] for meal in meals])
    return {meal: part for meal, part in zip(meals, parts, strict=True) if meal in served}
