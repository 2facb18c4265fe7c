"""Rules of the fleet: who may drive what, when, and what a village's own vehicle offers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from services.logistics.dated import holding_on
from shared.errors import DomainError

COVERS = {"A2": ("A2", "B2", "C1", "C2"), "B2": ("B2", "C1", "C2"), "C1": ("C1", "C2"), "C2": ("C2",)}
"""What a licence allows to drive: Ministry of Public Security, Order 162 (in force since 2022-04-01), annex 1."""
ROADS = ("paved", "gravel", "track")
"""Roads, each worse than the one before; a vehicle takes all up to its own."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver on a day. What nobody has told of a licence or certificate is not held against it; what ended is."""

    driver_id: str
    depot_id: str
    licence: str | None = None
    licence_until: date | None = None
    health_certificate_until: date | None = None
    longest_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class DrivingRule:
    """How long a driver's day may be from a day on, from first start to last return, unless told of the driver."""

    valid_from: date
    longest_minutes: int
    source: str


DEFAULT_RULE = DrivingRule(
    date.min,
    660,
    "Labour Law of the PRC, art. 36 and 41: eight hours a day, and at most three of overtime",
)
"""What holds where nobody has said anything: the longest day the law allows."""


def driving_rule(rules: Iterable[DrivingRule], day: date) -> DrivingRule:
    """Return the rule that holds on a day: the newest one from before it, else the default."""
    return holding_on(rules, day, DEFAULT_RULE)


def fit_to_drive(driver: Driver, day: date) -> bool:
    """Whether licence and health certificate are valid on a day, as far as they are known."""
    ends = (driver.licence_until, driver.health_certificate_until)
    return all(end is None or end >= day for end in ends)


def may_drive(driver: Driver, licence: str) -> bool:
    """Whether a driver's licence covers the one a vehicle needs."""
    return driver.licence is None or licence in COVERS[driver.licence]


def drivers_for(
    vehicles: Iterable[tuple[str, str, str]], drivers: Iterable[Driver], taken: Mapping[str, str]
) -> dict[str, str]:
    """Return a driver per vehicle for the day: the one it has already, else a free one of its depot who may drive it.

    `vehicles` are (id, depot, licence needed), `taken` maps vehicles to drivers. Who may drive least is taken first. A
    vehicle may stay without a driver: the dispatcher then finds one.
    """
    chosen = dict(taken)
    busy = set(taken.values())
    free = [driver for driver in drivers if driver.driver_id not in busy]
    free.sort(key=lambda driver: (len(COVERS.get(driver.licence or "", ())), driver.driver_id))
    for vehicle_id, depot_id, licence in vehicles:
        if vehicle_id not in chosen:
            mine = next((one for one in free if one.depot_id == depot_id and may_drive(one, licence)), None)
            if mine is not None:
                free.remove(mine)
                chosen[vehicle_id] = mine.driver_id
    return chosen


def check_vehicle(temperature_class: str, frozen_boxes: bool, chilled_g: int | None, frozen_g: int | None) -> None:
    """Refuse what no vehicle can be: boxes for frozen food outside a chilled one, room for what it may not carry."""
    if frozen_boxes and temperature_class != "chilled":
        raise DomainError(
            "boxes-in-chilled-only", "boxes for frozen food go into chilled vehicles", field="frozen_boxes"
        )
    if chilled_g is not None and temperature_class != "chilled":
        raise DomainError(
            "room-of-another-class", "only a chilled vehicle has room for chilled food", field="chilled_g"
        )
    if frozen_g is not None and not (temperature_class == "frozen" or frozen_boxes):
        detail = "only a frozen vehicle, or one with boxes, has room for frozen food"
        raise DomainError("room-of-another-class", detail, field="frozen_g")


def check_hours(starts_at: time | None, ends_at: time | None) -> None:
    """Refuse hours that end before they begin."""
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise DomainError("ends-before-it-starts", f"{ends_at} is not after {starts_at}", field="ends_at")


def check_spare(vehicle: Mapping[str, Any], capacity_g: int, temperature_class: str) -> None:
    """Refuse spare capacity of a vehicle that is no village's own, or more and colder than it has."""
    if vehicle["cooperative_id"] is None:
        detail = f"{vehicle['vehicle_id']} is no village's own: all of it is planned anyway"
        raise DomainError("no-village-vehicle", detail, field="vehicle_id")
    if capacity_g > vehicle["capacity_g"]:
        detail = f"{vehicle['vehicle_id']} has room for {vehicle['capacity_g']} g"
        raise DomainError("more-than-it-carries", detail, field="capacity_g")
    if temperature_class not in ("ambient", vehicle["temperature_class"]):
        detail = f"{vehicle['vehicle_id']} is {vehicle['temperature_class']}"
        raise DomainError("class-it-cannot-keep", detail, field="temperature_class")


def check_through(kind: str, depot: Mapping[str, Any] | None) -> None:
    """Refuse a collection point for a school, and a depot that is none."""
    if depot is None:
        return
    if kind != "cooperative":
        raise DomainError("schools-are-not-collected", "only cooperatives have a collection point", field="depot_id")
    if depot["onward_from"] is None:
        detail = f"{depot['depot_id']} is no collection point: it has no onward_from"
        raise DomainError("no-collection-point", detail, field="depot_id")
