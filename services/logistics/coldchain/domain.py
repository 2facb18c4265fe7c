"""Rules of the cold chain: what is cold enough, for how long a load space may be outside or a sensor silent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from shared.errors import AlreadyDone, DomainError


@dataclass(frozen=True, slots=True)
class Limit:
    """What holds for a temperature class from a day on.

    Lowest and highest allowed °C (None: no bound), minutes a load space may be outside it (doors are opened at every
    stop), and minutes without a temperature after which a sensor counts as silent.
    """

    temperature_class: str
    valid_from: date
    low_c: float | None
    high_c: float | None
    outside_minutes: int
    silence_minutes: int
    source: str

    @property
    def allowed(self) -> timedelta:
        """How long a load space may be outside."""
        return timedelta(minutes=self.outside_minutes)

    @property
    def silence(self) -> timedelta:
        """How long a sensor may say nothing."""
        return timedelta(minutes=self.silence_minutes)

    @property
    def watched(self) -> bool:
        """Whether there is anything to keep to."""
        return self.low_c is not None or self.high_c is not None

    def excess(self, temperature_c: float) -> float:
        """Return by how many degrees a temperature is outside; 0 is inside."""
        over = 0.0 if self.high_c is None else temperature_c - self.high_c
        under = 0.0 if self.low_c is None else self.low_c - temperature_c
        return max(over, under, 0.0)


_SOURCE = "default of the project: domain.md §5, to be checked against the law; minutes are an assumption"
DEFAULTS = {
    limit.temperature_class: limit
    for limit in (
        Limit("ambient", date.min, None, None, 15, 15, _SOURCE),
        Limit("chilled", date.min, 0.0, 10.0, 15, 15, _SOURCE),
        Limit("frozen", date.min, None, -18.0, 15, 15, _SOURCE),
    )
}
"""What holds where nobody has said anything."""


def holding(limits: Iterable[Limit], day: date) -> dict[str, Limit]:
    """Return the limit of each class that holds on a day: the newest one from before it, else the default."""
    found = dict(DEFAULTS)
    for limit in sorted(limits, key=lambda one: one.valid_from):
        if limit.valid_from <= day:
            found[limit.temperature_class] = limit
    return found


class Reading(NamedTuple):
    """A temperature at an instant."""

    at: datetime
    temperature_c: float


@dataclass(frozen=True, slots=True)
class Warm:
    """Consecutive readings outside the limit, from the first to the last, and the one farthest from it."""

    since: datetime
    until: datetime
    worst_c: float


def runs_outside(limit: Limit, readings: Sequence[Reading]) -> list[Warm]:
    """Return every run of readings outside the limit; readings are ordered by time.

    Silence between two readings outside counts as outside: nobody has shown that it was cold.
    """
    runs: list[list[Reading]] = []
    inside = True
    for reading in readings:
        outside = limit.excess(reading.temperature_c) > 0
        if outside and inside:
            runs.append([])
        if outside:
            runs[-1].append(reading)
        inside = not outside
    return [_warm(limit, run) for run in runs]


def excursions(limit: Limit, readings: Sequence[Reading]) -> list[Warm]:
    """Return the runs of readings outside the limit that last longer than allowed; readings are ordered by time."""
    return [run for run in runs_outside(limit, readings) if run.until - run.since > limit.allowed]


_AT = attrgetter("at")


def may_break(limit: Limit, readings: Sequence[Reading]) -> list[datetime]:
    """Return when readings were outside the limit, but for those that can belong to no excursion, in order.

    Between two readings inside that are no farther apart than allowed nothing can last too long, whatever comes late.
    """
    found: list[datetime] = []
    outside: list[datetime] = []
    inside: datetime | None = None
    told = [reading.temperature_c for reading in readings]
    if not told or (limit.excess(min(told)) == 0 and limit.excess(max(told)) == 0):
        return []
    for reading in sorted(readings, key=_AT):
        if limit.excess(reading.temperature_c) > 0:
            outside.append(reading.at)
            continue
        if inside is None or reading.at - inside > limit.allowed:
            found += outside
        inside, outside = reading.at, []
    return found + outside


def _warm(limit: Limit, run: Sequence[Reading]) -> Warm:
    worst = max(run, key=lambda reading: limit.excess(reading.temperature_c))
    return Warm(run[0].at, run[-1].at, worst.temperature_c)


def join(limit: Limit, a: Warm, b: Warm) -> Warm:
    """Return the one excursion that two overlapping ones are."""
    worst = max(a.worst_c, b.worst_c, key=limit.excess)
    return Warm(min(a.since, b.since), max(a.until, b.until), worst)


def silences(limit: Limit, told: Sequence[datetime], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times from `start` to `end` in which nothing was told for longer than a sensor may be silent.

    `told` are the ordered instants of temperatures.
    """
    marks = [start, *(at for at in told if start < at < end), end]
    return [(a, b) for a, b in pairwise(marks) if b - a > limit.silence]


def may_fill(
    limit: Limit,
    told: Sequence[datetime],
    silent: tuple[datetime, datetime | None],
    end: datetime | None,
    now: datetime,
) -> bool:
    """Whether temperatures that were told just now, at least one, can fill a silence or end it.

    `silent` is since when it was, and until when (None: it lasts), `end` when its trip was over. One that has ended is
    filled by what was told within it. One that lasts has ended when the last temperature is not older than a sensor may
    be silent; those told before were older when they came.
    """
    since, until = silent
    if until is None:
        return end is not None or now - max(told) <= limit.silence
    return any(since < at < until for at in told)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Who has looked at an alarm, and what they say."""

    by: str
    note: str


def acknowledge(alarm_id: str, before: Acknowledged | None, now: Acknowledged) -> bool:
    """Whether an acknowledgement is new; the same again is not, another one is refused (AlreadyDone)."""
    if before is not None and before != now:
        raise AlreadyDone("alarm-acknowledged", f"alarm {alarm_id} was acknowledged by {before.by}", field="by")
    return before is None


def require_sound(limit: Limit) -> None:
    """Refuse a limit whose lowest temperature is above its highest."""
    if limit.low_c is not None and limit.high_c is not None and limit.low_c > limit.high_c:
        raise DomainError("limits-crossed", f"{limit.low_c} °C is above {limit.high_c} °C", field="low_c")


def fresh_limits(present: Mapping[tuple[str, date], Limit], told: Iterable[Limit]) -> tuple[list[Limit], list[Limit]]:
    """Return which limits are new and which are changed."""
    wanted = {(limit.temperature_class, limit.valid_from): limit for limit in told}
    new = [limit for place, limit in wanted.items() if place not in present]
    return new, [limit for place, limit in wanted.items() if place in present and present[place] != limit]
