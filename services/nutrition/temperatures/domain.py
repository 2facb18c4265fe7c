"""The rule of temperatures: hot food is served hot; where it was not, that is written down and explained."""

from enum import StrEnum

from services.nutrition.dishes.domain import Method
from services.nutrition.limits import HOT_C
from shared.errors import DomainError

SERVED_COLD = frozenset({"fruit", "dairy"})
"""Categories of dishes that are served as they come, where nobody has said how a dish is made."""


class Alarm(StrEnum):
    """What is wrong with a temperature."""

    NOT_HOT = "not_hot"


def is_hot(category: str, method: Method | None) -> bool:
    """Whether a dish is served hot: everything that is cooked; cold and raw dishes are banned in school canteens."""
    return category not in SERVED_COLD if method is None else method is not Method.NONE


def judge(hot: bool, core_c: float, remark: str, field: str) -> Alarm | None:
    """Return the warning of a measurement; one that needs a remark and has none is refused."""
    if not hot or core_c >= HOT_C.value:
        return None
    if not remark:
        detail = f"hot food is served at {HOT_C.value} °C or above: say what was done about {core_c:g} °C"
        raise DomainError("remark-required", detail, field=f"{field}.remark")
    return Alarm.NOT_HOT
