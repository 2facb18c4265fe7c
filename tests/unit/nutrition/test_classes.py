"""Schools of one class: what they share makes them faster to plan, never less true."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.nutrition.planning.bound import bound_of
from services.nutrition.planning.checking import broken_rules, check
from services.nutrition.planning.clashing import Clashing
from services.nutrition.planning.class_bounds import ClassBounds
from services.nutrition.planning.classes import ClassOptions, plan_class
from services.nutrition.planning.encoding import repriced, tables_of
from services.nutrition.planning.grain import coarse
from services.nutrition.planning.model import choices_at_any_price, model_of
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Plan, Problem
from services.nutrition.planning.proof import offer_of
from services.nutrition.planning.relaxation import relaxation_of
from services.nutrition.planning.relaxation import repriced as relaxation_repriced
from tests.unit.nutrition.problems import a_random_problem, every_menu, least_objective

QUICK = ClassOptions(first_moves_per_slot=400, moves_per_slot=200)
seeds = st.integers(0, 10**6)


def schools_of_a_class(seed: int, count: int = 4) -> list[Problem]:
    """Schools that differ in prices, budget, ratings and the plan before."""
    first, luck = a_random_problem(seed), np.random.default_rng(seed)
    return [first, *(_another(first, luck) for _ in range(count - 1))]


def _another(first: Problem, luck: np.random.Generator) -> Problem:
    plates = first.plates
    cost = np.rint(plates.cost_mfen * luck.uniform(0.5, 1.5, len(plates.cost_mfen))).astype(np.int64)
    return replace(
        first,
        plates=replace(plates, cost_mfen=cost, poor_mfen=cost // 3, local_mfen=cost // 2),
        budget_mfen=max(1, round(first.budget_mfen * luck.uniform(0.7, 1.4))),
        rating=luck.random(len(first.rating)),
        before=luck.integers(-1, len(first.rating), len(first.slots)),
    )


def planned(schools: Sequence[Problem]) -> list[Plan]:
    """Their plans, where each of them has one."""
    plans = [plan for plan in plan_class(schools, QUICK) if isinstance(plan, Plan)]
    assert len(plans) == len(schools)
    return plans


@settings(max_examples=100)
@given(seeds)
def test_the_checker_proves_the_plans_of_a_class(seed: int) -> None:
    """Every school's plan keeps its own hard rules, its figures are its own, and its bound lies below its best menu."""
    schools = schools_of_a_class(seed)
    for school, plan in zip(schools, plan_class(schools, QUICK), strict=True):
        assert isinstance(plan, Clashing) or check(school, plan) == []


@settings(max_examples=30)
@given(seeds)
def test_what_a_class_shares_is_what_each_would_make_alone(seed: int) -> None:
    """A school's tables, and its rows and columns, made from another's are those it would have had from nothing."""
    first, other = schools_of_a_class(seed, 2)
    model, own = model_of(first), model_of(other)
    model = replace(model, choices=choices_at_any_price(first))
    shared, alone = repriced(tables_of(model), own), tables_of(own)
    assert all(np.array_equal(getattr(shared, name), getattr(alone, name)) for name in ("slots", "amount", "bounds"))
    assert np.array_equal(shared.points, alone.points)
    assert np.array_equal(shared.lists, alone.lists)
    if own.choices.any(axis=1).all():
        bound = bound_of(relaxation_repriced(relaxation_of(model, coarse(model)), own))
        own_bound = bound_of(relaxation_of(own, coarse(own)))
        assert bound <= own_bound + 1e-6
        assert np.any(model.choices != own.choices) or bound == pytest.approx(own_bound, abs=1e-6)


@settings(max_examples=40)
@given(seeds)
def test_the_rows_of_a_class_cut_off_no_menu_of_any_school(seed: int) -> None:
    """Rows made at made-up prices, and what schools before proved: no menu of a school lies below its bound."""
    first, luck = a_random_problem(seed, dishes=6, days=2, meals=1), np.random.default_rng(seed)
    schools = [first, *(_another(first, luck) for _ in range(3))]
    for school, plan in zip(schools, plan_class(schools, QUICK), strict=True):
        menus = every_menu(school, at_most=500)
        if menus and isinstance(plan, Plan):
            assert plan.bound <= least_objective(school, menus) + 1e-6


