"""Many schools of one class: the same dishes, standard, days and rules; prices, budget and ratings are each one's own.

What a menu misses of the standard is the same in all of them, so a menu found for one is judged for another by adding
up its prices. Each school starts from the best menu known in its class and betters it. The rows its bound is proved
by are the class's, and what prices of rows proved for the schools before they prove for this one, too.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.annealing import better_still, scale_of, search
from services.nutrition.planning.bound import gap_of
from services.nutrition.planning.cases import Cases
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.encoding import repriced, tables_of
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.glance import refuse_the_impossible
from services.nutrition.planning.grain import coarse
from services.nutrition.planning.groups import groups_of
from services.nutrition.planning.mixes import with_mixes
from services.nutrition.planning.model import Model, choices_at_any_price, model_of, open_choices, points_of
from services.nutrition.planning.problem import Choice, Plan, Problem
from services.nutrition.planning.proof import offer_of
from services.nutrition.planning.relaxation import Relaxation, relaxation_of
from services.nutrition.planning.relaxation import repriced as relaxation_repriced
from services.nutrition.planning.splits import with_splits

_SHARED = ("slots", "days", "allowed", "gap_days", "main_food", "equipment_use", "equipment_limit", "food_cap_g")
_PRICES_MADE_UP = 6
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class ClassOptions:
    """How long is searched: for the first school of a class, for each other one; how many menus are kept.

    For each school so many `programs` are solved for its bound, none if one known is within `within_permille`.
    """

    seed: int = 1
    first_moves_per_slot: int = 20_000
    moves_per_slot: int = 600
    programs: int = 1
    within_permille: int = 2
    turns: int = 2
    menus_kept: int = 256


class _Menus:
    """The menus known in a class, and the points each misses of the standard; the oldest make room for new ones."""

    def __init__(self, slots: int, room: int) -> None:
        self._dishes, self._missed = np.zeros((room, slots), dtype=np.int64), np.full(room, np.inf)
        self._known: dict[bytes, int] = {}
        self._added = 0

    def add(self, dishes: Integers, missed: float) -> None:
        """Keep a menu (D: nothing) that is not kept yet."""
        key = dishes.tobytes()
        if key in self._known:
            return
        place = self._added % len(self._missed)
        self._known.pop(self._dishes[place].tobytes(), None)
        self._dishes[place], self._missed[place], self._known[key] = dishes, missed, place
        self._added += 1

    def best(self, points: Floats, cost: Integers, budget: int) -> Integers | None:
        """Return the menu with the fewest points that the budget can buy, None if there is none."""
        count = min(self._added, len(self._missed))
        dishes = self._dishes[:count]
        total = self._missed[:count] + points[np.arange(dishes.shape[1]), dishes].sum(axis=1)
        total[cost[dishes].sum(axis=1) > budget] = np.inf
        return dishes[np.argmin(total)].copy() if count and np.isfinite(total.min()) else None


class SchoolClass:
    """Plans schools of the class that a first school stands for, one after the other.

    Raises Clashing where no menu is possible in the first school.
    """

    def __init__(self, first: Problem, options: ClassOptions | None = None) -> None:
        self._options = options or ClassOptions()
        refuse_the_impossible(first)
        self._model = replace(model_of(first), choices=choices_at_any_price(first))
        self._tables = tables_of(self._model)
        self._relaxation = _tightened(self._model)
        self._cases = Cases(self._relaxation, np.zeros((0, len(self._relaxation.place)), dtype=np.bool_))
        self._scale = scale_of(self._tables, self._options.seed)
        self._menus = _Menus(len(first.slots), self._options.menus_kept)

    def plan(self, problem: Problem) -> Plan:
        """Return the plan of a school. Raises ValueError for one of another class, Clashing where no menu is possible.

        The answer depends on the schools planned before, and on nothing else.
        """
        started = time.perf_counter()
        self._refuse_others(problem)
        refuse_the_impossible(problem)
        model = replace(self._model, problem=problem, choices=open_choices(problem), points=points_of(problem))
        dishes, moves = self._searched(model)
        choice = choice_of(model, dishes)
        self._menus.add(dishes, sum(choice.missed.values()))
        bound = self._bound(model, choice)
        gap = gap_of(choice.objective, bound)
        return Plan(choice, bound, gap, (), (), moves, time.perf_counter() - started)

    def _refuse_others(self, problem: Problem) -> None:
        mine, requirement = self._model.problem, self._model.problem.requirement
        same = problem.requirement == requirement and np.array_equal(problem.plates.food_g, mine.plates.food_g)
        if not same or not all(np.array_equal(getattr(problem, name), getattr(mine, name)) for name in _SHARED):
            raise ValueError("a school of another class: only prices, budget, ratings and the plan before may differ")

    def _searched(self, model: Model) -> tuple[Integers, int]:
        """Return the best menu found (D: nothing), and the moves made."""
        problem, options = model.problem, self._options
        tables = repriced(self._tables, model)
        cost = np.append(problem.plates.cost_mfen, 0)
        start = self._menus.best(tables.points, cost, problem.budget_mfen)
        if start is None:
            moves = options.first_moves_per_slot * len(problem.slots)
            found = search(tables, model.calendar.weeks, moves, options.seed, _nobody)
        else:
            moves = options.moves_per_slot * len(problem.slots)
            one = self._scale / model.calendar.weeks / 1000
            found = better_still(tables, start, moves, options.turns, options.seed, one)
        if not np.isfinite(found.points[1]):
            raise Clashing([Clash("rules", "no menu that keeps all rules was found", "slots")])
        return found.best, moves

    def _bound(self, model: Model, choice: Choice) -> float:
        offer = offer_of(relaxation_repriced(self._relaxation, model))
        enough = choice.objective / (1 + self._options.within_permille / 1000)
        return self._cases.bound(offer, enough, lambda programs: programs < self._options.programs)


def _tightened(model: Model) -> Relaxation:
    """Return the program of a class with rows that its schools' solutions would break, whatever their prices are like.

    Schools' prices differ by about as much as those made up here.
    """
    plain, luck = relaxation_of(model, coarse(model)), np.random.default_rng(1)
    cost = plain.cost[: len(plain.place)]
    costs = [cost, *(cost * luck.uniform(0.85, 1.15, len(cost)) for _ in range(_PRICES_MADE_UP))]
    return with_mixes(with_splits(plain, groups_of(model, plain), costs, _ROUNDS))


def plan_class(problems: Iterable[Problem], options: ClassOptions | None = None) -> Iterator[Plan | Clashing]:
    """Yield the plans of schools of one class in their order; where no menu is possible, which rules clash.

    Raises ValueError for a school of another class.
    """
    shared: SchoolClass | None = None
    for problem in problems:
        try:
            shared = shared or SchoolClass(problem, options)
            yield shared.plan(problem)
        except Clashing as clashing:
            yield clashing


def _nobody(_: float) -> None:
    """Nobody looks at the progress of one school."""
