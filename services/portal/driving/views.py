"""What a run sheet shows: pure functions from what logistics answers to what a template needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from services.portal.languages import N_
from services.portal.phones import Phones

Told = Mapping[str, Any]
TRIP_STATUS: dict[str, tuple[str, str]] = {
    "planned": ("info", N_("To load")),
    "departed": ("warn", N_("On the way")),
    "completed": ("ok", N_("Done")),
    "broken": ("bad", N_("Broken down")),
}
CLASSES: dict[str, str] = {
    "ambient": N_("No cooling needed"),
    "chilled": N_("Chilled"),
    "frozen": N_("Frozen"),
}
_OVER = ("completed", "broken")
_ON_BOARD = ("loaded", "arrived", "received")
_THERE = ("arrived", "received")
_PACKED = ("dispatched", *_ON_BOARD)


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot to put on the vehicle: whether somebody looked at it, and whether it is recalled."""

    lot_id: str
    order_id: str
    food: str
    weight_g: int
    checked: bool
    recalled: bool


@dataclass(frozen=True, slots=True)
class Load:
    """Grams of one food to pick up or set down."""

    food: str
    weight_g: int
    cold: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop: where, when, what, and what is to be done there.

    `state` is `done`, `next` (the one to go to) or `later`; `at` when it was done; `waiting` orders are not packed yet;
    `phone` is called there.
    """

    sequence: int
    kind: str
    place_kind: str
    place_id: str
    name: str
    lat: float
    lon: float
    planned_at: str
    at: str | None
    state: str
    weight_g: int
    loads: Sequence[Load]
    lots: Sequence[Lot]
    order_ids: Sequence[str]
    waiting: int
    hold: bool
    phone: str | None

    @property
    def geo(self) -> str:
        """A link that a phone opens in its map."""
        return f"geo:{self.lat},{self.lon}?q={self.lat},{self.lon}({quote(self.name)})"

    @property
    def unchecked(self) -> list[Lot]:
        """Lots that nobody has looked at."""
        return [lot for lot in self.lots if not lot.checked]

    @property
    def recalled(self) -> list[Lot]:
        """Lots that must stay behind."""
        return [lot for lot in self.lots if lot.recalled]


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip as its driver sees it; `to_load` is how many pick-ups are left, `next` the stop to go to."""

    trip_id: str
    status: str
    starts_at: str
    ends_at: str
    departed_at: str | None
    distance_m: int
    plate: str
    temperature_class: str
    low_c: float | None
    high_c: float | None
    stops: Sequence[Stop]
    loaded: int
    to_load: int

    @property
    def next(self) -> Stop | None:
        """The stop to go to, None when there is none left."""
        return next((stop for stop in self.stops if stop.state == "next"), None)

    @property
    def may_depart(self) -> bool:
        """Whether something is on board of a trip that has not left."""
        return self.status == "planned" and self.loaded > 0


def foods_in(*sheets: Told) -> set[str]:
    """Return the codes of all foods of run sheets."""
    return {line["food_code"] for sheet in sheets for stop in sheet["stops"] for line in stop["lines"]}


def present_of(trips: Iterable[Told]) -> Told | None:
    """Return the trip a driver is on or begins next; the last one when all are over."""
    ordered = sorted(trips, key=lambda trip: (trip["starts_at"], trip["number"]))
    left = [trip for trip in ordered if trip["status"] not in _OVER]
    return left[0] if left else ordered[-1] if ordered else None


def trip_of(
    sheet: Told, detail: Told, check: Told, names: Mapping[str, str], language: str, phones: Phones | None = None
) -> Trip:
    """Return a trip with its stops, from its run sheet, what became of its orders, and its loading check."""
    orders = {one["order_id"]: one for one in detail["consignments"]}
    called = phones or {}
    bare = [_stop(stop, orders, check, names, language) for stop in sheet["stops"]]
    found = [replace(stop, phone=called.get((stop.place_kind, stop.place_id))) for stop in bare]
    open_stops = [stop for stop in found if stop.state != "done" and _is_on(stop, detail["status"])]
    stops = [_placed(stop, open_stops[0] if open_stops else None) for stop in found]
    low_c, high_c = sheet["limit_c"]
    return Trip(
        trip_id=sheet["trip_id"],
        status=detail["status"],
        starts_at=sheet["starts_at"],
        ends_at=sheet["ends_at"],
        departed_at=detail["departed_at"],
        distance_m=sheet["distance_m"],
        plate=str(sheet["vehicle"].get("plate", detail["vehicle_id"])),
        temperature_class=sheet["temperature_class"],
        low_c=low_c,
        high_c=high_c,
        stops=stops,
        loaded=sum(one["status"] in _ON_BOARD for one in orders.values()),
        to_load=sum(stop.kind == "pickup" and stop.state != "done" for stop in found),
    )


def _is_on(stop: Stop, status: str) -> bool:
    """Whether a stop is one of what a trip does now: it loads before it departs, and sets down afterwards."""
    return stop.kind == ("delivery" if status == "departed" else "pickup") and status not in _OVER


def _placed(stop: Stop, present: Stop | None) -> Stop:
    return replace(stop, state="next") if stop is present else stop


def _stop(stop: Told, orders: Mapping[str, Told], check: Told, names: Mapping[str, str], language: str) -> Stop:
    here = [orders[order_id] for order_id in stop["order_ids"] if order_id in orders]
    wanted = _ON_BOARD if stop["kind"] == "pickup" else _THERE
    done = bool(here) and all(one["status"] in wanted for one in here)
    times = [one["loaded_at" if stop["kind"] == "pickup" else "arrived_at"] for one in here]
    loads: dict[str, int] = {}
    for line in stop["lines"]:
        loads[line["food_code"]] = loads.get(line["food_code"], 0) + (line["dispatched_g"] or line["confirmed_g"])
    cold = {line["food_code"] for line in stop["lines"] if line["temperature_class"] != "ambient"}
    return Stop(
        sequence=stop["sequence"],
        kind=stop["kind"],
        place_kind=stop["place_kind"],
        place_id=stop["place_id"],
        name=stop["name_zh" if language == "zh" else "name_en"],
        lat=stop["lat"],
        lon=stop["lon"],
        planned_at=stop["planned_at"],
        at=max((time for time in times if time), default=None) if done else None,
        state="done" if done else "later",
        weight_g=stop["weight_g"],
        loads=[Load(names.get(code, code), grams, code in cold) for code, grams in loads.items()],
        lots=_lots(stop, check, names) if stop["kind"] == "pickup" else [],
        order_ids=stop["order_ids"],
        waiting=sum(one["status"] not in _PACKED for one in here),
        hold=any(one["hold"] for one in here),
        phone=None,
    )


def _lots(stop: Told, check: Told, names: Mapping[str, str]) -> list[Lot]:
    return [
        Lot(
            lot_id=lot["lot_id"],
            order_id=order["order_id"],
            food=names.get(lot["food_code"], lot["food_code"]),
            weight_g=lot["dispatched_g"],
            checked=lot["scanned_at"] is not None,
            recalled=lot["recalled"],
        )
        for order in check["orders"]
        if order["order_id"] in stop["order_ids"]
        for lot in order["lots"]
    ]
