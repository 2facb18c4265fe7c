"""Analyses of menus: a canteen's week by itself, and the weeks of a whole province at once."""

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from benchmarks.harness import Options, Outcome, benchmark
from services.generator.reference import DATA
from services.loading import REFERENCE, Loaded
from services.nutrition.analysis.judging import layout_of
from services.nutrition.analysis.many import REFERENCE as ONE_CHILD
from services.nutrition.analysis.many import Analyses, Weeks, analyse_all
from services.nutrition.analysis.plates import kitchen_of, plates_of
from services.nutrition.analysis.week import Served, WeekAnalysis, analyse
from services.nutrition.dishes.domain import Ingredient, Recipe, portions_of
from services.nutrition.dishes.schemas import DishRow
from services.nutrition.foods.domain import Food, Season
from services.nutrition.foods.schemas import FoodRow
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.standards.domain import Requirement
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.fields import AgeBand, Meal, Sex

SCHOOLS, COUNTIES = 17_890, 88
ONE_BY_ONE = 300
MONDAY = date(2026, 11, 30)
PLACES = ("staple", "meat", "vegetable", "soup")
MEALS = ((Meal.LUNCH,), (Meal.BREAKFAST, Meal.LUNCH), (Meal.BREAKFAST, Meal.LUNCH, Meal.DINNER))
KINDS = (
    (AgeBand.FROM_6_TO_8, AgeBand.FROM_9_TO_11),
    (AgeBand.FROM_12_TO_14,),
    (AgeBand.FROM_6_TO_8, AgeBand.FROM_9_TO_11, AgeBand.FROM_12_TO_14),
    (AgeBand.FROM_15_TO_17,),
)
Heads = Mapping[tuple[AgeBand, Sex], int]


@dataclass(frozen=True, slots=True)
class School:
    """A school's week: its county, who eats, the meals it serves, and its dishes by day and meal."""

    county: int
    heads: Heads
    meals: tuple[Meal, ...]
    days: int
    dishes: tuple[tuple[int, Meal, tuple[int, ...]], ...]

    @property
    def eaters(self) -> dict[AgeBand, int]:
        """Pupils by age band."""
        sums: dict[AgeBand, int] = defaultdict(int)
        for (band, _), pupils in self.heads.items():
            sums[band] += pupils
        return dict(sums)


