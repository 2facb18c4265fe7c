"""When no menu is possible: which rules clash, in words a canteen can act on."""

from collections.abc import Callable

import numpy as np

from services.nutrition.analysis.plates import Integers
from services.nutrition.planning.clash_sets import clash_set, suspects
from services.nutrition.planning.clash_words import guesses, in_words, too_poor
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.possible import Oracle, Verdict
from services.nutrition.planning.problem import Problem


def refuse_the_impossible(problem: Problem) -> None:
    """Raise Clashing where a glance is enough: a slot nothing may fill, a budget below the cheapest dishes."""
    optional = np.array([slot.optional for slot in problem.slots], dtype=np.bool_)
    choices = np.hstack([problem.allowed, optional[:, None]])
    empty = [
        Clash("slot-empty", f"nothing may be {slot.name} of {slot.meal} on {problem.days[slot.day]}", f"slots[{place}]")
        for place, slot in enumerate(problem.slots)
        if not choices[place].any()
    ]
    if empty:
        raise Clashing(empty)
    cost = np.append(problem.plates.cost_mfen, 0)
    least = int(np.where(choices, cost, np.iinfo(np.int64).max).min(axis=1).sum())
    if least > problem.budget_mfen:
        words = too_poor(problem, least, en="the cheapest dish of every place comes to", zh="各处最便宜的菜合计需")
        raise Clashing([Clash("budget", words.en, words.field, detail_zh=words.zh)])


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
