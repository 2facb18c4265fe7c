"""Many schools of one class: the same dishes, standard, days and rules; prices, budget and ratings are each one's own.

What a menu misses of the standard is the same in all of them, so a menu found for one is judged for another by adding
up its prices. A few schools are searched from nothing, the others better the best menu known, and in the end each takes
the best that was found for any of them. The rows a bound is proved by are the class's, and what was solved for one
school says what is proved for others (`class_bounds`).
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.nutrition.analysis.plates import Floats, Integers
from services.nutrition.planning.annealing import better_still, scale_of, search, settled
from services.nutrition.planning.bound import gap_of
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.class_bounds import ClassBounds
from services.nutrition.planning.class_menus import ClassMenus
from services.nutrition.planning.encoding import Tables, repriced, tables_of
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.glance import refuse_the_impossible
from services.nutrition.planning.grain import coarse
from services.nutrition.planning.groups import groups_of
from services.nutrition.planning.mixes import with_mixes
from services.nutrition.planning.model import Model, choices_at_any_price, model_of, open_choices, points_of
from services.nutrition.planning.problem import Plan, Problem
from services.nutrition.planning.proof import offer_of
from services.nutrition.planning.relaxation import Relaxation, relaxation_of
from services.nutrition.planning.relaxation import repriced as relaxation_repriced
from services.nutrition.planning.splits import with_splits
from services.nutrition.planning.state import Now

_SHARED = ("slots", "days", "allowed", "gap_days", "main_food", "equipment_use", "equipment_limit", "food_cap_g")
_BETTER = 1e-9


@dataclass(frozen=True, slots=True)
class ClassOptions:
    """How long is searched, how many menus are kept, how exact bounds are.

    One school of `from_nothing`, and `fewest` at least, is searched with `first_moves_per_slot`, before every school
    betters the best menu known with `moves_per_slot`. Where no menu was found it is searched once more, with
    `last_moves_per_slot`. A bound lies within `within_permille` of what the class's program could prove. Rows that
    tighten it are made at the prices of one school of `schools_a_price`, and of `most_prices` at most.
    """

    seed: int = 1
    from_nothing: int = 8
    fewest: int = 3
    first_moves_per_slot: int = 2_500
    moves_per_slot: int = 300
    last_moves_per_slot: int = 20_000
    menus_kept: int = 2_048
    within_permille: int = 3
    schools_a_price: int = 40
    most_prices: int = 6
    rounds: int = 3


@dataclass(slots=True)
class _School:
    """One school: its model, the best menu found for it so far (D: nothing), the points of that, and all moves made."""

    model: Model
    dishes: Integers
    points: float = np.inf
    moves: int = 0


class _Class:
    """Plans the schools of a class together; none of them is impossible at a glance."""

    def __init__(self, problems: Sequence[Problem], options: ClassOptions) -> None:
        first, self._options = problems[0], options
        self._model = replace(model_of(first), choices=choices_at_any_price(first))
        self._tables, self._slots = tables_of(self._model), len(first.slots)
        self._scale = scale_of(self._tables, options.seed)
        self._menus = ClassMenus(self._slots, options.menus_kept)
        self._schools = [self._school(problem) for problem in problems]

    def plans(self) -> Iterator[Plan | Clashing]:
        """Yield the schools' plans in their order. The seconds of each are the class's, divided."""
        started, options = time.perf_counter(), self._options
        count = min(len(self._schools), max(options.fewest, len(self._schools) // options.from_nothing))
        for number, school in enumerate(_spread(self._schools, count)):
            self._search(school, options.first_moves_per_slot, options.seed + number)
        for school in self._schools:
            self._better(school)
        for bettering in (True, False):
            for school in self._schools:
                self._take_over(school, bettering)
        bounds = ClassBounds(self._tightened(), options.within_permille)
        found = [self._plan(school, bounds) for school in self._schools]
        seconds = (time.perf_counter() - started) / len(found)
        yield from (replace(plan, seconds=seconds) if isinstance(plan, Plan) else plan for plan in found)

    def _school(self, problem: Problem) -> _School:
        mine, requirement = self._model.problem, self._model.problem.requirement
        same = problem.requirement == requirement and np.array_equal(problem.plates.food_g, mine.plates.food_g)
        if not same or not all(np.array_equal(getattr(problem, name), getattr(mine, name)) for name in _SHARED):
            raise ValueError("a school of another class: only prices, budget, ratings and the plan before may differ")
        model = replace(self._model, problem=problem, choices=open_choices(problem), points=points_of(problem))
        return _School(model, np.zeros(0, dtype=np.int64))

    def _search(self, school: _School, moves_per_slot: int, seed: int) -> None:
        """Search from nothing; schools with seeds of their own do not all end in the same corner."""
        tables, moves = repriced(self._tables, school.model), moves_per_slot * self._slots
        self._note(school, search(tables, school.model.calendar.weeks, moves, seed, _nobody), moves)

    def _better(self, school: _School) -> None:
        """Better the best menu known; where its budget can buy none, search from nothing."""
        options, tables = self._options, repriced(self._tables, school.model)
        known = self._best_known(school, tables)
        if known is None:
            self._search(school, options.first_moves_per_slot, options.seed)
        else:
            moves = options.moves_per_slot * self._slots
            one = self._scale / school.model.calendar.weeks / 1000
            self._note(school, better_still(tables, known[0], moves, 1, options.seed, one), moves)
        if not np.isfinite(school.points):
            self._search(school, options.last_moves_per_slot, options.seed)

    def _take_over(self, school: _School, bettering: bool) -> None:
        """Take the best menu known, bettered or as it is, if it is better than what was found for the school itself."""
        tables = repriced(self._tables, school.model)
        known = self._best_known(school, tables)
        if known is not None and known[1] < school.points - _BETTER:
            if bettering:
                self._note(school, settled(tables, known[0]), 0)
            else:
                school.dishes, school.points = known

    def _best_known(self, school: _School, tables: Tables) -> tuple[Integers, float] | None:
        problem = school.model.problem
        return self._menus.best(tables.points, np.append(problem.plates.cost_mfen, 0), problem.budget_mfen)

    def _note(self, school: _School, found: Now, moves: int) -> None:
        school.moves += moves
        points = float(found.points[1])
        if points < school.points - _BETTER:
            school.dishes, school.points = found.best, points
            charged: Floats = school.model.points[np.arange(self._slots), found.best]
            self._menus.add(found.best, points - float(charged.sum()))

    def _tightened(self) -> Relaxation:
        """Return the class's program with rows that solutions at some schools' prices would break."""
        options = self._options
        plain = relaxation_of(self._model, coarse(self._model))
        some = _spread(self._schools, min(options.most_prices, len(self._schools) // options.schools_a_price))
        costs = [offer_of(relaxation_repriced(plain, school.model)).cost for school in some]
        return with_mixes(with_splits(plain, groups_of(self._model, plain), costs, options.rounds)) if costs else plain

    def _plan(self, school: _School, bounds: ClassBounds) -> Plan | Clashing:
        if not np.isfinite(school.points):
            return Clashing([Clash("rules", "no menu that keeps all rules was found", "slots")])
        choice = choice_of(school.model, school.dishes)
        bound = bounds.bound(offer_of(relaxation_repriced(bounds.program, school.model)))
        return Plan(choice, bound, gap_of(choice.objective, bound), (), (), school.moves, 0.0)


def plan_class(problems: Iterable[Problem], options: ClassOptions | None = None) -> Iterator[Plan | Clashing]:
    """Yield the plans of schools of one class in their order; where no menu is possible, which rules clash.

    The answers depend on these schools and their order, and on nothing else. Raises ValueError for a school of another
    class.
    """
    schools = list(problems)
    refused = [_refusal(problem) for problem in schools]
    possible = [problem for problem, clashing in zip(schools, refused, strict=True) if clashing is None]
    plans = _Class(possible, options or ClassOptions()).plans() if possible else iter(())
    for clashing in refused:
        yield next(plans) if clashing is None else clashing


def _refusal(problem: Problem) -> Clashing | None:
    """Return why a school's problem is impossible at a glance, None if it is not."""
    try:
        refuse_the_impossible(problem)
    except Clashing as clashing:
        return clashing
    return None


def _spread(schools: Sequence[_School], count: int) -> list[_School]:
    """Return so many schools, as far from each other in their order as can be."""
    return [schools[int((number + 0.5) * len(schools) / count)] for number in range(count)]


def _nobody(_: float) -> None:
    """Nobody looks at the progress of one school."""
