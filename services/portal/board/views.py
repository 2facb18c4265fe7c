"""What the board shows: pure functions from what logistics answers to rows, counts and a map."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.portal.languages import N_
from shared.auth.principal import EVERYWHERE, Principal, Role

Tone = Literal["ok", "warn", "bad", "info", ""]
_DRIVER = re.compile(r"drv-[0-9]+-0*([1-9][0-9]*)")
OFFICE = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})
"""Who changes something; others who see the board look on."""
STOP_KINDS = {"pickup": N_("Pick up"), "delivery": N_("Deliver"), "return": N_("Back home")}
CLASSES = {"ambient": N_("Not cooled"), "chilled": N_("Chilled"), "frozen": N_("Frozen")}


@dataclass(frozen=True, slots=True)
class Sort:
    """A state of runs: how urgent it is, its tone and its word (msgid)."""

    rank: int
    tone: Tone
    word: str


SORTS: dict[str, Sort] = {
    "late": Sort(0, "bad", N_("Late")),
    "warm": Sort(1, "bad", N_("Too warm or too cold")),
    "silent": Sort(2, "warn", N_("Sensor silent")),
    "overdue": Sort(3, "warn", N_("Should have left")),
    "way": Sort(4, "ok", N_("On time")),
    "planned": Sort(5, "", N_("To leave")),
    "broken": Sort(6, "info", N_("Broken down")),
    "completed": Sort(7, "info", N_("Done")),
}


WORDS = {"states": SORTS, "stop_kinds": STOP_KINDS, "classes": CLASSES}
"""What templates of the board look words up in."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where trips stop."""

    kind: str
    place_id: str
    zh: str
    en: str
    lat: float
    lon: float

    def name(self, language: str) -> str:
        """Return what it is called."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a county beside its trips: places by (kind, id), plates by vehicle."""

    places: Mapping[tuple[str, str], Place]
    plates: Mapping[str, str]

    def place(self, kind: str, place_id: str) -> Place | None:
        """Return a place; a collection point is a depot."""
        return self.places.get(("depot" if kind == "point" else kind, place_id))

    def plate(self, vehicle_id: str) -> str:
        """Return the plate of a vehicle, its id where that is not known."""
        return self.plates.get(vehicle_id, vehicle_id)


def known_of(places: Any, vehicles: Any) -> Known:
    """Return what is known of a county; a part that is away leaves ids in the place of names."""
    rows = places if isinstance(places, list) else []
    found = [
        Place(one["kind"], one["place_id"], one["name_zh"], one["name_en"], one["lat"], one["lon"]) for one in rows
    ]
    plates = {one["vehicle_id"]: one["plate"] for one in vehicles} if isinstance(vehicles, list) else {}
    return Known({(one.kind, one.place_id): one for one in found}, plates)


@dataclass(frozen=True, slots=True)
class Run:
    """A trip as a row of the board. `sorts`: the states it is in, the most urgent first (keys of SORTS)."""

    trip_id: str
    day: str
    sorts: tuple[str, ...]
    plate: str
    driver_id: str | None
    number: int
    temperature_class: str
    load_g: int
    starts_at: str
    ends_at: str
    late_minutes: int = 0
    next_place: Place | None = None
    next_id: str = ""
    next_kind: str = ""
    expected_at: str | None = None
    heard_at: str | None = None
    position: tuple[float, float] | None = None
    temperature_c: float | None = None
    alarms: int = 0
    orders: int = 0
    loaded: int = 0
    arrived: int = 0

    @property
    def driver_number(self) -> str:
        """Which of the county's drivers it is, where the id says so (`drv-520628-003`): drivers have no names here."""
        found = _DRIVER.fullmatch(self.driver_id or "")
        return found[1] if found else ""

    @property
    def sort(self) -> Sort:
        """Its most urgent state."""
        return SORTS[self.sorts[0]]

    @property
    def rank(self) -> str:
        """What orders rows as text: the most urgent first, then by time."""
        return f"{self.sort.rank} {999 - self.late_minutes:03d} {self.starts_at} {self.plate}"


