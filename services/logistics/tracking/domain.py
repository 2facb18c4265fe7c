"""Rules of tracking: which readings are believed, and when the cold chain is broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import Conflict, DomainError

LIMITS_C: dict[str, tuple[float | None, float | None]] = {
    "ambient": (None, None),
    "chilled": (0.0, 10.0),
    "frozen": (None, -18.0),
}
"""Lowest and highest allowed °C of a load space by class (domain.md §5; from memory, to be checked against the law)."""
ALLOWED = timedelta(minutes=15)
"""How long a load space may be outside its limit: doors are opened at every stop (assumption of this project)."""
CLOCK_OFF = timedelta(days=1)
CHINA = (3.8, 53.6, 73.4, 135.1)
"""Southernmost, northernmost, westernmost and easternmost degrees of China: what lies outside is a broken device."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A temperature at an instant."""

    at: datetime
    temperature_c: float


@dataclass(frozen=True, slots=True)
class Warm:
    """Consecutive readings outside the limit, from the first to the last, and the one farthest from it."""

    since: datetime
    until: datetime
    worst_c: float


def limit_of(temperature_class: str) -> tuple[float | None, float | None]:
    """Return the lowest and highest allowed °C of a class, None where there is none."""
    return LIMITS_C[temperature_class]


def excess(temperature_class: str, temperature_c: float) -> float:
    """Return by how many degrees a temperature is outside its class's limit; 0 or less is inside."""
    low, high = LIMITS_C[temperature_class]
    over = [temperature_c - high] if high is not None else []
    under = [low - temperature_c] if low is not None else []
    return max([*over, *under, 0.0])


def require_on_the_way(trip_id: str, departed_at: datetime | None) -> None:
    """Refuse readings of a trip that has not departed; late ones of a completed trip are welcome."""
    if departed_at is None:
        raise Conflict("trip-not-departed", f"trip {trip_id} has not departed")


def require_believable(points: Sequence[tuple[datetime, float, float]], now: datetime) -> None:
    """Refuse readings (at, lat, lon) from outside China, or from a clock that is more than a day off."""
    south, north, west, east = CHINA
    for index, (at, lat, lon) in enumerate(points):
        if not south <= lat <= north:
            raise DomainError("outside-china", f"latitude {lat} lies outside China", field=f"points.{index}.lat")
        if not west <= lon <= east:
            raise DomainError("outside-china", f"longitude {lon} lies outside China", field=f"points.{index}.lon")
        if abs(at - now) > CLOCK_OFF:
            raise DomainError("clock-off", f"{at.isoformat()} is more than a day off", field=f"points.{index}.at")


def excursions(temperature_class: str, readings: Sequence[Reading]) -> list[Warm]:
    """Return the runs of readings outside the limit that last longer than allowed; readings are ordered by time.

    Silence between two readings outside counts as outside: nobody has shown that it was cold.
    """
    runs: list[list[Reading]] = []
    inside = True
    for reading in readings:
        outside = excess(temperature_class, reading.temperature_c) > 0
        if outside and inside:
            runs.append([])
        if outside:
            runs[-1].append(reading)
        inside = not outside
    return [_warm(temperature_class, run) for run in runs if run[-1].at - run[0].at > ALLOWED]


def _warm(temperature_class: str, run: Sequence[Reading]) -> Warm:
    worst = max(run, key=lambda reading: excess(temperature_class, reading.temperature_c))
    return Warm(run[0].at, run[-1].at, worst.temperature_c)


def join(temperature_class: str, a: Warm, b: Warm) -> Warm:
    """Return the one excursion that two overlapping ones are."""
    worst = max(a.worst_c, b.worst_c, key=lambda temperature_c: excess(temperature_class, temperature_c))
    return Warm(min(a.since, b.since), max(a.until, b.until), worst)
