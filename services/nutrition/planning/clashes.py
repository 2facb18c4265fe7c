"""When no menu is possible: which rules clash, in words a canteen can act on."""

import numpy as np

from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.model import open_choices
from services.nutrition.planning.problem import Problem


def refuse_the_impossible(problem: Problem) -> None:
    """Raise Clashing where a glance is enough: a slot nothing may fill, a budget below the cheapest dishes."""
    choices = open_choices(problem)
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
        detail = f"the cheapest dishes of all slots cost {least}, the budget is {problem.budget_mfen} (1/1000 fen)"
        raise Clashing([Clash("budget", detail, "budget_mfen")])
