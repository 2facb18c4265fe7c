"""What is proved of a plan: no menu has fewer points than its bound, whoever found the bound."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from services.nutrition.planning.bound import bound_of, certified, prices_of
from services.nutrition.planning.clashing import Clashing
from services.nutrition.planning.grain import coarse, fine
from services.nutrition.planning.mixes import with_mixes
from services.nutrition.planning.model import Model, model_of
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Problem
from services.nutrition.planning.proof import Effort, prove
from services.nutrition.planning.relaxation import relaxation_of
from services.nutrition.standards.domain import Per, TargetKind
from shared.worker_process import Cancelled
from tests.unit.nutrition import weeks as w
from tests.unit.nutrition.problems import a_random_problem, every_menu, least_objective

seeds = st.integers(0, 10**6)
NEARLY = 1e-6
QUICK = PlanOptions(moves_per_slot=400, programs=12, alternatives=0, mendings=False, clashes=False)


def nobody(_: float) -> None:
    """Takes no notice of progress."""


def with_a_dark_day(problem: Problem) -> Problem:
    """The problem with a target for the dark part of each day's vegetables, which matters."""
    dark = w.a_target(TargetKind.DARK_SHARE, "vegetable", Per.DAY, low=500.0, high=None, weight=2.0)
    others = tuple(target for target in problem.requirement.targets if target.key != dark.key)
    return replace(problem, requirement=replace(problem.requirement, targets=(*others, dark)))


def as_dishes(model: Model, dishes: tuple[int, ...]) -> np.ndarray:
    """A menu as proofs take it: D for an empty place."""
    taken = np.array(dishes, dtype=np.int64)
    return np.where(taken < 0, len(model.problem.rating), taken)


@settings(max_examples=150)
@given(seeds)
@example(177885)
def test_no_plan_lies_below_its_bound(seed: int) -> None:
    """The best menu found has at least as many points as the relaxation proves, at either grain."""
    problem = a_random_problem(seed)
    try:
        plan = plan_menu(problem, QUICK, nobody)
    except Clashing:
        return
    model = model_of(problem)
    assert plan.bound <= plan.best.objective + NEARLY
    assert bound_of(relaxation_of(model, fine(model))) <= plan.best.objective + NEARLY


@settings(max_examples=100)
@given(seeds, st.floats(0.0, 3.0))
def test_any_prices_prove_a_bound(seed: int, error: float) -> None:
    """No trust in a solver is needed: prices that are wrong, even wildly, prove less, and never too much."""
    problem = a_random_problem(seed, dishes=6, days=2, meals=1)
    menus = every_menu(problem, at_most=500)
    assume(bool(menus))
    model = model_of(problem)
    relaxation = relaxation_of(model, coarse(model))
    prices, luck = prices_of(relaxation), np.random.default_rng(seed)
    wrong = prices + error * luck.normal(size=len(prices)) * (1 + np.abs(prices))
    assert certified(relaxation, wrong) <= least_objective(problem, menus or []) + NEARLY


@settings(max_examples=50)
@given(seeds, st.integers(1, 60))
@example(2172, 60)
def test_a_proof_by_cases_is_tighter_than_the_relaxation_and_true(seed: int, programs: int) -> None:
    """On problems small enough to try every menu: relaxation ≤ what so many programs prove ≤ the best menu of all."""
    problem = a_random_problem(seed, dishes=6, days=2, meals=1)
    menus = every_menu(problem, at_most=500)
    assume(bool(menus))
    model, least = model_of(problem), least_objective(problem, menus or [])
    proof = prove(model, as_dishes(model, (menus or [])[0]), Effort(programs=programs), nobody)
    assert bound_of(relaxation_of(model, coarse(model))) - NEARLY <= proof.bound <= least + NEARLY


@settings(max_examples=40)
@given(seeds)
def test_rows_about_shares_of_a_day_cut_off_no_menu(seed: int) -> None:
    """Whatever the program breaks of a share judged by day, and whatever row that gives: every menu keeps it."""
    problem = with_a_dark_day(a_random_problem(seed, dishes=6, days=2, meals=1))
    menus = every_menu(problem, at_most=500)
    assume(bool(menus))
    model = model_of(problem)
    plain = relaxation_of(model, coarse(model))
    mixed = with_mixes(plain)
    assert bound_of(plain) - NEARLY <= bound_of(mixed) <= least_objective(problem, menus or []) + NEARLY


def test_a_dark_day_makes_up_for_no_pale_one() -> None:
    """There are problems whose program sees only by such rows how much of the share must be missed."""
    raised = 0
    for seed in range(40):
        model = model_of(with_a_dark_day(a_random_problem(seed, dishes=8, days=2, meals=1)))
        if model.choices.any(axis=1).all():
            plain = relaxation_of(model, coarse(model))
            raised += bound_of(with_mixes(plain)) > bound_of(plain) + 1e-4
    assert raised > 0


@settings(max_examples=15)
@given(seeds)
def test_weeks_proved_apart_prove_the_whole(seed: int) -> None:
    """A problem of two weeks is taken apart week by week, and what that proves holds for the menu of both."""
    problem = a_random_problem(seed, days=7, meals=1)
    assume(model_of(problem).calendar.weeks == 2)
    try:
        plan = plan_menu(problem, QUICK, nobody)
        proved = plan_menu(problem, PlanOptions(moves_per_slot=400, proof_seconds=1.0), nobody)
    except Clashing:
        return
    assert plan.bound - NEARLY <= proved.bound <= proved.best.objective + NEARLY
    assert proved.best.objective <= plan.best.objective + NEARLY


def test_a_proof_can_be_cancelled() -> None:
    """What `report` raises during a proof ends it, not only the search before it."""
    problem = a_random_problem(6)
    told: list[float] = []

    def until_the_proof(done: float) -> None:
        told.append(done)
        if done > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        plan_menu(problem, PlanOptions(moves_per_slot=400, proof_seconds=60.0), until_the_proof)
    assert 0.3 < told[-1] < 1.0


def test_a_bound_that_is_nearly_nothing_gives_a_gap_that_is_a_number() -> None:
    """Where all is free of points the gap is told against a least bound, not by dividing by nothing."""
    problem = a_random_problem(4)
    free = replace(problem, weights=replace(problem.weights, cost=0.0, poor=0.0, local=0.0, rating=0.0, keep=0.0))
    assert np.isfinite(plan_menu(free, QUICK, nobody).gap)
