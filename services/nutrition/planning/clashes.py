"""When no menu is possible: which rules clash, in words a canteen can act on."""

from collections.abc import Callable

import numpy as np

from services.nutrition.analysis.plates import Integers
from services.nutrition.planning.clash_sets import clash_set, suspects
from services.nutrition.planning.clash_words import guesses, in_words
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.possible import Oracle, Verdict
from services.nutrition.planning.problem import Problem


def menu_or_clashes(problem: Problem, report: Callable[[float], None], *, explain: bool = True) -> Integers:
    """Return a menu (−1: nothing) that keeps every rule of a problem for which annealing found none.

    Raises Clashing if there is none, or nobody finds one in the time there is; it names the rules that clash if it is
    to explain.
    """
    oracle = Oracle(report)
    answer = oracle.least(problem, np.zeros(len(problem.rating)))
    if answer.dishes is not None:
        return answer.dishes
    proved = answer.verdict is Verdict.IMPOSSIBLE
    if not explain:
        raise Clashing([Clash("rules", "no menu that keeps all rules was found", "slots", proved)])
    if not proved:
        raise Clashing(guesses(problem, suspects(problem, oracle), oracle))
    raise Clashing(in_words(problem, clash_set(problem, oracle), oracle))
