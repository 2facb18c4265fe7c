"""The cold chain: when it is broken, and since when."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.logistics.tracking.domain import Reading, Warm, excess, excursions, join

START = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


def minute(number: float) -> datetime:
    """A minute of the trip."""
    return START + timedelta(minutes=number)


def readings(*pairs: tuple[float, float]) -> list[Reading]:
    """Temperatures by minute."""
    return [Reading(minute(at), temperature_c) for at, temperature_c in pairs]


def test_limits_are_inside() -> None:
    """0 °C and 10 °C are cold enough for chilled food, −18 °C for frozen; ambient food minds nothing."""
    assert [excess("chilled", one) for one in (0.0, 10.0, 10.5, -2.0)] == [0, 0, 0.5, 2]
    assert [excess("frozen", one) for one in (-18.0, -30.0, -15.0)] == [0, 0, 3]
    assert excess("ambient", 60.0) == 0


def test_a_door_open_for_a_quarter_of_an_hour_breaks_nothing() -> None:
    """Outside for 15 min is allowed, longer is not."""
    assert excursions("chilled", readings((0, 12), (15, 12), (16, 5))) == []
    assert excursions("chilled", readings((0, 12), (15.1, 14), (16, 5))) == [Warm(minute(0), minute(15.1), 14)]


def test_silence_between_warm_readings_counts_as_warm() -> None:
    """Nobody has shown that it was cold in between."""
    assert excursions("chilled", readings((0, 12), (60, 11))) == [Warm(minute(0), minute(60), 12)]


def test_a_cold_reading_ends_an_excursion() -> None:
    """Two warm times with cold between them are two excursions; too cold is as bad as too warm."""
    found = excursions("chilled", readings((0, 12), (20, 13), (25, 5), (30, -1), (50, -3), (55, 5)))
    assert found == [Warm(minute(0), minute(20), 13), Warm(minute(30), minute(50), -3)]


def test_joined_excursions_keep_the_worst() -> None:
    """What overlaps is one excursion from the first to the last, as bad as the worse."""
    whole = join("chilled", Warm(minute(0), minute(20), 13), Warm(minute(10), minute(40), -9))
    assert whole == Warm(minute(0), minute(40), -9)


@given(st.lists(st.tuples(st.integers(0, 600), st.floats(-30, 40)), max_size=40))
def test_excursions_never_overlap(pairs: list[tuple[int, float]]) -> None:
    """Excursions are in order of time, longer than allowed, and each is as bad as one of its readings."""
    told = readings(*sorted(pairs))
    found = excursions("chilled", told)
    assert all(one.until - one.since > timedelta(minutes=15) for one in found)
    assert all(one.until <= later.since for one, later in pairwise(found))
    assert {one.worst_c for one in found} <= {reading.temperature_c for reading in told}
