"""Routing: which vehicle fetches which consignments, and in which order it stops. One function and its checker.

The greedy planner makes routes, PyVRP makes these or those of an earlier plan better; where PyVRP fails, or finds
nothing better, the greedy ones stand. The checker proves what is returned, whoever made it. Pure values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from services.logistics.trips import greedy
from services.logistics.trips.budget import Budget
from services.logistics.trips.checking import check
from services.logistics.trips.problem import Load, Plan, Problem, Report, Route, Unplanned
from services.logistics.trips.refusals import day_too_short, hopeless, rested
from services.logistics.trips.resuming import resumed
from services.logistics.trips.staging import Day, bundled, opened, stages_of
from shared.workers import Cancelled

__all__ = ["Improve", "Task", "check", "plan", "planned_by"]


Improve = Callable[[Problem, Sequence[Route], Budget, Report], list[Route]]
"""Plans a stage: from routes to start from, in a budget."""


@dataclass(frozen=True, slots=True)
class Task:
    """A problem, and how long may be searched for a plan; without seconds the greedy plan is the answer."""

    problem: Problem
    budget: Budget = field(default_factory=Budget)


def plan(task: Task, report: Report) -> Plan:
    """Return trips for as many loads as fit, and why the others do not."""
    problem = task.problem
    idle = rested(problem)
    refused = [one for load in problem.loads if (one := hopeless(idle, load)) is not None]
    left_out = {one.order_id for one in refused}
    able = replace(problem, loads=tuple(load for load in problem.loads if load.order_id not in left_out))
    made = planned_by(able, task.budget, report)
    faults = check(able, made)
    if faults and task.budget.seconds > 0:
        made = planned_by(able, replace(task.budget, seconds=0), report)
        made = replace(made, notes=(*made.notes, f"greedy: the optimiser's plan did not pass: {faults[0]}"))
        faults = check(able, made)
    if faults:
        raise ValueError(f"no plan passes the checker: {faults[:3]}")
    return replace(made, unplanned=tuple(sorted((*made.unplanned, *refused), key=lambda one: one.order_id)))


def planned_by(problem: Problem, budget: Budget, report: Report, by: Improve | None = None) -> Plan:
    """Return a plan of loads each of which some vehicle could take, not yet checked.

    The greedy planner and PyVRP plan its stages; or `by` alone, whatever it makes of them.
    """
    day, notes, missed = Day(problem), list[str](), dict[str, Unplanned]()
    stages = stages_of(problem)
    grams = sum(len(loads) for _, loads in stages) or 1
    done = 0.0
    for name, loads in stages:
        share = len(loads) / grams
        coming = [load for load in loads if load.order_id not in missed]
        part = _Part(report, done, share)
        if coming:
            routes, note = _stage(day, coming, budget.part(share), part, by)
            notes.append(f"{name}: {note}")
            day.add(routes)
        missed |= {load.order_id: day_too_short(problem, load) for load in day.missing(coming)}
        done += share
    return day.plan(list(missed.values()), notes)


@dataclass(frozen=True, slots=True)
class _Part:
    """The report of one stage out of all."""

    report: Report
    done: float
    share: float

    def __call__(self, done: float) -> None:
        self.report(self.done + done * self.share)


def _stage(
    day: Day, loads: Sequence[Load], budget: Budget, report: Report, by: Improve | None
) -> tuple[list[Route], str]:
    """Return routes for loads by the vehicles as they stand, and who made them."""
    whole = replace(day.problem, loads=tuple(loads), vehicles=tuple(day.vehicles.values()))
    problem, bundles = bundled(whole)
    if by is not None:
        return opened(by(problem, (), budget, report), bundles), by.__name__
    first = greedy.routes_of(problem, lambda done: report(done / 4))
    best, note = first, "greedy"
    if budget.seconds > 0:
        try:
            # Imported here: a plan without it must not wait for it, nor fail with it.
            from services.logistics.trips.optimiser import improved

            found = improved(problem, first, resumed(problem), budget, lambda done: report((1 + 3 * done) / 4))
        except Cancelled:
            raise
        except Exception as error:
            note = f"greedy, PyVRP failed: {error!r}"[:300]
        else:
            if _worth(problem, found) < _worth(problem, first):
                best, note = found, "PyVRP"
    return opened(best, bundles), note


def _worth(problem: Problem, routes: Sequence[Route]) -> tuple[int, int]:
    """Return what a plan is judged by, less is better: loads left, then fen."""
    day = Day(problem)
    day.add(routes)
    return len(day.missing(problem.loads)), day.plan((), ()).cost_fen
