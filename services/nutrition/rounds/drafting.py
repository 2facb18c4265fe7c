"""What a worker process does for a round: one menu for each class of canteens, and what each canteen needs for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import numpy as np

from services.nutrition.menus.demand import Need, plan
from services.nutrition.menus.domain import Wish
from services.nutrition.planning.building import Kitchens, prepare
from services.nutrition.planning.checking import check, check_choice
from services.nutrition.planning.clashing import Clashing
from services.nutrition.planning.facts import Pool, Wishes
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.model import model_of
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Choice, Plan, Problem, Weights
from services.nutrition.planning.sharing import added, after
from services.nutrition.rounds.classes import SchoolClass
from services.nutrition.rounds.domain import Meals
from shared.errors import DomainError
from shared.fields import Meal
from shared.quantities import amount_fen

Report = Callable[[float], None]
AT_MARGINAL_PRICES = Weights(poor=0.0, local=0.0)
"""What reaches poor households is in the marginal price already."""
MOVES_PER_SLOT = 10_000
"""A quarter of what a canteen's own plan gets: rounds repeat, and earlier rounds' menus are kept."""
STRETCHES = (0.0, 1.0, 2.0, 4.0)
"""Portions of each food beyond its share of the offers a class plans on, should no menu be possible with less."""
WITHOUT_LIMIT = Pool({}, {})
"""At marginal prices what is scarce is dear; a limit as well would count it twice, and leave nothing to be proved."""


@dataclass(frozen=True, slots=True)
class Task:
    """Some classes of a county at the prices in their facts; `pool` is what they have to share, class after class.

    `known` are menus of earlier rounds by the class's first canteen: no answer is worse than one of these.
    """

    classes: tuple[SchoolClass, ...]
    weights: Weights
    options: PlanOptions
    pool: Pool = WITHOUT_LIMIT
    known: Mapping[str, Sequence[Meals]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """What one canteen needs for the class's menu, as bought, and what that costs at the round's prices."""

    canteen_id: str
    pupils: int
    needs: tuple[Need, ...]
    point_fen: int
    cost_fen: int
    bound_fen: int | None


@dataclass(frozen=True, slots=True)
class ClassDraft:
    """The menu of a class, or why it has none. `faults` is what the checker found, for the log."""

    members: tuple[str, ...]
    meals: Meals = ()
    shortfall_millipoints: int = 0
    taste_millipoints: int = 0
    drafts: tuple[MemberDraft, ...] = ()
    reason: str = ""
    faults: tuple[str, ...] = ()


def draft(task: Task, report: Report) -> list[ClassDraft]:
    """Return a draft for each class; the same task has the same drafts. `report` may raise Cancelled."""
    kitchens, drafts, pool = Kitchens(), list[ClassDraft](), task.pool
    for number, school_class in enumerate(task.classes):
        told = partial(_part, report, number / len(task.classes), 1 / len(task.classes))
        drafted = _draft(school_class, replace(task, pool=pool), kitchens, told)
        drafts.append(drafted)
        if drafted.drafts:
            pool = after(pool, added(bought_of(one.needs) for one in drafted.drafts), school_class.facts.usual_g)
    return drafts


def _part(report: Report, first: float, share: float, done: float) -> None:
    report(first + share * done)


def _draft(school_class: SchoolClass, task: Task, kitchens: Kitchens, report: Report) -> ClassDraft:
    members = tuple(member.canteen_id for member in school_class.members)
    try:
        problem, found = _planned(school_class, task, kitchens, report)
        faults = tuple(check(problem, found))
        if faults:
            return ClassDraft(members, reason="the planner's checker refused its answer", faults=faults)
        best = _best(problem, found.best, task.known.get(members[0], ()))
        meals = meals_of(problem, best)
        missed, taste = sum(best.missed.values()), best.parts["rating"]
        drafts = tuple(_member_drafts(school_class, problem, meals, found.bound))
    except (Clashing, DomainError) as error:
        return ClassDraft(members, reason=error.detail[:500])
    return ClassDraft(members, meals, _milli(missed), _milli(taste), drafts)


def _planned(school_class: SchoolClass, task: Task, kitchens: Kitchens, report: Report) -> tuple[Problem, Plan]:
    """Plan with what the class has of what is on offer; where no menu is possible with that, the market has the rest.

    Raises Clashing where no menu is possible with any amount.
    """
    problem = prepare(school_class.facts, Wishes(weights=task.weights), task.pool, kitchens).problem
    portion_g = problem.plates.food_g.max(axis=0)
    for more in STRETCHES:
        wider = replace(problem, food_cap_g=problem.food_cap_g + more * portion_g)
        try:
            return wider, plan_menu(wider, task.options, report)
        except Clashing:
            if not np.isfinite(problem.food_cap_g).any():
                raise
    unlimited = replace(problem, food_cap_g=np.full_like(problem.food_cap_g, np.inf))
    return unlimited, plan_menu(unlimited, task.options, report)


def _milli(points: float) -> int:
    return max(0, round(1000 * points))


def _best(problem: Problem, found: Choice, known: Iterable[Meals]) -> Choice:
    """Return the best of what was found and the earlier rounds' menus that keep all rules still, at today's prices."""
    model, best = model_of(problem), found
    for meals in known:
        dishes = dishes_of(problem, meals)
        if dishes is not None:
            choice = choice_of(model, dishes)
            if choice.objective < best.objective and not check_choice(problem, choice):
                best = choice
    return best


def meals_of(problem: Problem, choice: Choice) -> Meals:
    """Return a menu's meals in order: day, meal, and the dish of each place ("" for an empty one)."""
    codes = problem.plates.kitchen.dish_codes
    meals: dict[tuple[date, Meal], list[str]] = {}
    for slot, dish in zip(problem.slots, choice.dishes, strict=True):
        meals.setdefault((problem.days[slot.day], slot.meal), []).append(codes[dish] if dish >= 0 else "")
    return tuple((day, meal, tuple(dishes)) for (day, meal), dishes in meals.items())


