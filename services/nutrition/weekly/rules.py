"""What templates and cycles have in common: how their meals are kept, who may change them, who makes drafts of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.nutrition.weekly.domain import Slot
from shared.errors import DomainError, StaleVersion
from shared.fields import Meal


def check_version(present: int, expected: int | None) -> None:
    """What somebody else changed meanwhile must be read again first."""
    if expected is not None and expected != present:
        raise StaleVersion(expected, present)


def members_asked(members: Sequence[str], asked: Sequence[str] | None) -> list[str]:
    """Return the canteens drafts are made for: those named, which must be members, or all members."""
    if not members:
        raise DomainError("no-canteens", "there is no canteen in the group", field="canteen_ids")
    for place, canteen_id in enumerate(asked or ()):
        if canteen_id not in members:
            raise DomainError("not-a-member", f"this week is not meant for {canteen_id}", field=f"canteen_ids.{place}")
    return sorted(set(asked or members))


def slot_rows(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """Return meals by weekday as they are kept, in the order of the week."""
    order = sorted(slots, key=lambda slot: (slot.weekday, list(Meal).index(slot.meal)))
    return [{"weekday": s.weekday, "meal": s.meal.value, "dish_codes": list(s.dish_codes)} for s in order]


def slots_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Slot, ...]:
    """Return meals by weekday from how they are kept."""
    return tuple(Slot(row["weekday"], Meal(row["meal"]), tuple(row["dish_codes"])) for row in rows)
