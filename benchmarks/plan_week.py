"""The planner on made canteens, next to HiGHS, SCIP, CBC and CP-SAT on the same model in the same run.

M1 is a week's lunches out of 150 dishes, M2 four weeks' out of 300. A solver has reached 1 % when its menu has at most
1.01 times the points of the best menu anybody found in the run. Planner's times hold all from the problem to the
menu, peers' only solving.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.by_hand import beside_hand_made
from benchmarks.canteens import made_canteen, problem_of, read_canteen
from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.peers import PEERS, Answer, ask
from services.nutrition.planning.annealing import Schedule, search, searching
from services.nutrition.planning.bound import gap_of
from services.nutrition.planning.checking import broken_rules
from services.nutrition.planning.encoding import tables_of
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.grain import fine
from services.nutrition.planning.model import Model, model_of
from services.nutrition.planning.planner import PlanOptions
from services.nutrition.planning.problem import Problem
from services.nutrition.planning.proof import Effort, prove
from services.nutrition.planning.relaxation import relaxation_of

WEEKS = 10
WEEKS_OF_PEERS = 3
SECONDS_A_WEEK = 5.0
SECONDS_FOUR_WEEKS, OF_FOUR_WEEKS = 15.0, {"HiGHS": 60.0}
"""The peers' time; M2 asks how soon the planner has what HiGHS has after a minute."""
FOUR_WEEKS = (300, 20)
"""Dishes and days."""
SOON_S = 0.1
"""M1 asks how good a week's menu is after so many CPU seconds."""
_NEAR = 1.01
_PROGRAMS = (1, PlanOptions().programs, 2000)
"""Linear programs of the bounds shown: the program as it is, what the planner solves, and about all there are."""
_FEW_BELOW = 0.1
"""Below this scale the last of these is left out: it takes longer than all else there."""
_MOVES_TO_SEE = 2000


@dataclass(frozen=True, slots=True)
class Planned:
    """What the planner made of a problem: when it had found which objective (wall and CPU seconds), and its bounds.

    Bounds are by the number of linear programs, each with the CPU seconds it took.
    """

    trace: list[tuple[float, float]]
    cpu_trace: list[tuple[float, float]]
    bounds: dict[int, tuple[float, float]]

    @property
    def objective(self) -> float:
        """Points of the best menu."""
        return self.trace[-1][1]


@dataclass(frozen=True, slots=True)
class Raced:
    """One problem, what the planner and some peers made of it, and the points of the best menu of all."""

    planned: Planned
    answers: dict[str, Answer]
    objectives: dict[str, float | None]

    @property
    def best(self) -> float:
        """Points of the best menu anybody found."""
        return min(self.planned.objective, *(of for of in self.objectives.values() if of is not None), np.inf)


@benchmark("nutrition.plan_week")
def plan_week(options: Options) -> Outcome:
    """How soon a week's menu is within 1 % of the best known, next to HiGHS, SCIP, CBC and CP-SAT."""
    if options.file:
        canteens = [read_canteen(options.file)]
    else:
        canteens = [made_canteen(seed) for seed in range(WEEKS * (options.seed - 1), WEEKS * options.seed)]
    problems = list(islice(filter(_is_possible, map(problem_of, canteens)), options.scaled(WEEKS)))
    programs = _PROGRAMS[:1] if options.brief else _PROGRAMS if options.scale >= _FEW_BELOW else _PROGRAMS[:-1]
    _planned(model_of(problems[0]), programs[:1], moves_per_slot=100)  # compiles what is not compiled yet
    raced = options.scaled(WEEKS_OF_PEERS)
    limit = _limit(options, SECONDS_A_WEEK)
    weeks = [_race(problem, programs, dict.fromkeys(PEERS, limit)) for problem in problems[:raced]]
    alone = [_planned(model_of(problem), programs) for problem in problems[raced:]]
    details = {"week": _figures([race.planned for race in weeks] + alone, [race.best for race in weeks])}
    details["peers_week"] = {name: _of_peer(name, weeks, limit) for name in PEERS}
    if not options.file:
        seconds = {name: _limit(options, OF_FOUR_WEEKS.get(name, SECONDS_FOUR_WEEKS)) for name in PEERS}
        four_weeks = problems[0] if options.brief else problem_of(made_canteen(options.seed - 1, *FOUR_WEEKS))
        month = _race(four_weeks, programs, seconds)
        details["peers_four_weeks"] = {name: _of_peer(name, [month], seconds[name]) for name in PEERS}
        overtaken = details["peers_four_weeks"]["HiGHS"]["planner_had_as_good_after"]
        details["four_weeks"] = _figures([month.planned], [month.best]) | {
            "highs_seconds": seconds["HiGHS"],
            "times_as_fast_as_highs": None if overtaken is None else round(seconds["HiGHS"] / overtaken, 1),
        }
    details["beside_hand_made"] = beside_hand_made(problems[:raced])
    fastest = min(PEERS, key=lambda name: float(details["peers_week"][name]["seconds_to_1pct"]))
    return Outcome(
        input=str(options.file or f"{len(problems)} weeks of 150 dishes ({len(weeks)} raced), four weeks of 300"),
        value=details["week"]["seconds_to_1pct"],
        unit="s to 1 % of the best known",
        reference=f"{fastest} on the same program",
        reference_value=details["peers_week"][fastest]["seconds_to_1pct"],
        details=details,
    )


