"""A province's schools planned one by one, by two processes, class by class.

A class is what schools share: the age mix and the school calendar, with one library of dishes. Each school has the
price list of its county (88 of them) and pays for the way on top of it, more for what is cold: no two problems are
alike. Plans are judged by the certified bound of the linear program; how much of that gap is the program's own is
shown by planning some schools at full length, and by proving some with whole numbers.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.canteens import Canteen, facts_of, made_canteen, made_quotes, problem_of
from benchmarks.harness import Options, Outcome, benchmark
from services.nutrition.analysis.plates import plates_of
from services.nutrition.market.domain import Quote
from services.nutrition.planning.bound import gap_of
from services.nutrition.planning.checking import broken_rules
from services.nutrition.planning.classes import plan_class
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Plan, Problem
from shared.fields import AgeBand, TemperatureClass

SCHOOLS = 17_890
COUNTIES = 88
PROCESSES = 2
SAMPLE = 12
PROVED = 3
PROOF_SECONDS = 10.0
_DAYS = (5, 4, 3, 6)
"""School days of calendars: a whole week, a holiday on Friday, two, and a week made longer by a swapped Sunday."""
_MIXES = ((9, 0, 0), (7, 2, 0), (6, 3, 0), (5, 4, 0), (4, 5, 0), (3, 6, 0), (3, 3, 3), (2, 3, 4), (0, 4, 5), (0, 2, 7))
_BANDS = (AgeBand.FROM_6_TO_8, AgeBand.FROM_9_TO_11, AgeBand.FROM_12_TO_14)


@dataclass(frozen=True, slots=True)
class Task:
    """One class: its canteen, and of each school the county and the way (permille on ambient, cool and cold food)."""

    seed: int
    mix: int
    days: int
    schools: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a worker tells of a class: of each school objective and bound, and the CPU seconds it took."""

    objectives: list[float]
    bounds: list[float]
    seconds: float


@benchmark("nutrition.plan_province")
def plan_province(options: Options) -> Outcome:
    """How soon 17,890 separately priced schools have a menu each, on two processes, and how good those are."""
    tasks = _tasks(options.seed, options.scaled(SCHOOLS))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process has one core, whose waiting threads cost time
    context = multiprocessing.get_context("spawn")
    processes = 1 if options.brief else PROCESSES  # each compiles what it needs
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        list(pool.map(_warmed, range(processes)))
        started = time.perf_counter()
        found = list(pool.map(_planned, tasks))
        seconds = time.perf_counter() - started
    objectives = np.concatenate([of.objectives for of in found])
    bounds = np.concatenate([of.bounds for of in found])
    gaps = np.array([gap_of(objective, bound) for objective, bound in zip(objectives, bounds, strict=True)])
    return Outcome(
        input=f"{len(objectives)} schools in {len(tasks)} classes, {COUNTIES} price lists",
        value=len(objectives) / seconds,
        unit="schools/s",
        reference="17,890 schools in 90 s",
        reference_value=SCHOOLS / 90,
        details={
            "seconds": round(seconds, 2),
            "cpu_ms_a_school": round(1000 * sum(of.seconds for of in found) / len(objectives), 2),
            "gap_mean": round(float(gaps.mean()), 4),
            "gap_p99": round(float(np.quantile(gaps, 0.99)), 4),
            "objective": round(float(objectives.mean()), 4),
            "bound": round(float(bounds.mean()), 4),
            **_where_the_gap_lies(tasks, found, options),
        },
    )


def _tasks(seed: int, schools: int) -> list[Task]:
    """Return the classes of so many schools, the largest first."""
    luck = random.Random(seed)
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for _ in range(schools):
        kind = (luck.randrange(len(_MIXES)), luck.choices(_DAYS, (70, 15, 10, 5))[0])
        members.setdefault(kind, []).append((luck.randrange(COUNTIES), luck.randint(0, 80)))
    classes = [Task(seed, mix, days, tuple(of)) for (mix, days), of in members.items()]
    return sorted(classes, key=lambda task: (-len(task.schools), task.mix, task.days))


def problems(task: Task) -> Iterator[Problem]:
    """Yield the problems of a class's schools, neighbours in price after each other."""
    canteen: Canteen = made_canteen(1000 * task.seed, days=task.days)
    canteen["heads"] = {
        band.value: {"m": 10 * part, "f": 10 * part}
        for band, part in zip(_BANDS, _MIXES[task.mix], strict=True)
        if part
    }
    codes, heads = canteen["dishes"], {band: 20 * part for band, part in zip(_BANDS, _MIXES[task.mix], strict=True)}
    first = problem_of(canteen)
    kitchen = first.plates.kitchen
    cold = {food.food_code: food.temperature_class is not TemperatureClass.AMBIENT for food in kitchen.foods}
    known: dict[int, dict[str, Quote]] = {}
    for county, way in sorted(task.schools):
        if county not in known:
            made = {**canteen, "quotes": made_quotes(random.Random(1000 * task.seed + county), codes)}
            known[county] = dict(facts_of(made).quotes)
        quotes = {
            code: replace(
                quote, price_fen_per_kg=quote.price_fen_per_kg * (1000 + way * (2 if cold[code] else 1)) // 1000
            )
            for code, quote in known[county].items()
            if code in cold
        }
        eaters = {band: count for band, count in heads.items() if count}
        yield replace(first, plates=plates_of(kitchen, eaters, quotes))


def _planned(task: Task) -> Planned:
    started = time.process_time()
    objectives, bounds = [], []
    schools = list(problems(task))
    for problem, plan in zip(schools, plan_class(schools), strict=True):
        assert isinstance(plan, Plan)
        assert not broken_rules(problem, plan.best.dishes)
        objectives.append(plan.best.objective)
        bounds.append(plan.bound)
    return Planned(objectives, bounds, time.process_time() - started)


def _warmed(number: int) -> int:
    """Compile in a worker what is not compiled yet."""
    _planned(Task(1, 0, 3, ((0, 0), (1, 0))))
    return number


def _where_the_gap_lies(tasks: Sequence[Task], found: Sequence[Planned], options: Options) -> dict[str, Any]:
    """Return how far plans of some schools lie above those of a full-length search, and above whole-number bounds."""
    luck = random.Random(options.seed)
    sample = [
        (problem, of.objectives[place], of.bounds[place])
        for task, of in zip(tasks, found, strict=True)
        for place in [luck.randrange(len(task.schools))]
        for problem in problems(replace(task, schools=(sorted(task.schools)[place],)))
    ][: options.scaled(SAMPLE) + 2]
    alone = PlanOptions(alternatives=0, mendings=False)
    few = sample[: options.scaled(PROVED)]
    longer = [plan_menu(problem, alone, _nobody).best.objective for problem, _, _ in sample]
    proved = [
        plan_menu(problem, replace(alone, proof_seconds=options.searched(PROOF_SECONDS)), _nobody)
        for problem, _, _ in few
    ]
    return {
        "above_a_full_search": round(fmean(of[1] / long - 1 for of, long in zip(sample, longer, strict=True)), 4),
        "sampled": len(sample),
        "proved": len(proved),
        "of_these_gap_to_linear_bound": round(fmean(gap_of(of[1], of[2]) for of in few), 4),
        "of_these_gap_to_whole_number_bound": round(
            fmean(gap_of(of[1], plan.bound) for of, plan in zip(sample, proved, strict=False)), 4
        ),
    }


def _nobody(_: float) -> None:
    """Nobody looks at the progress."""
