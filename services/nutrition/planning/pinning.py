"""Pins: dishes the staff want in a meal. They give way to safety, not to taste."""

from collections.abc import Mapping, Sequence

from services.nutrition.dishes.domain import Recipe
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.facts import Facts, Pin
from services.nutrition.planning.problem import Slot
from services.nutrition.planning.rules import LeftOut, gap_days


def pinned(
    pins: Sequence[Pin],
    facts: Facts,
    slots: Sequence[Slot],
    recipes: Sequence[Recipe],
    left_out: Mapping[str, LeftOut],
) -> dict[int, int]:
    """Return slot → dish of the pins. Raises Clashing for pins that cannot be, alone or together."""
    place = {recipe.dish_code: index for index, recipe in enumerate(recipes)}
    fixed: dict[int, int] = {}
    clashes = []
    for number, pin in enumerate(pins):
        clash = _alone(pin, number, facts, place, left_out)
        slot = None if clash else _slot(pin, facts, slots, fixed, recipes[place[pin.dish_code]])
        if clash:
            clashes.append(clash)
        elif slot is None:
            detail = f"{pin.meal} of {pin.day} has no free place for {pin.dish_code}"
            clashes.append(Clash("pin-without-place", detail, f"pins.{number}.slot"))
        else:
            fixed[slot] = place[pin.dish_code]
    clashes += _together(pins, facts, recipes, place)
    if clashes:
        raise Clashing(clashes)
    return fixed


def _alone(
    pin: Pin, number: int, facts: Facts, place: Mapping[str, int], left_out: Mapping[str, LeftOut]
) -> Clash | None:
    where = f"pins.{number}"
    if pin.day not in facts.days:
        return Clash("pin-outside", f"{pin.day} is no school day of the plan", f"{where}.day")
    if pin.meal not in facts.patterns or (pin.day, pin.meal) in facts.closed:
        return Clash("meal-not-served", f"the canteen serves no {pin.meal} on {pin.day}", f"{where}.meal")
    if pin.dish_code in left_out:
        detail = f"{pin.dish_code} cannot be planned: {left_out[pin.dish_code]}"
        return Clash("pin-left-out", detail, f"{where}.dish_code")
    if pin.dish_code not in place:
        return Clash("unknown-dish", f"there is no dish {pin.dish_code} in the canteen's library", f"{where}.dish_code")
    return None


def _slot(pin: Pin, facts: Facts, slots: Sequence[Slot], fixed: Mapping[int, int], recipe: Recipe) -> int | None:
    """Return the free place a pin goes to: the one it names, whatever its category, else the first that suits it."""
    suiting = {place.slot for place in facts.patterns[pin.meal].places if place.suits(recipe)}
    free = [
        (slot.optional, index)
        for index, slot in enumerate(slots)
        if (facts.days[slot.day], slot.meal) == (pin.day, pin.meal)
        and index not in fixed
        and (slot.name == pin.slot if pin.slot is not None else slot.name in suiting)
    ]
    return min(free)[1] if free else None


def _together(pins: Sequence[Pin], facts: Facts, recipes: Sequence[Recipe], place: Mapping[str, int]) -> list[Clash]:
    """No dish is pinned twice within its gap, nor so soon after the weeks before."""
    clashes = []
    known = [(n, pin) for n, pin in enumerate(pins) if pin.dish_code in place and pin.day in facts.days]
    for number, (at, pin) in enumerate(known):
        gap = gap_days(recipes[place[pin.dish_code]])
        day = facts.days.index(pin.day)
        ago = facts.served_ago.get(pin.dish_code)
        if ago is not None and ago + day < gap:
            detail = f"{pin.dish_code} was served less than {gap} school days before {pin.day}"
            clashes.append(Clash("pin-too-soon", detail, f"pins.{at}.day"))
        for _, other in known[:number]:
            if other.dish_code == pin.dish_code and abs(facts.days.index(other.day) - day) < max(gap, 1):
                detail = f"{pin.dish_code} is pinned to {other.day} and {pin.day}, {gap} school days must lie between"
                clashes.append(Clash("pins-clash", detail, f"pins.{at}.day"))
    return clashes
