"""What a worker process does for a planning run: canteen after canteen, each with what the ones before have left."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from services.nutrition.planning.building import Kitchens, Prepared, prepare
from services.nutrition.planning.checking import check
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.facts import Facts, Pool, Wishes
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Plan, Problem, Weights
from services.nutrition.planning.sharing import after
from services.nutrition.plans.answering import answer_of, beyond_g, in_words, inputs_of
from services.nutrition.plans.domain import PlanStatus

Report = Callable[[float], None]
WARMED = 0.02
"""Share of a chunk's work that stands for getting ready: the first plan of a process compiles the planner."""
NAMED_ROUNDS = 6
"""So often the foods that a clash names get more: one portion, three, seven and so on beyond the offers."""
STRETCHES = (1.0, 2.0, 4.0, np.inf)
"""Portions of every food beyond its share of the offers a canteen plans on, should nothing less help."""
_SEARCH_STEPS = 4


@dataclass(frozen=True, slots=True)
class Case:
    """A canteen to plan for."""

    plan_id: str
    facts: Facts
    wishes: Wishes


@dataclass(frozen=True, slots=True)
class Task:
    """Some canteens of a county in their order, and what they have to share.

    `epsilon_permille` asks for the largest share to poor households at a cost at most so much above the least; None
    takes the weights as they are.
    """

    cases: tuple[Case, ...]
    pool: Pool
    options: PlanOptions
    epsilon_permille: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one plan; `faults` is what the checker found, for the log.

    A plan that has an answer and clashes needs more of some foods than is on offer: `clashes` say why.
    """

    plan_id: str
    status: PlanStatus
    answer: Mapping[str, Any] | None = None
    inputs: Mapping[str, Any] | None = None
    clashes: tuple[Clash, ...] = ()
    faults: tuple[str, ...] = ()


def compute(task: Task, report: Report) -> list[Outcome]:
    """Plan for each canteen; the same task has the same outcome. `report` may raise Cancelled."""
    report(0.0)
    kitchens, pool, outcomes = Kitchens(), task.pool, list[Outcome]()
    share = (1 - WARMED) / len(task.cases)
    for number, case in enumerate(task.cases):
        told = partial(_part, report, WARMED + share * number, share)
        outcome = _plan(case, pool, task, kitchens, told)
        outcomes.append(outcome)
        if outcome.answer is not None:
            pool = after(pool, outcome.answer["bought_g"], outcome.answer["usual_g"])
    return outcomes


def _part(report: Report, first: float, share: float, done: float) -> None:
    report(first + share * done)


def _plan(case: Case, pool: Pool, task: Task, kitchens: Kitchens, report: Report) -> Outcome:
    clashes: tuple[Clash, ...] = ()
    problem = None
    try:
        prepared = prepare(case.facts, case.wishes, pool, kitchens)
        problem = prepared.problem
        clashes, found = _within_reach(problem, task, report)
    except Clashing as error:
        return Outcome(case.plan_id, PlanStatus.INFEASIBLE, clashes=in_words(error.clashes, problem))
    problem, plan = found
    faults = check(problem, plan)
    if faults:
        return Outcome(case.plan_id, PlanStatus.FAILED, faults=tuple(faults))
    answer = answer_of(case.facts, Prepared(problem, prepared.left_out), plan, task.options.proof_seconds)
    answer["beyond_offers_g"] = beyond_g(case.facts, prepared.problem, plan.best.dishes)
    return Outcome(case.plan_id, PlanStatus.PLANNED, answer, inputs_of(case.facts, problem, task.options), clashes)


def _within_reach(problem: Problem, task: Task, report: Report) -> tuple[tuple[Clash, ...], tuple[Problem, Plan]]:
    """Plan with what is on offer, and where no menu is possible with that, with more of it, the market's.

    At first more of the foods that the clash names, then of every food. Returns what clashed with the offers alone.
    Raises Clashing where no menu is possible with any amount.
    """
    clashes: tuple[Clash, ...] = ()
    wider, portion_g, given = problem, problem.plates.food_g.max(axis=0), np.zeros(len(problem.food_cap_g))
    for _ in range(NAMED_ROUNDS):
        try:
            return clashes, _answered(wider, task, report)
        except Clashing as error:
            clashes = clashes or in_words(error.clashes, problem)
            named = _foods_of(error.clashes, problem)
            if not named:
                break
            given[named] = 2 * given[named] + 1
            wider = replace(problem, food_cap_g=problem.food_cap_g + given * portion_g)
    return clashes, _with_more_of_all(problem, task, report)


def _foods_of(clashes: Sequence[Clash], problem: Problem) -> list[int]:
    """Return the foods that clashes say there is too little of."""
    place = {f"food_cap_g.{food.food_code}": at for at, food in enumerate(problem.plates.kitchen.foods)}
    return [place[clash.field] for clash in clashes if clash.field in place]


def _with_more_of_all(problem: Problem, task: Task, report: Report) -> tuple[Problem, Plan]:
    """Plan with more and more of every food. Raises Clashing where no menu is possible with any amount."""
    portion_g = problem.plates.food_g.max(axis=0)
    for more in STRETCHES if np.isfinite(problem.food_cap_g).any() else STRETCHES[-1:]:
        # Which rules clash is asked when any amount is there: before, nobody would read it.
        asked = replace(task, options=replace(task.options, clashes=more == STRETCHES[-1]))
        beyond_g = portion_g * more if np.isfinite(more) else np.inf
        with suppress(Clashing) if more != STRETCHES[-1] else nullcontext():
            return _answered(replace(problem, food_cap_g=problem.food_cap_g + beyond_g), asked, report)
    raise AssertionError("the last stretch answers or raises")


def _answered(problem: Problem, task: Task, report: Report) -> tuple[Problem, Plan]:
    """Return the plan, and the problem with the weights it was found with."""
    if task.epsilon_permille is None:
        return problem, plan_menu(problem, task.options, report)
    weights = _dearest_affordable(problem, task, partial(_part, report, 0.0, 0.7))
    problem = replace(problem, weights=weights)
    return problem, plan_menu(problem, task.options, partial(_part, report, 0.7, 0.3))


def _dearest_affordable(problem: Problem, task: Task, report: Report) -> Weights:
    """Return the weights with the largest λ whose menu costs at most (1 + ε) × what it costs at λ = 0, by bisection."""
    quick = replace(task.options, alternatives=0, mendings=False, proof_seconds=0.0, programs=1)
    weights = problem.weights
    number = 0

    def cost_at(poor: float) -> int:
        nonlocal number
        found = plan_menu(
            replace(problem, weights=replace(weights, poor=poor)),
            quick,
            partial(_part, report, number / (_SEARCH_STEPS + 2), 1 / (_SEARCH_STEPS + 2)),
        )
        number += 1
        return found.best.cost_mfen

    low, high = 0.0, max(0.0, weights.cost - weights.local)
    most = cost_at(low) * (1000 + (task.epsilon_permille or 0)) // 1000
    if cost_at(high) <= most:
        return replace(weights, poor=high)
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if cost_at(middle) <= most else (low, middle)
    return replace(weights, poor=low)