def _limit(options: Options, seconds: float) -> float:
    return max(0.5, seconds * min(1.0, options.scale))


def _planned(model: Model, programs: Sequence[int], moves_per_slot: int = PlanOptions().moves_per_slot) -> Planned:
    """Return what a run of the planner's usual length finds, cooling after cooling."""
    started, started_cpu = time.perf_counter(), time.process_time()
    model = model_of(model.problem)
    tables, moves = tables_of(model), moves_per_slot * len(model.problem.slots)
    trace, cpu_trace = [], []
    for best in searching(tables, model.calendar.weeks, moves, 1, _nobody, Schedule()):
        trace.append((time.perf_counter() - started, float(best.points[1])))
        cpu_trace.append((time.process_time() - started_cpu, float(best.points[1])))
    assert not broken_rules(model.problem, choice_of(model, best.best).dishes)
    bounds = {}
    for count in programs:
        started_cpu = time.process_time()
        bound = prove(model, best.best, Effort(programs=count), _nobody).bound
        bounds[count] = (bound, time.process_time() - started_cpu)
    return Planned(trace, cpu_trace, bounds)


def _is_possible(problem: Problem) -> bool:
    """Whether a made canteen has a menu: some have too little of what every dish needs."""
    model = model_of(problem)
    moves = _MOVES_TO_SEE * len(problem.slots)
    return bool(np.isfinite(search(tables_of(model), model.calendar.weeks, moves, 1, _nobody).points[1]))


def _race(problem: Problem, programs: Sequence[int], seconds: Mapping[str, float]) -> Raced:
    model = model_of(problem)
    program = relaxation_of(model, fine(model))
    answers = {name: ask(name, program, seconds[name]) for name in PEERS}
    objectives: dict[str, float | None] = {}
    for name, answer in answers.items():
        objectives[name] = None
        if answer.taken is not None:
            dishes = np.full(len(problem.slots), -1)
            dishes[program.place[answer.taken]] = program.dish[answer.taken]
            choice = choice_of(model, dishes)
            objectives[name] = None if broken_rules(problem, choice.dishes) else choice.objective
    return Raced(_planned(model, programs), answers, objectives)


def _reached(trace: Sequence[tuple[float, float]], best: float) -> float | None:
    return next((at for at, found in trace if found <= _NEAR * best), None)


def _soonest(planned: Planned) -> float:
    """Return the points of the best menu after the CPU time that M1 asks for, or of the first."""
    found = [objective for at, objective in planned.cpu_trace if at <= SOON_S]
    return found[-1] if found else planned.cpu_trace[0][1]


def _figures(planned: Sequence[Planned], bests: Sequence[float]) -> dict[str, Any]:
    """Return means; where nobody else raced, the planner's own best stands for the best known."""
    best = [*bests, *(of.objective for of in planned[len(bests) :])]
    times = [_reached(of.trace, least) or np.nan for of, least in zip(planned, best, strict=True)]
    cpu = [_reached(of.cpu_trace, least) or np.nan for of, least in zip(planned, best, strict=True)]
    soon = [_soonest(of) / of.bounds[1][0] - 1 for of in planned]
    return {
        "gap_at_100_ms": round(fmean(soon), 4),
        "seconds_first": round(fmean(of.trace[0][0] for of in planned), 4),
        "seconds_to_1pct": round(float(np.nanmean(times)), 4),
        "cpu_seconds_to_1pct": round(float(np.nanmean(cpu)), 4),
        "not_within_1pct": int(np.isnan(times).sum()),
        "seconds": round(fmean(of.trace[-1][0] for of in planned), 3),
        "objective": round(fmean(of.objective for of in planned), 4),
        "bounds": {
            str(count): {
                "bound": round(fmean(of.bounds[count][0] for of in planned), 4),
                "gap": round(fmean(gap_of(of.objective, of.bounds[count][0]) for of in planned), 4),
                "cpu_seconds": round(fmean(of.bounds[count][1] for of in planned), 3),
            }
            for count in planned[0].bounds
        },
        "gap_to_best_known": round(
            fmean(of.objective / of_all - 1 for of, of_all in zip(planned, best, strict=True)), 4
        ),
    }


def _of_peer(name: str, races: Sequence[Raced], limit: float) -> dict[str, Any]:
    """Return a peer's means over what it raced in; where it did not come within 1 % the whole limit counts."""
    times = [_reached(race.answers[name].trace, race.best) for race in races]
    found = [(race.objectives[name], race) for race in races]
    gaps = [of / race.best - 1 for of, race in found if of is not None]
    ahead = [_overtaken(race.planned.trace, of) for of, race in found if of is not None]
    bounds = [race.answers[name].bound for race in races]
    return {
        "limit": limit,
        "within_1pct": sum(time is not None for time in times),
        "of": len(races),
        "seconds_to_1pct": round(fmean(limit if time is None else time for time in times), 3),
        "menus": len(gaps),
        "gap_to_best_known": round(fmean(gaps), 4) if gaps else None,
        "bound": round(fmean(of for of in bounds if of is not None), 4) if any(bounds) else None,
        "planner_had_as_good_after": round(max(ahead), 4) if ahead else None,
    }


def _overtaken(trace: Sequence[tuple[float, float]], objective: float) -> float:
    """Return when the planner had a menu as good; infinite for never."""
    return next((at for at, found in trace if found <= objective + 1e-9), np.inf)


def _nobody(_: float) -> None:
    """Nobody looks at the progress."""
