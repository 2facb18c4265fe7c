"""What a trip plan is made from and what it is: plain values and what may ride where.

Seconds count from 05:00 school time. Nothing is imported here that a worker process would have to wait for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from services.logistics.fleet.domain import ROADS

# Assumptions of this project, not measured: every stop takes this long where nobody has told otherwise; …
STOP_S = 600
# … a day begins at 05:00 (second 0, so that the first school is reached before it cooks) and ends at 20:00.
DAY_ENDS_S = 15 * 3600

Position = tuple[float, float]
"""Latitude and longitude in WGS-84 degrees."""
Report = Callable[[float], None]
Window = tuple[int, int]
"""Earliest and latest second."""
Place = tuple[str, str]
"""Its kind (`depot`, `cooperative`, `canteen`, `point`, `roadside`) and id."""
ALL_DAY: Window = (0, DAY_ENDS_S)


@dataclass(frozen=True, slots=True)
class Site:
    """A place: when it may be served, how long a stop takes, by which road it is reached (of ROADS).

    What was collected at a point leaves it from `onward_s` on.
    """

    hours: Window = ALL_DAY
    stop_s: int = STOP_S
    road: str = ROADS[0]
    onward_s: int | None = None

    @property
    def gathering(self) -> Window:
        """When unloading may begin at a point so that all is there when it goes on."""
        return 0, (self.onward_s or 0) - self.stop_s

    @property
    def onward(self) -> Window:
        """When what was gathered at a point may be loaded."""
        return self.onward_s or 0, DAY_ENDS_S


@dataclass(frozen=True, slots=True)
class Roads:
    """The way in m and the time in s between places, whole numbers: from a row to a column of `index`."""

    index: Mapping[Place, int]
    metres: list[list[int]]
    seconds: list[list[int]]

    def leg(self, a: Place, b: Place) -> tuple[int, int]:
        """Return (m, s) from one place to another."""
        row, column = self.index[a], self.index[b]
        return self.metres[row][column], self.seconds[row][column]


@dataclass(frozen=True, slots=True)
class Load:
    """A consignment to bring from one place to another: grams, the class it must travel in, when.

    `through` is the collection point it is gathered at on the way, `vehicle_id` the only one it may ride with.
    """

    order_id: str
    origin: Place
    goal: Place
    grams: int
    temperature_class: str
    pickup: Window = ALL_DAY
    delivery: Window = ALL_DAY
    through: Place | None = None
    vehicle_id: str | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle, free from a second of the day on where it `stands` (at home if not told).

    Its next trip of the day has `number`; its driver's day began at `since_s` (with the next trip if not told) and
    lasts `longest_s`. `canteens`: the schools it passes, any if not told.
    """

    vehicle_id: str
    home: Place
    capacity_g: int
    temperature_class: str
    frozen_boxes: bool = False
    chilled_g: int | None = None
    frozen_g: int | None = None
    free_s: int = 0
    until_s: int = DAY_ENDS_S
    longest_s: int = DAY_ENDS_S
    since_s: int | None = None
    stands: Place | None = None
    number: int = 1
    roads: str = ROADS[-1]
    canteens: frozenset[str] | None = None
    fen_per_km: int = 400
    fen_per_hour: int = 2_500
    fen_per_day: int = 0

    @property
    def start(self) -> Place:
        """Where it stands when it is free."""
        return self.stands or self.home

    def back_by(self, starts_s: int) -> int:
        """Return when it must be home if it starts then."""
        return min(self.until_s, (starts_s if self.since_s is None else self.since_s) + self.longest_s)


@dataclass(frozen=True, slots=True)
class Ride:
    """How loads of a class went from a place to another in an earlier plan.

    The vehicle, and which of its calls of that day they were picked up and set down at.
    """

    origin: Place
    goal: Place
    temperature_class: str
    vehicle_id: str
    pickup: int
    delivery: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What a plan is made from. A load whose places are not among `sites` cannot be planned.

    `rides` of an earlier plan are what the optimiser may start from.
    """

    loads: tuple[Load, ...]
    vehicles: tuple[Vehicle, ...]
    sites: Mapping[Place, Site]
    roads: Roads
    rides: tuple[Ride, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """What a vehicle does at a place: `pickup` or `delivery` of loads."""

    kind: str
    place: Place
    loads: tuple[Load, ...]

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders of its loads."""
        return tuple(load.order_id for load in self.loads)


