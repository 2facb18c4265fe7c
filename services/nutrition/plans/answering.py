"""From the planner's answer to what is kept of it: plain data that says what, why, and from which facts."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from services.nutrition.analysis.judging import judge, layout_of
from services.nutrition.planning.building import Prepared
from services.nutrition.planning.clashing import Clash
from services.nutrition.planning.facts import Facts
from services.nutrition.planning.planner import PlanOptions
from services.nutrition.planning.problem import Choice, Plan, Problem
from services.nutrition.planning.sharing import bought_g


def answer_of(facts: Facts, prepared: Prepared, plan: Plan, proof_seconds: float) -> dict[str, Any]:
    """Return what is kept of a plan: its menus (the best first), what is proved of it, and what it could not mend."""
    problem = prepared.problem
    return {
        "days": [day.isoformat() for day in problem.days],
        "slots": [[slot.day, slot.meal.value, slot.name] for slot in problem.slots],
        "menus": [_menu(problem, choice) for choice in (plan.best, *plan.alternatives)],
        "targets": [_target(target) for target in problem.requirement.targets],
        "mendings": [asdict(mending) | {"dish": _code(problem, mending.dish)} for mending in plan.mendings],
        "unmended": [asdict(unmended) for unmended in plan.unmended],
        "different_permille": plan.different_permille,
        "bound": plan.bound,
        "gap": plan.gap if np.isfinite(plan.gap) else None,
        "proof_seconds": proof_seconds,
        "moves": plan.moves,
        "seconds": round(plan.seconds, 3),
        "weights": asdict(problem.weights),
        "budget_mfen": problem.budget_mfen,
        "heads": facts.heads,
        "usual_g": dict(facts.usual_g),
        "bought_g": bought_g(problem.plates, facts, plan.best.dishes),
        "left_out": {code: reason.value for code, reason in sorted(prepared.left_out.items())},
    }


def _target(target: Any) -> dict[str, Any]:
    return {field.name: getattr(target, field.name) for field in fields(target)}


def _code(problem: Problem, dish: int) -> str | None:
    return problem.plates.kitchen.dish_codes[dish] if dish >= 0 else None


def _menu(problem: Problem, choice: Choice) -> dict[str, Any]:
    """Return a menu by slot, with its score, its costs by day and what it holds of each target."""
    cost = [0] * len(problem.days)
    for slot, dish in zip(problem.slots, choice.dishes, strict=True):
        cost[slot.day] += int(problem.plates.cost_mfen[dish]) if dish >= 0 else 0
    return {
        "dishes": [_code(problem, dish) for dish in choice.dishes],
        "objective": choice.objective,
        "missed": dict(choice.missed),
        "parts": dict(choice.parts),
        "cost_mfen": choice.cost_mfen,
        "poor_mfen": choice.poor_mfen,
        "local_mfen": choice.local_mfen,
        "cost_by_day_mfen": cost,
        "values": values_of(problem, choice.dishes),
    }


def values_of(problem: Problem, dishes: Sequence[int]) -> dict[str, float]:
    """Return what a menu holds of each target in its unit: the mean over the days, meals or weeks it is judged by."""
    weeks: dict[int, list[int]] = {}
    for place, day in enumerate(problem.days):
        weeks.setdefault(day.toordinal() - day.weekday(), []).append(place)
    sums = dict.fromkeys((target.key for target in problem.requirement.targets), 0.0)
    for days in weeks.values():
        places = [at for at, slot in enumerate(problem.slots) if slot.day in days]
        layout = layout_of([(problem.slots[at].day - days[0], problem.slots[at].meal) for at in places], len(days))
        week = np.array([[dishes[at] for at in places]], dtype=np.int64)
        judged = judge(problem.plates, problem.requirement, layout, week)
        for target, values in zip(judged.targets, judged.values, strict=True):
            sums[target.key] += float(values.mean())
    return {key: total / len(weeks) for key, total in sums.items()}


def beyond_g(facts: Facts, problem: Problem, dishes: Sequence[int]) -> dict[str, int]:
    """Return the g as bought a menu needs of each food beyond the canteen's share of what is on offer."""
    kitchen = problem.plates.kitchen
    used_g = problem.plates.food_g[[dish for dish in dishes if dish >= 0]].sum(axis=0)
    beyond = np.maximum(0.0, used_g - problem.food_cap_g - 1e-6) * kitchen.bought_kg * 1000 * facts.heads
    return {food.food_code: int(np.ceil(g)) for food, g in zip(kitchen.foods, beyond, strict=True) if g > 0}


def in_words(clashes: Sequence[Clash], problem: Problem | None) -> tuple[Clash, ...]:
    """Return clashes with days and meals where the planner counts slots, and the canteen where it counts its money."""
    return tuple(clash if problem is None else replace(clash, field=_place(clash.field, problem)) for clash in clashes)


def _place(field: str, problem: Problem) -> str:
    name, _, number = field.rstrip("]").partition("[")
    if name == "budget_mfen":
        return "canteen_id"
    if name != "slots" or not number.isdigit():
        return field
    slot = problem.slots[int(number)]
    return f"{problem.days[slot.day]}.{slot.meal}.{slot.name}"


def inputs_of(facts: Facts, problem: Problem, options: PlanOptions) -> dict[str, Any]:
    """Return what explains an answer later: the fingerprint of all that went in, versions, prices, mouths, options."""
    kitchen = problem.plates.kitchen
    return {
        "fingerprint": fingerprint(problem, options),
        "options": asdict(options),
        "standard_id": problem.requirement.standard_id,
        "eaters": {band.value: pupils for band, pupils in facts.eaters.items()},
        "dish_versions": {recipe.dish_code: recipe.version for recipe in kitchen.recipes},
        "quotes": {food.food_code: _quote(facts, food.food_code) for food in kitchen.foods},
        "food_cap_g": {
            food.food_code: round(float(cap), 3)
            for food, cap in zip(kitchen.foods, problem.food_cap_g, strict=True)
            if np.isfinite(cap)
        },
    }


def _quote(facts: Facts, code: str) -> list[Any]:
    quote = facts.quotes[code]
    return [quote.price_fen_per_kg, quote.source.value, quote.local_permille, quote.poor_permille, quote.available_g]


def fingerprint(problem: Problem, options: PlanOptions) -> str:
    """Return a digest of everything an answer follows from: the same digest, the same answer."""
    digest = hashlib.sha256()
    _feed(digest, problem)
    _feed(digest, options)
    return digest.hexdigest()


def _feed(digest: Any, part: Any) -> None:
    """Feed plain data, arrays and frozen values; unordered collections in the order of their text."""
    if isinstance(part, np.ndarray):
        digest.update(f"{part.dtype}{part.shape}".encode() + np.ascontiguousarray(part).tobytes())
    elif isinstance(part, Mapping):
        for key in sorted(part, key=str):
            digest.update(f"{key}:".encode())
            _feed(digest, part[key])
    elif isinstance(part, set | frozenset):
        digest.update(repr(sorted(map(str, part))).encode())
    elif isinstance(part, list | tuple):
        digest.update(f"[{len(part)}".encode())
        for each in part:
            _feed(digest, each)
    elif hasattr(part, "__dataclass_fields__"):
        for field in fields(part):
            digest.update(f"{field.name}=".encode())
            _feed(digest, getattr(part, field.name))
    else:
        digest.update(f"{part!r};".encode())
