"""Temperatures over time: mean, mean kinetic temperature, minutes outside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from services.logistics.coldchain.domain import Limit, Reading

ACTIVATION_KJ_PER_MOL = 83.144
"""Activation energy customary for the mean kinetic temperature (USP <1079.2>)."""
_GAS_KJ_PER_MOL_K = 0.0083144
_KELVIN = 273.15


@dataclass(frozen=True, slots=True)
class Over:
    """Temperatures of a time, weighted by how long each was the last one known."""

    lowest_c: float
    highest_c: float
    mean_c: float
    mean_kinetic_c: float


def over_time(limit: Limit, readings: Sequence[Reading]) -> Over:
    """Return the extremes and means of readings, of which there is at least one, ordered by time.

    A reading holds until the next, but no longer than a sensor may be silent: what is not known weighs nothing.
    """
    weights = _weights(limit, readings)
    total = sum(weights)
    told = [reading.temperature_c for reading in readings]
    mean = sum(weight * one for weight, one in zip(weights, told, strict=True)) / total
    return Over(min(told), max(told), mean, _kinetic(weights, told, total))


def _weights(limit: Limit, readings: Sequence[Reading]) -> list[float]:
    most = limit.silence.total_seconds()
    seconds = [min((after.at - here.at).total_seconds(), most) for here, after in pairwise(readings)]
    # The last one is the end of the time before it; alone, or with others of the same instant, it is all there is.
    return [*seconds, 0.0] if sum(seconds) else [1.0] * len(readings)


def _kinetic(weights: Sequence[float], told: Sequence[float], total: float) -> float:
    """Return the one temperature at which as much would have spoiled: (ΔH/R) / −ln(mean of e^(−ΔH/RT))."""
    slope = ACTIVATION_KJ_PER_MOL / _GAS_KJ_PER_MOL_K
    # The exponents are near −36; their differences to the warmest keep the sum away from underflow.
    warmest = max(told) + _KELVIN
    parts = [math.exp(slope / warmest - slope / (one + _KELVIN)) for one in told]
    mean = sum(weight * part for weight, part in zip(weights, parts, strict=True)) / total
    if mean <= 0:
        return min(told)
    return slope / (slope / warmest - math.log(mean)) - _KELVIN


def outside(limit: Limit, readings: Sequence[Reading]) -> tuple[timedelta, timedelta]:
    """Return how long readings were outside the limit in all, and the longest time without one inside.

    A run begins with its first reading outside and ends with the first inside after it, or with the last known.
    """
    runs: list[timedelta] = []
    began = None
    for reading in readings:
        if limit.excess(reading.temperature_c) > 0:
            began = began or reading.at
        elif began is not None:
            runs.append(reading.at - began)
            began = None
    if began is not None:
        runs.append(readings[-1].at - began)
    return sum(runs, timedelta()), max(runs, default=timedelta())
