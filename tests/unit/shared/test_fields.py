"""Days and instants from outside: text that says what it means, and nothing that must be guessed at."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.fields import Day, Instant

DAY: TypeAdapter[date] = TypeAdapter(Day)
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
NUMBERS = [0, 60, 60.5, 946_684_800, 1_795_996_800, "0", "60", "-60", "6.5e1", "60.5", "946684800", "1795996800000"]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-30T05:00:00Z", datetime(2026, 11, 30, 5, tzinfo=UTC)),
        ("2026-11-30t05:00:00z", datetime(2026, 11, 30, 5, tzinfo=UTC)),
        ("2026-11-30 05:00:00Z", datetime(2026, 11, 30, 5, tzinfo=UTC)),
        ("2026-11-30T13:00:00+08:00", datetime(2026, 11, 30, 5, tzinfo=UTC)),
        ("2026-11-30T05:00:00.250-00:00", datetime(2026, 11, 30, 5, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_instants_as_rfc_3339_writes_them(text: str, instant: datetime) -> None:
    """An instant is a day, a time to the second and a zone (RFC 3339 §5.6), its parts in the letters that it allows."""
    assert INSTANT.validate_python(text) == instant
    assert INSTANT.validate_json(f'"{text}"') == instant


@pytest.mark.parametrize(
    "value",
    [
        *NUMBERS,
        *(True, None, b"2026-11-30T05:00:00Z", "", "now", "2026-11-30", "2026-11-30T05:00:00", "2026-11-30T05:00Z"),
        *("2026-11-30_05:00:00Z", "2026-11-30T05:00:00,5Z", "2026-11-30T05:00:00+0800", "20261130T050000Z"),
        *("2026-11-30T05:00:00Z\n", " 2026-11-30T05:00:00Z", "2026-11-30T05:00:00 08:00"),
        "\u0662\u0660\u0662\u0666-11-30T05:00:00Z",
        datetime(2026, 11, 30, 5, tzinfo=UTC).replace(tzinfo=None),
    ],
    ids=repr,
)
def test_what_is_no_instant(value: Any) -> None:
    """A number, of seconds or of milliseconds, and a time without its zone could mean several instants."""
    with pytest.raises(ValidationError):
        INSTANT.validate_python(value)


@pytest.mark.parametrize(
    "value",
    [*NUMBERS, True, None, "", "30.11.2026", "2026-11-30T00:00:00Z", "20261130", "2026-11-30\n", "1999-12-31"],
    ids=repr,
)
def test_what_is_no_day(value: Any) -> None:
    """A day is text as 2026-11-30: the number of seconds of its midnight is none, and neither is an instant."""
    with pytest.raises(ValidationError):
        DAY.validate_python(value)


@pytest.mark.parametrize(("what", "value"), [(DAY, 86_400), (DAY, "86400"), (INSTANT, 60), (INSTANT, "60")], ids=repr)
def test_the_refusal_says_how_to_write_it(what: TypeAdapter[Any], value: Any) -> None:
    """Whoever is refused for the form is shown the right one, the same for bodies and for queries."""
    with pytest.raises(ValidationError) as refusal:
        what.validate_python(value)
    (error,) = refusal.value.errors()
    assert error["type"] == ("day" if what is DAY else "instant")
    assert ("2026-11-30" if what is DAY else "2026-11-30T05:00:00Z") in error["msg"]


def test_what_is_a_time_already_stays_one() -> None:
    """Services hand on what they have read: days and instants with a zone."""
    noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert INSTANT.validate_python(noon) == noon
    assert DAY.validate_python(noon.date()) == DAY.validate_json('"2026-11-30"') == date(2026, 11, 30)
    with pytest.raises(ValidationError):
        DAY.validate_python(noon + timedelta(hours=1))
