"""What the board shows: the most urgent first, in the state that trips are in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.portal.board.curve import HEIGHT, WIDTH, curve
from services.portal.board.detail import halts_of
from services.portal.board.views import Known, Place, counted, driven, known_of, run_of, runs_of
from services.portal.upstream import Away

NOW = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
SCHOOL = Place("canteen", "sch-1", "一小", "First School", 28.1, 109.1)
DEPOT = Place("depot", "dep-1", "车场", "Depot", 28.2, 109.2)
KNOWN = Known({("canteen", "sch-1"): SCHOOL, ("depot", "dep-1"): DEPOT}, {"veh-1": "A-1"})


def a_trip(trip_id: str = "t1", **other: Any) -> dict[str, Any]:
    """A trip as logistics lists it."""
    return {
        "trip_id": trip_id,
        "day": "2026-11-30",
        "vehicle_id": "veh-1",
        "driver_id": "drv-1",
        "number": 1,
        "temperature_class": "chilled",
        "status": "departed",
        "load_g": 100_000,
        "starts_at": "2026-11-29T22:00:00Z",
        "ends_at": "2026-11-30T02:00:00Z",
        "counts": {"loaded": 2, "arrived": 1, "cancelled": 1},
    } | other


def told(trip_id: str = "t1", **other: Any) -> dict[str, Any]:
    """What a trip told of itself, as logistics' board shows it."""
    stop = {"sequence": 2, "kind": "delivery", "place_kind": "canteen", "place_id": "sch-1"}
    return {
        "trip_id": trip_id,
        "day": "2026-11-30",
        "status": "departed",
        "stops": [stop | {"planned_at": "2026-11-30T00:10:00Z", "expected_at": "2026-11-30T00:40:00Z"}],
        "reached": [],
        "at": "2026-11-30T00:00:00Z",
        "lat": 28.15,
        "lon": 109.15,
        "temperature_c": 5.5,
        "alarms": 0,
        "late_minutes": 0,
        "warm": False,
        "silent": False,
        "changed_at": "2026-11-30T00:00:00Z",
    } | other


@pytest.mark.parametrize(
    ("trip", "of_it", "sorts"),
    [
        ({}, {}, ("way",)),
        ({}, {"late_minutes": 30, "warm": True, "silent": True}, ("late", "warm", "silent")),
        ({}, None, ("silent",)),
        ({"status": "planned"}, None, ("overdue",)),
        ({"status": "planned", "starts_at": "2026-11-30T01:00:00Z"}, None, ("planned",)),
        ({"status": "completed"}, {"status": "completed"}, ("completed",)),
        ({"status": "completed"}, {"status": "completed", "warm": True}, ("warm", "completed")),
        ({"status": "broken"}, {"status": "broken"}, ("broken",)),
    ],
)
def test_states_of_runs(trip: dict[str, Any], of_it: dict[str, Any] | None, sorts: tuple[str, ...]) -> None:
    """What logistics says decides; a trip on its way that told nothing is silent, one that has not left is overdue."""
    run = run_of(a_trip(**trip), None if of_it is None else told(**of_it), KNOWN, NOW)
    assert run.sorts == sorts


def test_rows_say_what_is_next_and_come_by_urgency() -> None:
    """Late before warm before silent before on time; of the late ones the latest first."""
    trips = [a_trip(name) for name in ("fine", "late", "later", "warm", "silent")]
    board = [
        told("fine"),
        told("late", late_minutes=20),
        told("later", late_minutes=90),
        told("warm", warm=True),
        told("silent", silent=True),
    ]
    runs = runs_of(trips, board, KNOWN, NOW)
    assert [run.trip_id for run in runs] == ["later", "late", "warm", "silent", "fine"]
    first = runs[0]
    assert (first.plate, first.orders, first.loaded, first.arrived) == ("A-1", 3, 2, 1)
    assert first.next_place == SCHOOL
    assert [(name, n) for name, _, n in counted(runs)] == [("late", 2), ("warm", 1), ("silent", 1), ("way", 1)]
    (one,) = driven(runs[:1], "driver")
    assert (one.name, one.load_g) == ("drv-1", 100_000)


def test_what_is_away_leaves_ids() -> None:
    """Without names rows have ids, and no state that only the board would tell."""
    known = known_of(Away("logistics"), Away("logistics"))
    (run,) = runs_of([a_trip(status="completed")], Away("logistics"), known, NOW)
    assert (run.plate, run.sorts) == ("veh-1", ("completed",))


def test_the_way_of_a_trip() -> None:
    """Orders at one place are one stop; what was reached is done, the first of the others is next."""
    names = ("sequence", "kind", "place_kind", "place_id", "planned_at", "order_ids")
    rows = [
        (1, "pickup", "cooperative", "coop-1", "2026-11-29T23:00:00Z", ["a", "b"]),
        (2, "delivery", "canteen", "sch-1", "2026-11-30T00:10:00Z", ["a"]),
        (3, "delivery", "canteen", "sch-1", "2026-11-30T00:10:00Z", ["b"]),
        (4, "return", "depot", "dep-1", "2026-11-30T02:00:00Z", []),
    ]
    trip = a_trip(stops=[dict(zip(names, row, strict=True)) for row in rows], consignments=[])
    reached = [{"sequence": 1, "arrived_at": "2026-11-29T23:05:00Z"}]
    halts = halts_of(trip, told(reached=reached), KNOWN)
    assert [(halt.kind, halt.state, halt.orders) for halt in halts] == [
        ("pickup", "done", 2),
        ("delivery", "next", 2),
        ("return", "ahead", 0),
    ]
    assert (halts[0].arrived_at, halts[1].expected_at) == ("2026-11-29T23:05:00Z", "2026-11-30T00:40:00Z")


def test_a_curve_lies_in_its_drawing_and_breaks_where_nothing_was_told() -> None:
    """Cold is below warm, the band of what is allowed lies between its limits, a silence is no line."""
    minutes = [*range(0, 30, 5), *range(60, 80, 5)]
    readings = [
        {"device_id": "d", "at": (NOW + timedelta(minutes=m)).isoformat(), "temperature_c": 4.0 + m / 10}
        for m in minutes
    ]
    drawn = curve([*readings, readings[0] | {"temperature_c": None}], 0.0, 10.0, 15)
    assert drawn is not None
    (line,) = drawn.lines
    assert len(line.pieces) == 2
    dots = [tuple(map(float, dot.split(","))) for piece in line.pieces for dot in piece.split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in dots)
    assert [y for _, y in dots] == sorted((y for _, y in dots), reverse=True)
    assert (drawn.lowest_c, drawn.highest_c, drawn.last_c) == (4.0, 11.5, 11.5)
    assert drawn.band is not None
    top, tall = drawn.band
    assert 0 < top < top + tall < HEIGHT
    assert curve([], 0.0, 10.0, 15) is None
    # Many readings are few points; the last one is among them.
    many = [one | {"at": (NOW + timedelta(seconds=n)).isoformat()} for n, one in enumerate(readings * 500)]
    shown = curve(many, None, None, 15)
    assert shown is not None
    assert shown.band is None
    assert len(shown.lines[0].pieces[0].split()) < 500