def dishes_of(problem: Problem, meals: Meals) -> list[int] | None:
    """Return a menu's dish of each slot (−1 for an empty one), None when it does not fit the problem's slots."""
    place = {code: index for index, code in enumerate(problem.plates.kitchen.dish_codes)} | {"": -1}
    filled = [(day, meal, code) for day, meal, codes in meals for code in codes]
    if [(problem.days[slot.day], slot.meal) for slot in problem.slots] != [(day, meal) for day, meal, _ in filled]:
        return None
    return [place[code] for _, _, code in filled] if all(code in place for _, _, code in filled) else None


def wishes_of(meals: Meals) -> list[Wish]:
    """Return a draft's meals as a menu asks for them."""
    served = [(day, meal, tuple(filter(None, dishes))) for day, meal, dishes in meals]
    filled = [(day, meal, dishes) for day, meal, dishes in served if dishes]
    return [Wish(place, day, meal, dishes) for place, (day, meal, dishes) in enumerate(filled)]


def _member_drafts(school_class: SchoolClass, problem: Problem, meals: Meals, bound: float) -> list[MemberDraft]:
    """Return what each canteen needs: the very lines it would ask for, were the menu published for all its pupils."""
    recipes = {recipe.dish_code: recipe for recipe in problem.plates.kitchen.recipes}
    price = {code: quote.price_fen_per_kg for code, quote in school_class.facts.quotes.items()}
    wishes = wishes_of(meals)
    drafts = []
    for member in school_class.members:
        _, needs = plan(wishes, member.canteen, recipes)
        pupils = member.canteen.pupils
        point_fen = round(problem.budget_mfen * pupils / 1000 / problem.weights.cost)
        cost_fen = amount_of(needs, price)
        bound_fen = int(bound * point_fen * member.least) if np.isfinite(bound) else None
        drafts.append(MemberDraft(member.canteen_id, pupils, tuple(needs), point_fen, cost_fen, bound_fen))
    return drafts


def amount_of(needs: Sequence[Need], fen_per_kg: Mapping[str, int]) -> int:
    """Return what needs cost in fen; every food must have a price."""
    return sum(amount_fen(need.gross_g, fen_per_kg[need.food_code]) for need in needs)


def bought_of(needs: Iterable[Need]) -> dict[str, int]:
    """Return grams as bought by food."""
    bought: dict[str, int] = {}
    for need in needs:
        bought[need.food_code] = bought.get(need.food_code, 0) + need.gross_g
    return bought
