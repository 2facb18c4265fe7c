"""What a county may say of a food: anything but what makes it less safe."""

from collections.abc import Mapping
from typing import Any

from shared.errors import DomainError

NEVER = frozenset({"food_code"})
"""The food itself is no value of a food."""


def less_safe(shared: Mapping[str, Any], field: str, value: Any) -> DomainError | None:
    """Return why a county cannot say this of a food: the bans and allergens of the shared table stand.

    A county can ban a food or add an allergen.
    """
    if field == "canteen_ban" and shared[field] and not value:
        return DomainError("ban-stands", "a county cannot lift the ban on a food", field="value")
    if field == "allergens" and (lost := sorted(set(shared[field]) - set(value))):
        return DomainError("allergen-stands", f"a county cannot take {', '.join(lost)} away", field="value")
    return None