@dataclass(frozen=True, slots=True)
class Route:
    """A vehicle's visits of a day, or of a part of it; it leaves where it stands at `starts_s`."""

    vehicle: Vehicle
    visits: tuple[Visit, ...]
    starts_s: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop: `pickup` or `delivery` at a place, begun at a second of the day."""

    kind: str
    place: Place
    at_s: int
    order_ids: tuple[str, ...]

    @property
    def place_id(self) -> str:
        """The id of its place."""
        return self.place[1]


@dataclass(frozen=True, slots=True)
class PlannedTrip:
    """A vehicle's way from where it stands, empty, until it is empty again; the day's last one ends at home.

    `temperature_class` is what its load space is held at.
    """

    vehicle_id: str
    number: int
    temperature_class: str
    load_g: int
    distance_m: int
    cost_fen: int
    starts_s: int
    ends_s: int
    start: Place
    end: Place
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Unplanned:
    """An order no vehicle takes: by which rule, and why in words."""

    order_id: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Trips, what fits in none of them, and what is to be said of how the plan was made."""

    trips: tuple[PlannedTrip, ...]
    unplanned: tuple[Unplanned, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def cost_fen(self) -> int:
        """What its trips cost."""
        return sum(trip.cost_fen for trip in self.trips)


def room_g(vehicle: Vehicle, temperature_class: str) -> int:
    """Return the room a vehicle has for a class: ambient any, chilled a chilled one, frozen a frozen one or boxes."""
    if temperature_class == "ambient":
        return vehicle.capacity_g
    if temperature_class == "chilled":
        return _least(vehicle.chilled_g, vehicle.capacity_g) if vehicle.temperature_class == "chilled" else 0
    holds = vehicle.temperature_class == "frozen" or vehicle.frozen_boxes
    return _least(vehicle.frozen_g, vehicle.capacity_g) if holds else 0


def _least(bound: int | None, capacity_g: int) -> int:
    return capacity_g if bound is None else min(bound, capacity_g)


def carries(vehicle: Vehicle, temperature_class: str) -> bool:
    """Whether a vehicle may carry a class at all."""
    return room_g(vehicle, temperature_class) > 0


def regime(vehicle: Vehicle, classes: set[str]) -> str:
    """Return what the load space is held at: boxes keep frozen food frozen in a chilled space."""
    return "ambient" if classes <= {"ambient"} else vehicle.temperature_class


def goes_along(vehicle: Vehicle, classes: set[str], temperature_class: str) -> bool:
    """Whether a class may be added to a trip's: a frozen space would spoil anything that is not frozen."""
    together = classes | {temperature_class}
    return carries(vehicle, temperature_class) and (vehicle.temperature_class != "frozen" or len(together) == 1)


def may_stop(vehicle: Vehicle, place: Place, site: Site) -> bool:
    """Whether a vehicle may go to a place: by the road there, and to a school only if it passes it."""
    passes = vehicle.canteens is None or place[0] != "canteen" or place[1] in vehicle.canteens
    return passes and ROADS.index(site.road) <= ROADS.index(vehicle.roads)


def may_take(problem: Problem, vehicle: Vehicle, load: Load) -> bool:
    """Whether a vehicle could take a load if it had nothing else to do and all the time there is."""
    if load.vehicle_id not in (None, vehicle.vehicle_id) or load.grams > room_g(vehicle, load.temperature_class):
        return False
    return all(may_stop(vehicle, place, problem.sites[place]) for place in (load.origin, load.goal))


def window_of(problem: Problem, visit: Visit) -> Window:
    """Return when a visit may begin: within the hours of its place and what is asked for each of its loads."""
    hours = problem.sites[visit.place].hours
    for load in visit.loads:
        hours = narrowed(hours, load, visit.kind)
    return hours


def narrowed(hours: Window, load: Load, kind: str) -> Window:
    """Return what is left of some hours for a visit, `pickup` or `delivery`, that is made for a load, too."""
    early, late = load.pickup if kind == "pickup" else load.delivery
    return max(hours[0], early), min(hours[1], late)


def legs_of(problem: Problem, load: Load) -> tuple[Load, Load]:
    """Return the two parts of a load's way through its collection point."""
    point = load.through
    if point is None:
        raise ValueError(f"{load.order_id} goes through no point")
    site = problem.sites[point]
    to_it = replace(load, goal=point, delivery=site.gathering, through=None)
    return to_it, replace(load, origin=point, pickup=site.onward, through=None)