@settings(max_examples=40)
@given(seeds)
def test_a_school_has_no_worse_a_menu_than_any_that_was_found_for_another(seed: int) -> None:
    """What another school is served, and this one may serve and can buy, costs it no fewer points than its own menu."""
    schools = schools_of_a_class(seed)
    plans = list(plan_class(schools, QUICK))
    menus = [plan.best.dishes for plan in plans if isinstance(plan, Plan)]
    for school, plan in zip(schools, plans, strict=True):
        if isinstance(plan, Plan):
            able = [menu for menu in menus if not broken_rules(school, menu)]
            assert plan.best.objective <= least_objective(school, able) + 1e-6


@settings(max_examples=40)
@given(seeds)
def test_a_school_is_proved_what_its_own_program_proves(seed: int) -> None:
    """Each school's own prices and budget are in its program; what is taken over from others lies little below it."""
    schools = schools_of_a_class(seed, 6)
    shared = replace(model_of(schools[0]), choices=choices_at_any_price(schools[0]))
    program = relaxation_of(shared, coarse(shared))
    within = 1 - QUICK.within_permille / 1000
    for school, plan in zip(schools, plan_class(schools, QUICK), strict=True):
        if isinstance(plan, Plan):
            own = bound_of(relaxation_repriced(program, model_of(school)))
            assert plan.bound >= within * own - 1e-6


def test_schools_that_differ_little_are_proved_from_one_another() -> None:
    """Neighbours in price have their bounds from few programs."""
    first = a_random_problem(4)
    near = [
        replace(first, plates=replace(first.plates, cost_mfen=first.plates.cost_mfen + number)) for number in range(12)
    ]
    program = relaxation_of(model_of(first), coarse(model_of(first)))
    bounds = ClassBounds(program, within_permille=3)
    offers = [offer_of(relaxation_repriced(program, model_of(school))) for school in near]
    assert all(bounds.bound(offer) > 0 for offer in offers)
    assert bounds.solved < len(near) // 2


def test_a_school_is_planned_about_as_well_as_alone() -> None:
    """With a tenth of the moves a class's schools have menus nearly as good as from a search of their own."""
    schools = [school for seed in (4, 5, 6) for school in schools_of_a_class(seed, 6)[1:]]
    found = [plan for seed in (4, 5, 6) for plan in planned(schools_of_a_class(seed, 6))[1:]]
    alone = [plan_menu(school, PlanOptions(moves_per_slot=6000), lambda _: None) for school in schools]
    assert len(found) == len(alone)
    assert np.mean([plan.best.objective for plan in found]) < 1.03 * np.mean([plan.best.objective for plan in alone])


def test_the_same_schools_in_the_same_order_have_the_same_plans() -> None:
    """A class can be planned again: nothing but the schools and their order decides."""
    first, again = (planned(schools_of_a_class(4)) for _ in range(2))
    assert [(plan.best, plan.bound) for plan in first] == [(plan.best, plan.bound) for plan in again]


def test_a_school_without_a_menu_does_not_stop_the_others() -> None:
    """Where no menu is possible it is said which rules clash, and the next school is planned."""
    school, other = schools_of_a_class(4, 2)
    poor = replace(school, budget_mfen=1)
    plans = list(plan_class([poor, school, poor, other], QUICK))
    assert [isinstance(plan, Clashing) for plan in plans] == [True, False, True, False]


def test_a_school_of_another_class_is_refused() -> None:
    """Other dishes, days or rules would make all that is shared wrong."""
    school = a_random_problem(4)
    other = replace(school, gap_days=school.gap_days + 1)
    with pytest.raises(ValueError, match="another class"):
        list(plan_class([school, other], QUICK))
