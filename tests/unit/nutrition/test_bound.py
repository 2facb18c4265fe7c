"""What is proved of a plan: no menu has fewer points than its bound, whoever found the bound."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from services.nutrition.planning.bound import bound_of, certified, prices_of
from services.nutrition.planning.clashing import Clashing
from services.nutrition.planning.grain import coarse, fine
from services.nutrition.planning.model import Model, model_of
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.proof import prove
from services.nutrition.planning.relaxation import relaxation_of
from shared.worker_process import Cancelled
from tests.unit.nutrition.problems import a_random_problem, every_menu, least_objective

seeds = st.integers(0, 10**6)
NEARLY = 1e-6


def nobody(_: float) -> None:
    """Takes no notice of progress."""


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
        plan = plan_menu(problem, PlanOptions(moves_per_slot=400), nobody)
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


@settings(max_examples=40)
@given(seeds)
@example(2172)
def test_a_proof_is_tighter_than_the_relaxation_and_true(seed: int) -> None:
    """On problems small enough to try every menu: relaxation ≤ proof ≤ the best menu of all."""
    problem = a_random_problem(seed, dishes=6, days=2, meals=1)
    menus = every_menu(problem, at_most=500)
    assume(bool(menus))
    model, least = model_of(problem), least_objective(problem, menus or [])
    proof = prove(model, as_dishes(model, (menus or [])[0]), 20.0, nobody)
    assert bound_of(relaxation_of(model, coarse(model))) - NEARLY <= proof.bound <= least + NEARLY


@settings(max_examples=15)
@given(seeds)
def test_weeks_proved_apart_prove_the_whole(seed: int) -> None:
    """A problem of two weeks is taken apart week by week, and what that proves holds for the menu of both."""
    problem = a_random_problem(seed, days=7, meals=1)
    assume(model_of(problem).calendar.weeks == 2)
    try:
        plan = plan_menu(problem, PlanOptions(moves_per_slot=400), nobody)
        proved = plan_menu(problem, PlanOptions(moves_per_slot=400, proof_seconds=1.0), nobody)
    except Clashing:
        return
    assert plan.bound - NEARLY <= proved.bound <= proved.best.objective + NEARLY
    assert proved.best.objective <= plan.best.objective + NEARLY


def test_a_proof_can_be_cancelled() -> None:
    """What `report` raises while HiGHS runs ends the proof, not only the search before it."""
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
    assert np.isfinite(plan_menu(free, PlanOptions(moves_per_slot=400), nobody).gap)
