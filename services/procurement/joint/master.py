"""The master of planning with the farms (Dantzig-Wolfe): what foods are worth, and how far from the best a week is.

Of all drafts told so far a week is composed. The worth of a kilogram there is the next price, kept between the cheapest
offer and the market, and moved a part of the way only: raw dual prices jump between the two, and drafts with them. What
the drafts of a round prove at its prices bounds every composition from below.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.procurement.joint.composing import Composed, Program
from services.procurement.joint.steps import Choice, Next, Report, Step, Task, Weighed
from services.procurement.joint.supply import PERMILLE, Supply, ranges_of
from services.procurement.sourcing.columns import Floats
from services.procurement.sourcing.problem import Terms

SMOOTHED = 0.6
"""How much of a new price counts; the rest is the price before."""
HALVINGS = 6
GOOD_GAP, SETTLED = 0.005, 0.002
"""Rounds end when so little can be bettered: as is proved, or as the drafts of the last round say."""


def first_prices(supplies: Sequence[Supply]) -> dict[str, Next]:
    """Return what foods cost before anything is asked for: menus made at these are menus first."""
    prices = {code: low for code, (low, _) in ranges_of(supplies, 0.0).items()}
    return _next(supplies, prices, np.zeros(len(supplies)), 0.0)


def step(task: Task, report: Report) -> Step:
    """Take what was drafted so far, and say what follows. Raises ArithmeticError where nothing can be composed."""
    program = Program(task.columns, task.supplies)
    premium = premium_of(program, task.terms)
    report(0.3)
    composed = program.solve(premium)
    bound = bound_of(task, premium)
    hoped = _bound(task, len(task.told), premium, proved=False)
    prices = _smoothed(task, composed, premium)
    found = Step(_next(task.supplies, prices, composed.bought, premium), premium, composed.objective, bound, hoped)
    report(0.5)
    if not task.last and not is_settled(found):
        return found
    return replace(found, choice=_choose(task, program, composed, premium))


def is_settled(found: Step) -> bool:
    """Whether another round would bring too little."""
    near = found.gap is not None and found.gap <= GOOD_GAP
    return near or (found.unsettled is not None and found.unsettled <= SETTLED)


def premium_of(program: Program, terms: Terms) -> float:
    """Return the largest premium at which a week comes to no more than the rules allow above the least (bisection).

    What is allowed is a share of the least money for food; where menus have to give way for it, their points count.
    """
    least = program.solve(0.0)
    low, high = 0.0, min(terms.most_premium_permille / PERMILLE, 1 / max(least.bill.poor_share, 0.001))
    if not high or _within(program.solve(high), least, terms):
        return high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(program.solve(middle), least, terms) else (low, middle)
    return low


def _within(found: Composed, least: Composed, terms: Terms) -> bool:
    missed = found.bill.poor_share * PERMILLE < terms.share_target_permille
    allowed = terms.target_tolerance_permille if missed else terms.tolerance_permille
    return found.plain <= least.plain + least.bill.cost * allowed / PERMILLE


def bound_of(task: Task, premium: float) -> float | None:
    """Return what no composition comes to less than at a premium, by the drafts of all rounds; None: nothing is proved.

    Each round's prices bound it at any premium, as they are prices to whoever supplies.
    """
    bounds = [_bound(task, number, premium, proved=True) for number in range(1, len(task.told) + 1)]
    return max((one for one in bounds if one is not None), default=None)


def _bound(task: Task, number: int, premium: float, *, proved: bool) -> float | None:
    """Return what no composition comes to less than by the drafts of a round; None where a canteen proves nothing.

    Were the drafts the best there are, what they come to would do. At the prices of the round whoever supplies earns at
    most what is paid above its worth.
    """
    prices = task.told[number - 1]
    least: dict[str, float | None] = dict.fromkeys(sorted({one.canteen_id for one in task.columns}))
    for one in task.columns:
        if one.round == number:
            least[one.canteen_id] = one.bound_fen if proved else one.comes_to(prices)
    known = [value for value in least.values() if value is not None]
    if len(known) < len(least):
        return None
    earned = sum(
        one.kg * max(0.0, prices.get(one.food_code, 0) - one.worth(premium)) for one in task.supplies if one.offered
    )
    return sum(known) - earned


def _smoothed(task: Task, composed: Composed, premium: float) -> dict[str, float]:
    """Return the next prices: the mean worth of a food's needs, within its range, a part of the way from before."""
    wanted: dict[str, list[tuple[float, float]]] = defaultdict(list)
    asked: dict[tuple[str, int], float] = defaultdict(float)
    for one, part in zip(task.columns, composed.parts.tolist(), strict=True):
        if part:
            for need, kg in one.kg.items():
                asked[need] += part * kg
    for need, worth in composed.worth.items():
        wanted[need[0]].append((worth, asked[need]))
    before = task.told[-1]
    prices = {}
    for code, (low, high) in ranges_of(task.supplies, premium).items():
        fresh = min(max(_mean(wanted.get(code, ()), low), low), high)
        prices[code] = SMOOTHED * fresh + (1 - SMOOTHED) * before.get(code, fresh)
    return prices


def _mean(worths: Iterable[tuple[float, float]], default: float) -> float:
    asked = [(worth, kg) for worth, kg in worths if kg > 0]
    total = sum(kg for _, kg in asked)
    return sum(worth * kg for worth, kg in asked) / total if total else default


def _next(supplies: Sequence[Supply], prices: Mapping[str, float], bought: Floats, premium: float) -> dict[str, Next]:
    """Return prices with who would bring the next kilogram: the cheapest that has any left."""
    left: dict[str, float] = {}
    cheapest: dict[str, Supply] = {}
    for one, taken in zip(supplies, bought, strict=True):
        code = one.food_code
        if one.offered:
            left[code] = left.get(code, 0.0) + max(0.0, one.kg - float(taken))
        if one.kg - float(taken) > 0.001:
            known = cheapest.get(code)
            if known is None or one.worth(premium) < known.worth(premium):
                cheapest[code] = one
    return {
        code: Next(
            fen=max(1, round(fen)),
            poor_permille=round(PERMILLE * cheapest[code].poor),
            local_permille=PERMILLE if cheapest[code].offered else 0,
            left_g=round(1000 * left[code]) if code in left else None,
        )
        for code, fen in sorted(prices.items())
    }


def _choose(task: Task, program: Program, composed: Composed, premium: float) -> Choice:
    """Choose one whole draft for each canteen: what the program finds, unless a simpler choice is better."""
    first, largest = dict[str, int](), dict[str, int]()
    for place, one in enumerate(task.columns):
        known = first.setdefault(one.canteen_id, place)
        if one.round < task.columns[known].round:
            first[one.canteen_id] = place
        held = largest.setdefault(one.canteen_id, place)
        if composed.parts[place] > composed.parts[held]:
            largest[one.canteen_id] = place
    tried = [list(first.values()), list(largest.values())]
    if (found := program.whole(premium)) is not None:
        tried.append(found)
    supplied = [program.supplied(chosen, premium) for chosen in tried]
    best = min(range(len(tried)), key=lambda number: supplied[number].objective)
    return Choice(
        tuple(task.columns[place].draft_id for place in sorted(tried[best])),
        Weighed(supplied[best].objective, supplied[best].bill),
        Weighed(supplied[0].objective, supplied[0].bill),
    )
