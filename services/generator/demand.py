"""What the weekly templates need, in grams as bought: the ground on which offers, stocks and vehicles are sized."""

from collections import Counter

from services.generator.reference import Food, Reference

# A recipe is for 9 to 11; other ages eat this percentage of it (a model, not a standard).
AGE_PERCENT = {"6-8": 85, "9-11": 100, "12-14": 115, "15-17": 130}

# What nobody's template asks for is still grown: 10 g a pupil and week, so that a planner finds more than one menu.
UNPLANNED_MG = 10_000

WEEKDAYS = (1, 2, 3, 4, 5)

# A canteen's template and the meals it serves: all canteens with the same pair need the same food per portion.
Plan = tuple[str, tuple[str, ...]]


class Portions:
    """Milligrams as bought of each food for one pupil of 9 to 11, per template, meal and weekday (1 is Monday)."""

    def __init__(self, foods: dict[str, Food], by_meal: dict[tuple[str, str, int], Counter[str]]) -> None:
        self.foods = foods
        self._by_meal = by_meal
        self._weeks: dict[Plan, Counter[str]] = {}

    def day(self, plan: Plan, weekday: int) -> Counter[str]:
        template, meals = plan
        need: Counter[str] = Counter()
        for meal in meals:
            need.update(self._by_meal.get((template, meal, weekday), {}))
        return need

    def week(self, plan: Plan) -> Counter[str]:
        """Kept once summed: a province asks for the same few plans 17,890 times."""
        if plan not in self._weeks:
            self._weeks[plan] = Counter()
            for weekday in WEEKDAYS:
                self._weeks[plan].update(self.day(plan, weekday))
        return self._weeks[plan]


def portions(reference: Reference) -> Portions:
    """Gross is net divided by the edible fraction, rounded up: nobody goes short by a rounding."""
    table: dict[tuple[str, str, int], Counter[str]] = {}
    for serving in reference.servings:
        need = table.setdefault((serving.template_id, serving.meal, serving.weekday), Counter())
        for food, net_mg in reference.dishes[serving.dish_code]:
            need[food] += -(-net_mg * 1000 // reference.foods[food].edible_permille)
    return Portions(reference.foods, table)


class CountyDemand:
    """Sums pupils by plan while canteens pass by, so that a county's demand needs none of them in memory."""

    def __init__(self, table: Portions) -> None:
        self._table = table
        self._eaters: Counter[Plan] = Counter()
        self.pupils = 0

    def add(self, plan: Plan, eaters: int, pupils: int) -> None:
        """`eaters` is hundredths of a 9-to-11 portion, as `eaters_of` counts them."""
        self._eaters[plan] += eaters
        self.pupils += pupils

    def week_g(self) -> dict[str, int]:
        """Grams a school week of every farmed food that is planned, in the order of the food codes."""
        return self._farmed_g(WEEKDAYS)

    def offered_g(self, month: int) -> dict[str, int]:
        """Grams a week to size offers by: the plans, and a little of what else is in season."""
        planned = self.week_g()
        return {
            code: planned.get(code) or self.pupils * UNPLANNED_MG // 1000
            for code, food in sorted(self._table.foods.items())
            if food.farmed and (code in planned or food.in_season(month))
        }

    def busiest_day_g(self) -> tuple[int, int]:
        """Grams of farmed food to drive on the busiest weekday: cooled, and all together."""
        cooled = total = 0
        for weekday in WEEKDAYS:
            need = self._farmed_g((weekday,))
            cold = sum(grams for code, grams in need.items() if self._table.foods[code].temperature_class != "ambient")
            cooled, total = max(cooled, cold), max(total, sum(need.values()))
        return cooled, total

    def _farmed_g(self, weekdays: tuple[int, ...]) -> dict[str, int]:
        milligrams: Counter[str] = Counter()
        for plan, eaters in sorted(self._eaters.items()):
            for weekday in weekdays:
                for code, need_mg in self._table.day(plan, weekday).items():
                    milligrams[code] += need_mg * eaters // 100
        return {code: mg // 1000 for code, mg in sorted(milligrams.items()) if self._table.foods[code].farmed}


def eaters_of(headcounts: list[tuple[str, str, int]]) -> int:
    """Hundredths of a 9-to-11 portion for rows of (age band, sex, pupils)."""
    return sum(AGE_PERCENT[band] * pupils for band, _, pupils in headcounts)
