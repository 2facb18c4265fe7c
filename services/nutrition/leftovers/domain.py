"""The rules of leftovers: weighed once, changed only with a reason, and never more than can have been cooked."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.nutrition.limits import LEFTOVER_G
from shared.errors import DomainError


class Fate(StrEnum):
    """What becomes of food that was left over."""

    KEPT = "kept"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Leftover:
    """Grams of a dish, or of the whole meal, and what became of them."""

    dish_code: str | None
    fate: Fate
    quantity_g: int


def check(leftovers: Sequence[Leftover], headcount: int) -> None:
    """Each dish and fate is weighed once, by dish or for the whole meal but not both; the sum can have been cooked."""
    seen: set[tuple[str | None, Fate]] = set()
    for place, one in enumerate(leftovers):
        if (one.dish_code, one.fate) in seen:
            raise DomainError("weighed-twice", "it stands there twice", field=f"leftovers.{place}.dish_code")
        seen.add((one.dish_code, one.fate))
    if len({code is None for code, _ in seen}) > 1:
        raise DomainError("meal-or-dishes", "weigh the whole meal or its dishes, not both", field="leftovers")
    most_g = headcount * LEFTOVER_G.value
    if sum(one.quantity_g for one in leftovers) > most_g:
        raise DomainError("leftover-absurd", f"{headcount} ate, at most {most_g} g can be left", field="leftovers")
