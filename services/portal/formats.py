"""Numbers, money, weights, days and times as people of each language write them. Times are Guizhou's (UTC+8).

Everything takes what services answer: integers of fen, grams and permille, and days and instants as text, too.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from services.portal.languages import CATALOGS
from shared import counties

if TYPE_CHECKING:
    pass

GUIZHOU = timezone(timedelta(hours=8), "CST")
_JIN_G = 500
_SKELETONS = {
    "zh": {"day": "M月d日 EEE", "long": "yyyy年M月d日 EEEE", "month": "yyyy年M月", "short": "M月d日", "weekday": "EEE"},
    "en": {"day": "EEE d MMM", "long": "EEEE d MMMM yyyy", "month": "MMMM yyyy", "short": "d MMM", "weekday": "EEE"},
}
Day = date | str
Instant = datetime | str


class Formats:
    """How one language writes."""

    def __init__(self, language: str) -> None:
        # Here, because Babel takes a while to load and who serves no page needs none of it.
        from babel import Locale

        self._language = language if language in CATALOGS else "en"
        self._locale: Locale = Locale.parse(CATALOGS[self._language])
        self._patterns = _SKELETONS[self._language]

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number, with at most so many decimals."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, f"#,##0.{'#' * digits}" if digits else "#,##0", self._locale))

    def yuan(self, fen: int, *, whole: bool = False) -> str:
        """Write money: ¥1,234.50; `whole` leaves the fen out where sums are large."""
        from babel.numbers import format_currency

        pattern = "¤#,##0" if whole else "¤#,##0.00"
        written = format_currency(fen / 100, "CNY", pattern, self._locale, currency_digits=False)
        return str(written).replace("CN¥", "¥")

    def kg(self, grams: int) -> str:
        """Write a weight in kilograms: 12.5 kg."""
        return (
            f"{self.number(grams / 1000, 3 if abs(grams) < 1000 else 1)} {'公斤' if self._language == 'zh' else 'kg'}"
        )

    def grams(self, grams: float) -> str:
        """Write a small weight in grams: 85 g."""
        return f"{self.number(grams, 1)} {'克' if self._language == 'zh' else 'g'}"

    def county_name(self, code: str) -> str:
        """Name a county; its code where nobody knows it."""
        zh, en = counties.name_of(code)
        return zh if self._language == "zh" else en

    def jin(self, grams: int) -> str:
        """Write a weight in jin (斤, half a kilogram), as markets do."""
        return f"{self.number(grams / _JIN_G, 1)} {'斤' if self._language == 'zh' else 'jin'}"

    def percent(self, permille: float, digits: int = 0) -> str:
        """Write a share in permille as a percentage: 312 is 31 %."""
        return f"{self.number(permille / 10, digits)}%"

    def day(self, day: Day) -> str:
        """Write a day with its weekday: Mon 30 Nov."""
        return self._day(day, "day")

    def long_day(self, day: Day) -> str:
        """Write a day in full: Monday 30 November 2026."""
        return self._day(day, "long")

    def short_day(self, day: Day) -> str:
        """Write a day without its weekday: 30 Nov."""
        return self._day(day, "short")

    def weekday(self, day: Day) -> str:
        """Write the weekday of a day: Monday."""
        return self._day(day, None)

    def short_weekday(self, day: Day) -> str:
        """Write the weekday of a day in short: Mon."""
        return self._day(day, "weekday")

    def month(self, day: Day) -> str:
        """Write the month of a day, or of `2026-11`: November 2026."""
        return self._day(f"{day}-01" if isinstance(day, str) and len(day) == 7 else day, "month")

    def time(self, instant: Instant) -> str:
        """Write the time of day of an instant in Guizhou: 14:05."""
        return _there(instant).strftime("%H:%M")

    def moment(self, instant: Instant) -> str:
        """Write the day and time of an instant in Guizhou: Mon 30 Nov 14:05."""
        there = _there(instant)
        return f"{self.day(there.date())} {self.time(there)}"

    def lasting(self, seconds: float) -> str:
        """Write how long something takes or is still open: 3 hours, 25 minutes."""
        from babel.dates import format_timedelta

        return str(format_timedelta(timedelta(seconds=seconds), locale=self._locale, threshold=1.2))

    def _day(self, day: Day, pattern: str | None) -> str:
        from babel.dates import format_date

        read = date.fromisoformat(day[:10]) if isinstance(day, str) else day
        return str(format_date(read, "EEEE" if pattern is None else self._patterns[pattern], self._locale))


def today(now: datetime) -> date:
    """Return the day in Guizhou at an instant."""
    return now.astimezone(GUIZHOU).date()


def machine_time(instant: Instant) -> str:
    """Write an instant for a `<time datetime>`: ISO 8601, UTC."""
    return _there(instant).astimezone(UTC).isoformat()


def _there(instant: Instant) -> datetime:
    read = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return read.astimezone(GUIZHOU)
