"""Rules that clash, in words a canteen can act on: which places and dishes they are about, and by how much."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from services.nutrition.planning.clash_sets import ClashSet, Kind, Rule, rules_of, with_only
from services.nutrition.planning.clashing import Clash
from services.nutrition.planning.possible import Oracle, Verdict, of_slots
from services.nutrition.planning.problem import Problem

_NAMED = 5
"""How many dishes or places are named before the others are only counted."""


def yuan(mfen: float, *, up: bool = False) -> str:
    """Return 1/1000 fen as ¥ with two decimals, rounded down, or up."""
    fen = -(-int(mfen) // 1000) if up else int(mfen) // 1000
    return f"¥{fen // 100}.{fen % 100:02d}"


def in_words(problem: Problem, found: ClashSet, oracle: Oracle) -> list[Clash]:
    """Return a clash for each rule of a set, and one for its places if no rule could be lifted to help."""
    words = {
        Kind.FOOD: _food,
        Kind.EQUIPMENT: _equipment,
        Kind.MAIN_FOOD: _main_food,
        Kind.GAP: _gap,
        Kind.BUDGET: _budget,
        Kind.PIN: _pin,
    }
    told = [(rule.kind.value, *words[rule.kind](problem, found, rule, oracle)) for rule in reversed(found.rules)]
    if not told:
        dishes = _dishes(problem, _may_stand(problem, found))
        told = [("once-in-a-meal", f"{_places(problem, found)}: only {dishes} may stand there, once in a meal", "")]
    first = f"slots[{found.slots[0]}]" if found.slots else "slots"
    return [Clash(rule, detail, field or first, found.proved) for rule, detail, field in told]


def _budget(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> tuple[str, str]:
    """Return what the cheapest menu costs, as far as it is known, and how much of that there is."""
    cost = problem.plates.cost_mfen.astype(np.float64)
    kept, those = [other for other in rules_of(problem) if other != rule], "everything else"
    answer = oracle.least(with_only(problem, kept), cost)
    if answer.verdict is not Verdict.POSSIBLE:
        kept, those = [other for other in found.rules if other != rule], "the other rules named here"
        answer = oracle.least(with_only(problem, kept), cost)
    least = -(-round(answer.least) // len(problem.days))
    is_least = "costs" if answer.is_reached else "costs at least"
    there_is = f"budget {yuan(problem.budget_mfen / len(problem.days))} a child and day"
    if answer.least <= problem.budget_mfen:
        return f"{there_is}: no menu was found that keeps {those} for it", "budget_mfen"
    return f"{there_is}; the cheapest menu that keeps {those} {is_least} {yuan(least, up=True)}", "budget_mfen"


def _food(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> tuple[str, str]:
    code = problem.plates.kitchen.foods[rule.which].food_code
    others = with_only(problem, [other for other in found.rules if other != rule])
    answer = oracle.least(others, np.rint(problem.plates.food_g[:, rule.which] * 1000))
    there_is = f"{code}: {problem.food_cap_g[rule.which]:.0f} g a child can be had for all the days"
    return f"{there_is}, a menu needs {np.ceil(answer.least / 1000):.0f} g at least", f"food_cap_g.{code}"


def _equipment(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> tuple[str, str]:
    name, limit = problem.equipment[rule.which], int(problem.equipment_limit[rule.which])
    there = of_slots(with_only(problem, found.rules), np.array(found.slots, dtype=np.int64))
    need = limit + 1
    while need < len(found.slots) and not _is_enough(there, rule.which, need, oracle):
        need += 1
    where = "a meal" if _is_about_sums(found) else _places(problem, found)
    can = f"{limit} {'dish' if limit == 1 else 'dishes'} of a meal can use it"
    return f"{name}: {can}, {where} cannot do with less than {need}", f"equipment.{name}"


def _is_enough(problem: Problem, piece: int, limit: int, oracle: Oracle) -> bool:
    limits = problem.equipment_limit.copy()
    limits[piece] = limit
    return oracle.ask(replace(problem, equipment_limit=limits)) is Verdict.POSSIBLE


def _main_food(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> tuple[str, str]:
    detail, may = "no main ingredient comes twice on a day or on two days running", _may_stand(problem, found)
    foods = sorted({problem.plates.kitchen.foods[food].food_code for food in problem.main_food[may] if food >= 0})
    places = "" if _is_about_sums(found) else f": {_places(problem, found)} can be made of {_listed(foods)}"
    return detail + places, ""


def _gap(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> tuple[str, str]:
    may = _may_stand(problem, found)
    gaps = sorted({int(gap) for gap in problem.gap_days[may]})
    again = f"{gaps[0]} to {gaps[-1]}" if len(gaps) > 1 else f"{gaps[0]}"
    detail = f"a dish may come again after {again} school days at the earliest"
    if _is_about_sums(found):
        return detail, ""
    there_are = "there is 1 dish" if len(may) == 1 else f"there are {len(may)} dishes"
    return f"{detail}: for {_places(problem, found)} {there_are}: {_dishes(problem, may)}", ""


def _pin(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> tuple[str, str]:
    (dish,) = np.flatnonzero(problem.allowed[rule.which])
    code = problem.plates.kitchen.dish_codes[dish]
    return f"{code} is pinned to {_place(problem, rule.which)}", f"slots[{rule.which}]"


def _is_about_sums(found: ClashSet) -> bool:
    """Whether a clash is about all places together, so that naming them says nothing."""
    return any(rule.kind in (Kind.BUDGET, Kind.FOOD) for rule in found.rules)


def _may_stand(problem: Problem, found: ClashSet) -> list[int]:
    """Return the dishes that may stand in the places of a clash."""
    return np.flatnonzero(problem.allowed[list(found.slots)].any(axis=0)).tolist()


def _place(problem: Problem, slot: int) -> str:
    where = problem.slots[slot]
    return f"{where.name} of {where.meal} on {problem.days[where.day]}"


def _places(problem: Problem, found: ClashSet) -> str:
    """Return places, those of the same meals together."""
    days: dict[tuple[str, str], list[str]] = {}
    for slot in found.slots:
        where = problem.slots[slot]
        days.setdefault((where.meal, where.name), []).append(str(problem.days[where.day]))
    names: dict[tuple[str, str], list[str]] = {}
    for (meal, name), of in days.items():
        names.setdefault((meal, _listed(of)), []).append(name)
    return " and ".join(f"{', '.join(of)} of {meal} on {when}" for (meal, when), of in names.items())


def _dishes(problem: Problem, dishes: Iterable[int]) -> str:
    return _listed([problem.plates.kitchen.dish_codes[dish] for dish in dishes])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_NAMED])} and {more} more"
