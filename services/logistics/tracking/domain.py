"""Rules of tracking: which readings are believed, and which trip they belong to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.logistics.dated import holding_on
from shared.errors import Conflict, DomainError, NotFound

CHINA = (3.8, 53.6, 73.4, 135.1)
"""Southernmost, northernmost, westernmost and easternmost degrees of China: what lies outside is a broken device."""
GUIZHOU = (23.1, 30.7, 102.1, 111.1)
"""Guizhou with 1.5 degrees (about 150 km) around it: no trip of ours goes farther, and all of the sea lies outside."""
LATEST = timedelta(days=7)
"""How late a reading may come: a device keeps what it could not send (assumption of this project)."""
AHEAD = timedelta(minutes=15)
"""How far a device's clock may be ahead."""
FASTEST_KMH = 200.0
AFTER_TRIP = timedelta(hours=12)
"""How long after it was completed a trip's vehicle may still be on its way back."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How trips are followed from a day on.

    A vehicle has arrived once it was within `geofence_m` of a stop for `geofence_s`; a delay of `delay_minutes`
    is told.
    Days older than `thin_after_days` keep one reading in `thin_s`, those older than `keep_days` are forgotten.
    """

    valid_from: date
    geofence_m: int
    geofence_s: int
    delay_minutes: int
    thin_after_days: int
    thin_s: int
    keep_days: int
    source: str


DEFAULT = Rule(date.min, 150, 120, 15, 30, 300, 731, "default of the project: records are kept for two years")
"""What holds where nobody has said anything; all but the two years (domain.md §5) are assumptions."""


def require_thinned_first(thin_after_days: int, keep_days: int) -> None:
    """Refuse to forget readings before they are thinned."""
    if keep_days < thin_after_days:
        detail = f"readings are thinned after {thin_after_days} days, and forgotten after {keep_days}"
        raise DomainError("forgotten-before-thinned", detail, field="keep_days")


def holding(rules: Iterable[Rule], day: date) -> Rule:
    """Return the rule that holds on a day: the newest one from before it, else the default."""
    return holding_on(rules, day, DEFAULT)


def require_mounted(device_id: str, mounted: dict[str, str | None], vehicle_id: str) -> None:
    """Refuse readings of a device nobody knows, or one that is mounted in another vehicle than the trip's."""
    if device_id not in mounted:
        raise NotFound("device", device_id, field="device_id")
    if mounted[device_id] not in (None, vehicle_id):
        detail = f"device {device_id} is mounted in {mounted[device_id]}, the trip is one of {vehicle_id}"
        raise Conflict("device-elsewhere", detail, field="device_id")


def disbelief(at: datetime, lat: float, lon: float, speed_kmh: float | None, now: datetime) -> DomainError | None:
    """Return why a reading cannot be true, None when it can."""
    south, north, west, east = GUIZHOU
    if not (south <= lat <= north and west <= lon <= east):
        return _misplaced(lat, lon)
    if at - now > AHEAD:
        return DomainError("clock-ahead", f"{at.isoformat()} is still to come", field="at")
    if now - at > LATEST:
        return DomainError("clock-behind", f"{at.isoformat()} is more than {LATEST.days} days ago", field="at")
    if speed_kmh is not None and not 0 <= speed_kmh <= FASTEST_KMH:
        return DomainError("speed", f"{speed_kmh} km/h is no speed of a vehicle", field="speed_kmh")
    return None


def all_believed(
    ats: Sequence[datetime], lats: Sequence[float], lons: Sequence[float], speeds: Sequence[float], now: datetime
) -> bool:
    """Whether nothing speaks against any of these readings, at least one; else :func:`disbelief` says which and why."""
    extremes = (
        disbelief(max(ats), min(lats), min(lons), min(speeds, default=None), now),
        disbelief(min(ats), max(lats), max(lons), max(speeds, default=None), now),
    )
    return extremes == (None, None)


def _misplaced(lat: float, lon: float) -> DomainError:
    south, north, west, east = CHINA
    inside = (south <= lat <= north, west <= lon <= east)
    if not all(inside):
        field, value = ("lon", lon) if inside[0] else ("lat", lat)
        return DomainError("outside-china", f"{field} {value} lies outside China", field=field)
    field = "lon" if GUIZHOU[0] <= lat <= GUIZHOU[1] else "lat"
    detail = f"{lat}, {lon} lies far outside Guizhou, in another province or at sea"
    return DomainError("outside-guizhou", detail, field=field)


@dataclass(frozen=True, slots=True)
class Drive:
    """A time in which what a vehicle's devices tell belongs to a trip."""

    trip_id: str
    departed_at: datetime
    completed_at: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether the vehicle was on this trip then, or on its way back."""
        end = None if self.completed_at is None else self.completed_at + AFTER_TRIP
        return self.departed_at <= at and (end is None or at <= end)


def trip_at(drives: Sequence[Drive], at: datetime) -> str | None:
    """Return the trip a vehicle was on at an instant, None when it was on none; a later trip ends the one before."""
    last: Drive | None = None
    for drive in drives:
        if drive.departed_at <= at and (last is None or drive.departed_at > last.departed_at):
            last = drive
    return last.trip_id if last is not None and last.covers(at) else None
