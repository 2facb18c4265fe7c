"""From a request to what the planner understands."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from services.nutrition.planning.facts import Pin, Wishes
from services.nutrition.planning.planner import PlanOptions
from services.nutrition.planning.problem import Weights
from services.nutrition.plans.domain import Effort, Plan
from services.nutrition.plans.schemas import Asked
from shared.fields import Meal

QUICK_MOVES_PER_SLOT = 4_000


def wishes_of(asked: Asked, previous: Plan | None = None) -> Wishes:
    """Return what is wished for; the menu to stay near is the one taken of the previous plan, else its best."""
    return Wishes(
        pins=tuple(Pin(pin.day, pin.meal, pin.dish_code, pin.slot) for pin in asked.pins),
        excluded_dishes=frozenset(asked.excluded_dishes),
        weights=Weights(**asked.weights.model_dump()),
        only_offered=asked.only_offered,
        kept={} if previous is None else kept_of(previous),
    )


def kept_of(plan: Plan) -> Mapping[tuple[date, Meal, str], str]:
    """Return the dish of each place of a plan's menu."""
    if plan.answer is None:
        return {}
    days = [date.fromisoformat(day) for day in plan.answer["days"]]
    dishes = plan.answer["menus"][plan.taken or 0]["dishes"]
    places = [(days[day], Meal(meal), slot) for day, meal, slot in plan.answer["slots"]]
    return {place: dish for place, dish in zip(places, dishes, strict=True) if dish is not None}


def options_of(asked: Asked) -> PlanOptions:
    """Return how long and from which seed the planner works."""
    options = PlanOptions(seed=asked.seed, proof_seconds=float(asked.proof_seconds), alternatives=asked.alternatives)
    if asked.effort is Effort.THOROUGH:
        return options
    return replace(options, moves_per_slot=QUICK_MOVES_PER_SLOT, programs=1)