_THERE = ("arrived", "received")


def run_of(trip: Mapping[str, Any], told: Mapping[str, Any] | None, known: Known, now: datetime) -> Run:
    """Return a trip's row: from the list of trips, and from what it told of itself on its way if it did."""
    status = trip["status"] if told is None else told["status"]
    ahead = [] if told is None else told["stops"]
    following = ahead[0] if ahead and status == "departed" else None
    counts: Mapping[str, int] = trip["counts"]
    return Run(
        trip_id=trip["trip_id"],
        day=trip["day"],
        sorts=_sorts(status, trip, told, now),
        plate=known.plate(trip["vehicle_id"]),
        driver_id=trip["driver_id"],
        number=trip["number"],
        temperature_class=trip["temperature_class"],
        load_g=trip["load_g"],
        starts_at=trip["starts_at"],
        ends_at=trip["ends_at"],
        late_minutes=told["late_minutes"] if told is not None and status == "departed" else 0,
        next_place=known.place(following["place_kind"], following["place_id"]) if following else None,
        next_id=following["place_id"] if following else "",
        next_kind=following["kind"] if following else "",
        expected_at=following["expected_at"] if following else None,
        heard_at=told["at"] if told else None,
        position=(told["lat"], told["lon"]) if told else None,
        temperature_c=told["temperature_c"] if told else None,
        alarms=told["alarms"] if told else 0,
        orders=sum(n for state, n in counts.items() if state != "cancelled"),
        loaded=counts.get("loaded", 0),
        arrived=sum(counts.get(state, 0) for state in _THERE),
    )


def _sorts(status: str, trip: Mapping[str, Any], told: Mapping[str, Any] | None, now: datetime) -> tuple[str, ...]:
    if status == "planned":
        return ("overdue",) if datetime.fromisoformat(trip["starts_at"]) < now else ("planned",)
    found = []
    if status == "departed":
        found = ["silent"] if told is None else [name for name in ("warm", "silent") if told[name]]
        if told is not None and told["late_minutes"]:
            found.insert(0, "late")
        return tuple(found or ["way"])
    return ("warm", status) if told is not None and told["warm"] else (status,)


def runs_of(trips: Iterable[Mapping[str, Any]], board: Any, known: Known, now: datetime) -> list[Run]:
    """Return a day's rows, the most urgent first; what trips told of themselves may be away."""
    told = {one["trip_id"]: one for one in board} if isinstance(board, list) else {}
    return sorted((run_of(one, told.get(one["trip_id"]), known, now) for one in trips), key=lambda run: run.rank)


def counted(runs: Sequence[Run]) -> list[tuple[str, Sort, int]]:
    """Return how many runs are in which state, the most urgent first; a run may be in several."""
    counts = Counter(name for run in runs for name in run.sorts)
    return [(name, sort, counts[name]) for name, sort in SORTS.items() if counts[name]]


def collection(known: Known, language: str) -> dict[str, Any]:
    """Return the places of a county as a GeoJSON FeatureCollection."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [round(one.lon, 5), round(one.lat, 5)]},
                "properties": {"kind": one.kind, "name": one.name(language)},
            }
            for one in known.places.values()
        ],
    }


def counties_of(principal: Principal) -> list[str] | None:
    """Return whose boards somebody may watch, None: those of the whole province."""
    return None if EVERYWHERE in principal.counties else sorted(principal.counties)


@dataclass(frozen=True, slots=True)
class Driven:
    """What a vehicle or driver does on a day, trip after trip."""

    name: str
    runs: tuple[Run, ...]
    load_g: int


def driven(runs: Iterable[Run], by: str) -> list[Driven]:
    """Return the runs of each vehicle or driver (`by`), in order of time."""
    grouped: dict[str, list[Run]] = {}
    for run in sorted(runs, key=lambda one: one.starts_at):
        grouped.setdefault((run.driver_id or "") if by == "driver" else run.plate, []).append(run)
    return [Driven(name, tuple(its), sum(run.load_g for run in its)) for name, its in sorted(grouped.items())]
