"""What is impossible at a glance, before anything is computed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.problem import Problem


@dataclass(frozen=True, slots=True)
class Words:
    """A clash in English and Chinese, the field it is about ("": the first place), the dishes it names."""

    en: str
    zh: str
    field: str = ""
    dishes: Sequence[int] = ()


def yuan(mfen: float, *, up: bool = False) -> str:
    """Return 1/1000 fen as ¥ with two decimals, rounded down, or up."""
    fen = -(-int(mfen) // 1000) if up else int(mfen) // 1000
    return f"¥{fen // 100}.{fen % 100:02d}"


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


def too_poor(problem: Problem, least_mfen: float, *, en: str, zh: str) -> Words:
    """Return what there is to spend, and what something (said in words before the price) costs at least."""
    days = len(problem.days)
    budget, least = yuan(problem.budget_mfen / days), yuan(least_mfen / days, up=True)
    return Words(f"budget {budget} a child and day; {en} {least}", f"预算每生每天{budget}，{zh}{least}", "budget_mfen")
