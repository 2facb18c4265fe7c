"""The cold chain: what is cold enough, when it is broken, and what a sensor's silence is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.logistics.coldchain.domain import (
    DEFAULTS,
    Acknowledged,
    Limit,
    Reading,
    Warm,
    acknowledge,
    excursions,
    holding,
    join,
    may_break,
    may_fill,
    require_sound,
    silences,
)
from services.logistics.coldchain.kinetic import outside, over_time
from shared.errors import AlreadyDone, DomainError

START = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
AMBIENT, CHILLED, FROZEN = DEFAULTS["ambient"], DEFAULTS["chilled"], DEFAULTS["frozen"]


def minute(number: float) -> datetime:
    """A minute of the trip."""
    return START + timedelta(minutes=number)


def readings(*pairs: tuple[float, float]) -> list[Reading]:
    """Temperatures by minute."""
    return [Reading(minute(at), temperature_c) for at, temperature_c in pairs]


def test_limits_are_inside() -> None:
    """0 °C and 10 °C are cold enough for chilled food, −18 °C for frozen; ambient food minds nothing."""
    assert [CHILLED.excess(one) for one in (0.0, 10.0, 10.5, -2.0)] == [0, 0, 0.5, 2]
    assert [FROZEN.excess(one) for one in (-18.0, -30.0, -15.0)] == [0, 0, 3]
    assert AMBIENT.excess(60.0) == 0
    assert [one.watched for one in (AMBIENT, CHILLED, FROZEN)] == [False, True, True]


def test_the_newest_limit_from_before_a_day_holds() -> None:
    """A limit holds from its day on, until a later one does; before any was said the project's default holds."""
    first = Limit("chilled", date(2026, 12, 1), 0.0, 8.0, 15, 15, "a")
    second = Limit("chilled", date(2027, 1, 1), 0.0, 4.0, 10, 20, "b")
    days = (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [holding([second, first], day)["chilled"] for day in days] == [CHILLED, first, first, second]
    assert holding([first], days[-1])["frozen"] == FROZEN
    with pytest.raises(DomainError, match="above"):
        require_sound(Limit("chilled", days[0], 9.0, 8.0, 15, 15, "c"))


def test_a_limit_is_sound_unless_its_ends_cross() -> None:
    """Both ends may be the same, one or both may be left open."""
    for low_c, high_c in ((4.0, 4.0), (0.0, 10.0), (None, -18.0), (2.0, None), (None, None)):
        require_sound(Limit("chilled", date(2026, 12, 1), low_c, high_c, 15, 15, "a"))


def test_by_default_a_quarter_of_an_hour_is_allowed() -> None:
    """Of every class a load space may be outside, and a sensor silent, for 15 minutes."""
    assert {(one.outside_minutes, one.silence_minutes) for one in DEFAULTS.values()} == {(15, 15)}


def test_a_door_open_for_a_quarter_of_an_hour_breaks_nothing() -> None:
    """Outside for 15 min is allowed, longer is not."""
    assert excursions(CHILLED, readings((0, 12), (15, 12), (16, 5))) == []
    assert excursions(CHILLED, readings((0, 12), (15.1, 14), (16, 5))) == [Warm(minute(0), minute(15.1), 14)]


def test_silence_between_warm_readings_counts_as_warm() -> None:
    """Nobody has shown that it was cold in between."""
    assert excursions(CHILLED, readings((0, 12), (60, 11))) == [Warm(minute(0), minute(60), 12)]


def test_a_cold_reading_ends_an_excursion() -> None:
    """Two warm times with cold between them are two excursions; too cold is as bad as too warm."""
    found = excursions(CHILLED, readings((0, 12), (20, 13), (25, 5), (30, -1), (50, -3), (55, 5)))
    assert found == [Warm(minute(0), minute(20), 13), Warm(minute(30), minute(50), -3)]


def test_joined_excursions_keep_the_worst() -> None:
    """What overlaps is one excursion from the first to the last, as bad as the worse."""
    whole = join(CHILLED, Warm(minute(0), minute(20), 13), Warm(minute(10), minute(40), -9))
    assert whole == Warm(minute(0), minute(40), -9)


@given(st.lists(st.tuples(st.integers(0, 600), st.floats(-30, 40)), max_size=40))
def test_excursions_never_overlap(pairs: list[tuple[int, float]]) -> None:
    """Excursions are in order of time, longer than allowed, and each is as bad as one of its readings."""
    told = readings(*sorted(pairs))
    found = excursions(CHILLED, told)
    assert all(one.until - one.since > timedelta(minutes=15) for one in found)
    assert all(one.until <= later.since for one, later in pairwise(found))
    assert {one.worst_c for one in found} <= {reading.temperature_c for reading in told}


@given(st.lists(st.tuples(st.integers(0, 120), st.floats(-5, 15)), max_size=30), st.integers(1, 30))
def test_what_cannot_break_the_chain_is_in_no_excursion(pairs: list[tuple[int, float]], every: int) -> None:
    """Each excursion of all readings that has one of a batch's outside has one that was not passed over."""
    told = readings(*sorted(pairs))
    batch = [reading for place, reading in enumerate(told) if place % 3 == every % 3]
    outside = [reading.at for reading in batch if CHILLED.excess(reading.temperature_c) > 0]
    looked_at = may_break(CHILLED, batch)
    assert looked_at == sorted(looked_at)
    assert set(looked_at) <= set(outside)
    for warm in excursions(CHILLED, told):
        of_it = [at for at in outside if warm.since <= at <= warm.until]
        assert set(of_it) <= set(looked_at)


def test_warmth_between_cold_readings_a_quarter_of_an_hour_apart_is_passed_over() -> None:
    """15 min between two readings inside are too short for any excursion, a moment more is not."""
    assert may_break(CHILLED, readings((0, 5), (7, 12), (15, 5))) == []
    assert may_break(CHILLED, readings((0, 5), (7, 12), (15.1, 5))) == [minute(7)]
    assert may_break(CHILLED, readings((0, 5), (7, -1), (60, 5))) == [minute(7)]


def test_a_sensor_is_silent_when_it_says_nothing_for_too_long() -> None:
    """15 min without a temperature are allowed, between two, before the first and after the last."""
    told = [minute(15), minute(30), minute(46)]
    assert silences(CHILLED, told, minute(0), minute(61)) == [(minute(30), minute(46))]
    assert silences(CHILLED, [], minute(0), minute(16)) == [(minute(0), minute(16))]
    assert silences(CHILLED, [minute(-5), minute(90)], minute(0), minute(10)) == []


def test_what_fills_a_silence_is_told_within_it() -> None:
    """One that has ended minds what was told within it, one that lasts what is new, or all once its trip is over."""
    ended = (minute(0), minute(40))
    late = [[minute(-1), minute(60)], [minute(39)]]
    assert [may_fill(CHILLED, one, ended, None, minute(90)) for one in late] == [False, True]
    lasts = (minute(0), None)
    assert [may_fill(CHILLED, [minute(at)], lasts, None, minute(90)) for at in (74, 75)] == [False, True]
    assert may_fill(CHILLED, [minute(1)], lasts, minute(80), minute(90))


@given(st.lists(st.tuples(st.integers(0, 30), st.lists(st.integers(0, 60), min_size=1, max_size=4)), max_size=8))
def test_nothing_changes_a_silence_but_what_may_fill_it(batches: list[tuple[int, list[int]]]) -> None:
    """However late it comes: what is passed over would neither lift nor end the alarm, raised after 16 min."""
    told: list[datetime] = []
    now, until = minute(16), None
    for wait, ages in batches:
        now += timedelta(minutes=wait)
        new = [now - timedelta(minutes=age) for age in ages]
        told = sorted([*told, *new])
        end = until or now
        gaps = silences(CHILLED, told, minute(0), end)
        within = [at for at in told if minute(0) < at <= end]
        lasts = not within or end - within[-1] > CHILLED.silence
        changes = not gaps or (until is None and not lasts)
        assert may_fill(CHILLED, new, (minute(0), until), None, now) or not changes
        if not gaps:
            return
        if changes:
            until = gaps[-1][1]


def test_an_alarm_is_acknowledged_once() -> None:
    """The same acknowledgement again changes nothing, another person's is refused."""
    first = Acknowledged("dispatcher-1", "door was open")
    assert acknowledge("a", None, first)
    assert not acknowledge("a", first, first)
    with pytest.raises(AlreadyDone):
        acknowledge("a", first, Acknowledged("dispatcher-2", "door was open"))


def test_the_mean_kinetic_temperature_weighs_warmth_more() -> None:
    """Half the time at 5 °C and half at 25 °C spoils as much as all of it at 19.70 °C (ΔH 83.144 kJ/mol)."""
    over = over_time(CHILLED, readings((0, 5), (10, 25), (20, 25)))
    assert (over.lowest_c, over.highest_c, over.mean_c) == (5, 25, 15)
    assert over.mean_kinetic_c == pytest.approx(19.70, abs=0.01)


def test_what_is_not_known_weighs_nothing() -> None:
    """A reading holds no longer than a sensor may be silent: an hour of silence counts as 15 min."""
    over = over_time(CHILLED, readings((0, 4), (60, 8), (75, 8)))
    assert over.mean_c == 6
    alone = over_time(CHILLED, readings((0, 4)))
    assert alone.mean_c == pytest.approx(4)
    assert alone.mean_kinetic_c == pytest.approx(4)


def test_every_minute_outside_counts() -> None:
    """A run outside ends with the first reading inside; short ones count to the sum, the longest stands alone."""
    told = readings((0, 5), (5, 12), (10, 13), (12, 5), (30, -1), (34, 5), (40, 11))
    assert outside(CHILLED, told) == (timedelta(minutes=11), timedelta(minutes=7))
    assert outside(CHILLED, readings((0, 5))) == (timedelta(), timedelta())


@given(st.lists(st.tuples(st.integers(0, 600), st.floats(-60, 80)), min_size=1, max_size=40))
def test_means_lie_between_the_extremes(pairs: list[tuple[int, float]]) -> None:
    """Both means lie between the lowest and the highest temperature, the kinetic one not below the plain one."""
    over = over_time(CHILLED, readings(*sorted(pairs)))
    assert over.lowest_c - 1e-6 <= over.mean_c <= over.highest_c + 1e-6
    assert over.mean_c - 1e-6 <= over.mean_kinetic_c <= over.highest_c + 1e-6
