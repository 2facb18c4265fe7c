"""The rules of membership: on no day does a household belong to two cooperatives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import Conflict, DomainError

FARTHEST = timedelta(days=366)
"""How far ahead a household may say that it will move or leave."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A household belongs to a cooperative from one day until another, both included; an open end lasts."""

    cooperative_id: str
    from_day: date
    until_day: date | None = None

    def lasts_on(self, day: date) -> bool:
        """Whether the household belongs to the cooperative on a day."""
        return self.from_day <= day and (self.until_day is None or self.until_day >= day)


def require_free(history: Sequence[Membership], from_day: date, field: str) -> None:
    """Raise Conflict when the household belongs somewhere on or after a day."""
    for known in history:
        if known.until_day is None or known.until_day >= from_day:
            until = known.until_day or "further notice"
            detail = f"it is a member of {known.cooperative_id} from {known.from_day} until {until}: let it move"
            raise Conflict("member-elsewhere", detail, field=field)


def moved(
    history: Sequence[Membership], cooperative_id: str, from_day: date, today: date
) -> tuple[Membership | None, Membership] | None:
    """Return the membership that ends by a move (None: none lasts) and the one that begins; None: it is so already.

    `history` is ordered by days. Raises DomainError.
    """
    _require_near(from_day, today, "from_day")
    last = history[-1]
    if last.until_day is None and last.cooperative_id == cooperative_id:
        if last.from_day == from_day:
            return None
        raise Conflict("member-already", f"since {last.from_day}", field="cooperative_id")
    if from_day <= last.from_day:
        detail = f"it is a member of {last.cooperative_id} since {last.from_day}"
        raise Conflict("before-membership", detail, field="from_day")
    begun = Membership(cooperative_id, from_day)
    if last.until_day is not None and last.until_day < from_day:
        return None, begun
    return Membership(last.cooperative_id, last.from_day, from_day - timedelta(days=1)), begun


def ended(history: Sequence[Membership], until_day: date, today: date) -> Membership | None:
    """Return the last membership with its end; None: it ends then already. Raises DomainError."""
    _require_near(until_day, today, "until_day")
    last = history[-1]
    if last.until_day == until_day:
        return None
    if last.until_day is not None:
        raise Conflict("membership-over", f"it ends on {last.until_day}", field="until_day")
    if until_day < last.from_day:
        raise Conflict("before-membership", f"it began on {last.from_day}", field="until_day")
    return Membership(last.cooperative_id, last.from_day, until_day)


def _require_near(day: date, today: date, field: str) -> None:
    if abs(day - today) > FARTHEST:
        raise DomainError("too-far", f"at most {FARTHEST.days} days before or after today", field=field)
