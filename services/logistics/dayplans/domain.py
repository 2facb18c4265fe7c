"""What the plans of a day's counties come to together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ENDED = ("done", "failed", "cancelled")
_SUMMED = ("trips", "consignments", "distance_m", "cost_fen")


@dataclass(frozen=True, slots=True)
class Sums:
    """How far a day plan is, and what its trips come to so far.

    It is `running` until each county has ended; then `cancelled` if a county was, else `failed` if one is, else `done`.
    """

    status: str
    progress_permille: int
    counties: dict[str, int]
    trips: int
    consignments: int
    unplanned: int
    distance_m: int
    cost_fen: int
    finished_at: datetime | None


def sums_of(plans: Sequence[Any]) -> Sums:
    """Return what trip plans, at least one, come to; `counties` counts them by status."""
    counted = Counter(plan.status for plan in plans)
    ended = all(plan.status in ENDED for plan in plans)
    done = sum(1000 if plan.status in ENDED else plan.progress_permille for plan in plans)
    return Sums(
        status=next((one for one in ("cancelled", "failed") if counted[one]), "done") if ended else "running",
        progress_permille=done // len(plans),
        counties=dict(sorted(counted.items())),
        unplanned=sum(len(plan.unplanned) for plan in plans),
        finished_at=max(plan.finished_at for plan in plans) if ended else None,
        **{name: sum(getattr(plan, name) for plan in plans) for name in _SUMMED},
    )
