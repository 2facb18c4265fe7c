"""What a cycle's weeks need: grams as bought by food, headcount × portions, on the days and meals that are served."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from services.nutrition.dishes.domain import Recipe
from services.nutrition.weekly.domain import Slot
from shared.fields import AgeBand, Meal
from shared.quantities import as_bought_g

Counts = NDArray[np.int64]
_BANDS, _MEALS = tuple(AgeBand), tuple(Meal)


@dataclass(frozen=True, slots=True)
class Needs:
    """What one eater of each age takes of each food at each meal of a cycle, in mg × 1/1000 of raw edible food.

    `per_head` is weeks × 7 weekdays × meals × age bands × foods.
    """

    foods: tuple[str, ...]
    edible_permille: Mapping[str, int]
    per_head: Counts


def needs_of(weeks: Sequence[Sequence[Slot]], recipes: Mapping[str, Recipe]) -> Needs:
    """Return what the weeks of a cycle need; of dishes nobody may cook any more there is none."""
    cooked = {code: one for code, one in recipes.items() if not one.retired and not one.banned}
    parts = [part for recipe in cooked.values() for part in recipe.ingredients]
    foods = tuple(sorted({part.food_code for part in parts}))
    place = {code: index for index, code in enumerate(foods)}
    per_head = np.zeros((len(weeks), 7, len(_MEALS), len(_BANDS), len(foods)), dtype=np.int64)
    for week, slots in enumerate(weeks):
        for slot in slots:
            of_meal = per_head[week, slot.weekday - 1, _MEALS.index(slot.meal)]
            for recipe in (cooked[code] for code in slot.dish_codes if code in cooked):
                portions = np.array([recipe.portion_permille[band] for band in _BANDS], dtype=np.int64)
                for part in recipe.ingredients:
                    of_meal[:, place[part.food_code]] += portions * part.portion_mg
    return Needs(foods, {part.food_code: part.edible_permille for part in parts}, per_head)


def eaters(heads: Mapping[AgeBand, int], served: Mapping[date, Sequence[Meal]], week_start: date) -> Counts:
    """Return who eats at one canteen, 7 weekdays × meals × age bands: everybody enrolled, at each meal it serves."""
    counts = np.zeros((7, len(_MEALS), len(_BANDS)), dtype=np.int64)
    everybody = np.array([heads.get(band, 0) for band in _BANDS], dtype=np.int64)
    for weekday in range(7):
        for meal in served.get(week_start + timedelta(days=weekday), ()):
            counts[weekday, _MEALS.index(meal)] = everybody
    return counts


def week_g(needs: Needs, number: int, who: Counts) -> dict[str, int]:
    """Return the grams as bought that the week `number` of a cycle needs for `who` eats, rounded up once a food."""
    total = np.einsum("dmb,dmbf->f", who, needs.per_head[number])
    return {
        food: as_bought_g(-(-int(grams) // 1000), needs.edible_permille[food])
        for food, grams in zip(needs.foods, total, strict=True)
        if grams
    }
