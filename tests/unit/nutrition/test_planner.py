"""The planner: its own checker, which knows nothing of how a menu was found, finds nothing wrong with it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.nutrition.planning.checking import check
from services.nutrition.planning.clashing import Clashing
from services.nutrition.planning.planner import PlanOptions, plan_menu
from tests.unit.nutrition.problems import a_random_problem

QUICK = PlanOptions(restarts=2, moves_per_slot=200)


def nobody(_: float) -> None:
    """Takes no notice of progress."""


@settings(max_examples=250)
@given(st.integers(0, 10**6))
def test_the_checker_proves_every_plan(seed: int) -> None:
    """Every plan keeps the hard rules and its figures are true, or there is none and it is said so."""
    problem = a_random_problem(seed)
    try:
        plan = plan_menu(problem, QUICK, nobody)
    except Clashing:
        return
    assert check(problem, plan) == []