@benchmark("nutrition.analyse")
def analyse_province(options: Options) -> Outcome:
    """Seconds to judge the week of every school of a province at once, beside judging them one by one."""
    schools = _schools(random.Random(options.seed), options.scaled(SCHOOLS))
    prices = [_prices(random.Random(f"{options.seed} {county}")) for county in range(COUNTIES)]
    _one(schools[0], prices[schools[0].county])
    started, cpu = time.perf_counter(), time.process_time()
    together = _all(schools, prices)
    seconds, own = time.perf_counter() - started, time.process_time() - cpu
    chosen = schools[:: max(1, len(schools) // ONE_BY_ONE)][:ONE_BY_ONE]
    milliseconds = []
    cpu = time.process_time()
    singly = []
    for school in chosen:
        started = time.perf_counter()
        singly.append(_one(school, prices[school.county]))
        milliseconds.append((time.perf_counter() - started) * 1000)
    single_cpu = (time.process_time() - cpu) * 1000 / len(chosen)
    wrong = max(_apart(one, together[id(school)]) for school, one in zip(chosen, singly, strict=True))
    assert wrong <= 1, f"together and one by one differ by {wrong} points of the score"
    return Outcome(
        input=f"{len(schools)} schools of {COUNTIES} price lists, {len(_recipes())} dishes, WS/T 554-2017",
        value=seconds,
        unit="s",
        reference=f"one by one, from {len(chosen)} of the schools",
        reference_value=statistics.mean(milliseconds) / 1000 * len(schools),
        details={
            "cpu_seconds_together": round(own, 2),
            "milliseconds_a_week": round(statistics.median(milliseconds), 2),
            "cpu_milliseconds_a_week": round(single_cpu, 2),
            "largest_difference_points": wrong,
            "mean_score": round(statistics.mean(one.score for one in singly)),
        },
    )


def _all(schools: Sequence[School], prices: Sequence[Mapping[str, Quote]]) -> dict[int, int]:
    """Return the score of every school."""
    groups: dict[tuple[int, int, tuple[Meal, ...]], list[School]] = defaultdict(list)
    for school in schools:
        groups[school.county, school.days, school.meals].append(school)
    scores: dict[int, int] = {}
    kitchen = kitchen_of(_recipes(), _foods(), _asked(schools[0]))
    plates = [plates_of(kitchen, ONE_CHILD, county) for county in prices]
    for (county, days, _), members in groups.items():
        requirements = [_asked(school) for school in members]
        slots = [(day, meal) for day, meal, dishes in members[0].dishes for _ in dishes]
        weeks = Weeks(
            plates=plates[county],
            layout=layout_of(slots, days),
            days=[MONDAY + timedelta(days=day) for day in range(days)],
            dishes=np.array([[dish for _, _, dishes in one.dishes for dish in dishes] for one in members]),
            eaters=[one.eaters for one in members],
            requirements=requirements,
        )
        found: Analyses = analyse_all(weeks)
        scores |= {id(school): int(score) for school, score in zip(members, found.scores, strict=True)}
    return scores


def _one(school: School, prices: Mapping[str, Quote]) -> WeekAnalysis:
    """Judge one school's week as a request does: from recipes, foods and prices."""
    library = _recipes()
    used = sorted({dish for _, _, dishes in school.dishes for dish in dishes})
    place = {dish: at for at, dish in enumerate(used)}
    requirement = _asked(school)
    kitchen = kitchen_of([library[dish] for dish in used], _foods(), requirement)
    days = [MONDAY + timedelta(days=day) for day in range(school.days)]
    served = [Served(days[day], meal, tuple(place[one] for one in dishes)) for day, meal, dishes in school.dishes]
    return analyse(plates_of(kitchen, school.eaters, prices), requirement, days, served)


def _asked(school: School) -> Requirement:
    return requirement_of(standard("wst554-2017"), school.heads, school.meals, day=MONDAY, school_days=school.days)


def _apart(one: WeekAnalysis, score: int) -> int:
    return abs(one.score - score)


def _schools(luck: random.Random, count: int) -> list[School]:
    """Return schools of every kind: primary, junior, nine-year and senior, lunch only or boarding."""
    by_category = defaultdict(list)
    for place, recipe in enumerate(_recipes()):
        by_category[recipe.category].append(place)
    schools = []
    for number in range(count):
        bands = luck.choices(KINDS, (12, 3, 3, 1))[0]
        heads = {(band, sex): luck.randint(8, 300) for band in bands for sex in Sex}
        meals = luck.choices(MEALS, (10, 3, 2))[0]
        days = luck.choices((5, 4, 3), (20, 1, 1))[0]
        dishes = tuple(
            (day, meal, tuple(luck.choice(by_category[category]) for category in PLACES))
            for day in range(days)
            for meal in meals
        )
        schools.append(School(number % COUNTIES, heads, meals, days, dishes))
    return schools


def _prices(luck: random.Random) -> dict[str, Quote]:
    """Return a county's prices: the market's, a third up or down, some of it from the county's own villages."""
    found = {}
    for code, food in _foods().items():
        price = round((food.reference_price_fen_per_kg or 500) * luck.uniform(0.7, 1.3))
        local = luck.choice((0, 0, 600, 1000)) if food.farmed else 0
        found[code] = Quote(code, price, PriceSource.OFFER, local, local // 2, None)
    return found


@cache
def _foods() -> dict[str, Food]:
    rows = [FoodRow.model_validate(row) for _, row in REFERENCE[0].rows(DATA, Loaded())]
    return {row.food_code: _food(row) for row in rows}


def _food(row: FoodRow) -> Food:
    first, last = row.season_from_month, row.season_to_month
    return Food(
        food_code=row.food_code,
        food_group=row.food_group,
        edible_permille=row.edible_permille,
        temperature_class=row.temperature_class,
        shelf_life_days=row.shelf_life_days,
        farmed=row.farmed,
        canteen_ban=row.canteen_ban,
        allergens=frozenset(row.allergens),
        dark_vegetable=row.dark_vegetable,
        season=None if first is None or last is None else Season(first, last),
        reference_price_fen_per_kg=row.reference_price_fen_per_kg,
        composition=row.composition,
    )


@cache
def _recipes() -> list[Recipe]:
    rows = [DishRow.model_validate(row) for _, row in REFERENCE[1].rows(DATA, Loaded())]
    known = _foods()
    return [
        Recipe(
            row.dish_code,
            1,
            tuple(
                Ingredient(
                    part.food_code,
                    part.portion_mg,
                    known[part.food_code].edible_permille,
                    known[part.food_code].temperature_class,
                    known[part.food_code].canteen_ban,
                )
                for part in row.ingredients
            ),
            row.category,
            portions_of(row.portion_rule, row.portion_permille),
        )
        for row in rows
        if all(part.food_code in known for part in row.ingredients)
    ]
