"""How far a trip is: expected arrivals, delays that matter, standing at a stop, and readings that can be true."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.logistics.tracking.domain import AFTER_TRIP, Drive, disbelief, trip_at
from services.logistics.tracking.progress import (
    Ahead,
    Seen,
    Stop,
    bound_for,
    expect,
    off_m,
    passed_by,
    still_ahead,
    stood_at,
    to_tell,
)

NOW = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
HOME = (28.10, 109.10)


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def ahead(sequence: int, planned: float, *, told: float | None = None, lat: float = 28.10) -> Ahead:
    """A stop planned so many minutes from now."""
    at = NOW + minutes(planned)
    return Ahead(
        sequence,
        "delivery",
        "canteen",
        f"sch-{sequence}",
        (lat, 109.10),
        at,
        at,
        at if told is None else NOW + minutes(told),
    )


def test_a_delay_is_carried_on() -> None:
    """From the next stop on a trip takes as long as planned; where it is now says when it is at the next one."""
    stops = [ahead(1, -20), ahead(2, 10), ahead(3, 15)]
    found = expect(stops, Seen(NOW, HOME), NOW)
    assert [stop.expected_at - NOW for stop in found] == [minutes(0), minutes(30), minutes(35)]


def test_nothing_is_expected_in_the_past() -> None:
    """A stop that is not reached is expected now at the earliest, however old the last reading is."""
    (found,) = expect([ahead(1, -20)], Seen(NOW - minutes(60), HOME), NOW)
    assert found.expected_at == NOW
    (far,) = expect([ahead(1, 60, lat=28.20)], Seen(NOW, HOME), NOW)
    # 11.1 km as the crow flies, 1.6 times as far on the road, at 30 km/h.
    assert far.expected_at - NOW == pytest.approx(minutes(35.6), abs=minutes(0.1))


def test_only_what_matters_is_told() -> None:
    """A change below the threshold is no news, nor is being early; a delay made good is."""

    def late(told: float, now: float) -> bool:
        moved = ahead(1, 0, told=told)._replace(expected_at=NOW + minutes(now))
        return bool(to_tell([moved], minutes(15)))

    assert [late(0, now) for now in (-60, 14, 15, 40)] == [False, False, True, True]
    assert [late(20, now) for now in (-5, 4, 10, 34, 35)] == [True, True, False, False, True]


@given(st.lists(st.integers(-30, 60), min_size=1, max_size=30))
def test_what_was_told_is_never_far_off(moves: list[int]) -> None:
    """After each telling nobody expects a vehicle 15 min or more before it comes."""
    first, told = ahead(1, 0), 0
    for late in moves:
        moved = first._replace(expected_at=NOW + minutes(late))
        if to_tell([moved], minutes(15)):
            first, told = ahead(1, 0, told=late), told + 1
        assert NOW + minutes(late) - first.told_at < minutes(15)
    assert told <= len(moves)


def stop(sequence: int, kind: str, planned: float, *, lat: float = 28.10) -> Stop:
    """A stop as planned so many minutes from now: a pick-up, a delivery to a school, the return home."""
    place_kind = {"pickup": "cooperative", "delivery": "canteen", "return": "depot"}[kind]
    at = NOW + minutes(planned)
    return Stop("trip-1", sequence, kind, place_kind, f"place-{sequence}", at, lat, 109.10, None)


def test_what_is_ahead() -> None:
    """What is on board is set down; what was planned after departing is picked up, unless more was set down since."""
    kinds = ["pickup", "pickup", "delivery", "pickup", "delivery", "return"]
    way = [stop(n, kind, 10 * n) for n, kind in enumerate(kinds, start=1)]
    both, last = {("canteen", "place-3"), ("canteen", "place-5")}, {("canteen", "place-5")}

    def ahead_of(places: set[tuple[str, str]], left: set[int] | None, departed: float) -> list[int]:
        return [one.sequence for one in still_ahead(way, places, left, NOW + minutes(departed))]

    every = set(range(1, 7))
    assert ahead_of(both, every, 5) == [1, 2, 3, 4, 5, 6]
    assert ahead_of(both, every, 15) == [2, 3, 4, 5, 6]
    assert ahead_of(both, every - {2}, 15) == [3, 4, 5, 6]
    assert ahead_of(last, every, 5) == [4, 5, 6]
    assert ahead_of(set(), every, 5) == [6]
    assert ahead_of(set(), every - {6}, 5) == []
    # Before it was seen, what is not on board for a school was never loaded, and says nothing of how far it is.
    assert ahead_of(last, None, 5) == [1, 2, 4, 5, 6]


def test_what_is_on_board_says_where_it_goes() -> None:
    """To the schools it is for, and to the points where some of it is gathered."""
    there = stop(1, "delivery", 10)._replace(place_kind="point", place_id="dep-2", order_ids=["ord-1", "ord-2"])
    school = ("canteen", "sch-1")
    assert bound_for({"sch-1": ["ord-2", "ord-3"]}, [there]) == {school, ("point", "dep-2")}
    assert bound_for({"sch-1": ["ord-3"]}, [there, stop(2, "delivery", 20)]) == {school}
    assert bound_for({}, [there]) == set()


def test_a_place_nobody_saw_it_at_lies_behind_it() -> None:
    """After the time planned, who is nearer to the school than the cooperative is has been there; before, not yet."""
    way = [stop(0, "pickup", 10, lat=28.10), stop(1, "delivery", 40, lat=28.20)]
    nearer, farther = (28.15, 109.10), (28.05, 109.10)
    assert passed_by(way, Seen(NOW + minutes(11), nearer)) == {0}
    assert passed_by(way, Seen(NOW + minutes(10), nearer)) == passed_by(way, Seen(NOW + minutes(60), farther)) == set()
    assert passed_by([*way[:1], stop(1, "return", 40, lat=28.20)], Seen(NOW + minutes(60), nearer)) == set()


def test_a_vehicle_has_arrived_when_it_stayed() -> None:
    """Within 150 m for two minutes is an arrival, passing by or a single reading is none; it came when it came."""
    near, far = (28.1010, 109.10), (28.1020, 109.10)
    assert off_m(near, HOME) < 150 < off_m(far, HOME)
    assert off_m((28.10, 109.101), HOME) == pytest.approx(98.1, abs=0.2)

    def stood(*track: tuple[float, tuple[float, float]]) -> datetime | None:
        return stood_at([Seen(NOW + minutes(at), where) for at, where in track], HOME, 150, minutes(2))

    assert stood((0, far), (1, near), (2, HOME), (3, near), (4, far)) == NOW + minutes(1)
    assert stood((0, far), (1, near), (2, HOME), (2.5, far), (3, near), (4, near)) is None
    assert stood((0, near)) is None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"lat": 60.0}, "outside-china"),
        ({"lon": 2.0}, "outside-china"),
        ({"lat": 20.0, "lon": 112.0}, "outside-guizhou"),
        ({"lat": 30.9}, "outside-guizhou"),
        ({"lon": 117.0}, "outside-guizhou"),
        ({"at": datetime(1970, 1, 1, tzinfo=UTC)}, "clock-behind"),
        ({"at": NOW - timedelta(days=7, seconds=1)}, "clock-behind"),
        ({"at": NOW + timedelta(days=365)}, "clock-ahead"),
        ({"at": NOW + minutes(15.1)}, "clock-ahead"),
        ({"speed_kmh": -1.0}, "speed"),
        ({"speed_kmh": 201.0}, "speed"),
    ],
)
def test_readings_that_cannot_be_true_are_refused(change: dict[str, object], rule: str) -> None:
    """At sea, abroad, in 1970 or next year, backwards or flying: each is named by its rule and field."""
    true = {"at": NOW, "lat": 28.1, "lon": 109.1, "speed_kmh": 30.0}
    assert disbelief(**true, now=NOW) is None  # type: ignore[arg-type]
    why = disbelief(**true | change, now=NOW)  # type: ignore[arg-type]
    assert why is not None
    assert why.rule == rule
    assert why.field in change


def test_a_reading_belongs_to_the_trip_the_vehicle_was_on() -> None:
    """From its departure until the next one's, or 12 hours after it was completed, readings are of a trip."""
    first = Drive("trip-1", NOW, NOW + minutes(60))
    second = Drive("trip-2", NOW + minutes(90), None)
    after = [-1, 0, 60, 89, 90, 5_000]
    found = [trip_at([second, first], NOW + minutes(at)) for at in after]
    assert found == [None, "trip-1", "trip-1", "trip-1", "trip-2", "trip-2"]
    assert trip_at([first], NOW + minutes(60) + AFTER_TRIP) == "trip-1"
    assert trip_at([first], NOW + minutes(61) + AFTER_TRIP) is None
