"""The rules of harvest forecasts."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from shared.errors import AlreadyDone, Conflict, DomainError, StaleVersion
from shared.quantities import divide

FARTHEST = timedelta(weeks=104)


class ForecastStatus(StrEnum):
    """Whether a harvest is still expected, has become an offer, or is expected no more."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a harvest may come to, in g: three quantiles, or an amount and how likely it is (1/1000).

    `p10_g` is reached but one time in ten, `p90_g` only one time in ten.
    """

    p10_g: int | None = None
    p50_g: int | None = None
    p90_g: int | None = None
    quantity_g: int | None = None
    probability_permille: int | None = None

    @property
    def expected_g(self) -> int:
        """The mean, in g: of quantiles 30 % of P10, 40 % of P50 and 30 % of P90, as is Swanson's rule."""
        if self.quantity_g is not None and self.probability_permille is not None:
            return divide(self.quantity_g * self.probability_permille, 1000)
        return divide(3 * (self.p10_g or 0) + 4 * (self.p50_g or 0) + 3 * (self.p90_g or 0), 10)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast; there is one for a cooperative, a food and a week, which begins on a Monday."""

    forecast_id: str
    cooperative_id: str
    food_code: str
    week_start: date
    expected: Expected
    status: str
    offer_id: str | None
    version: int
    changed_at: datetime


def check_expected(expected: Expected) -> None:
    """Raise DomainError unless a harvest is said in one way, whole, and with quantiles in order."""
    quantiles = {"p10_g": expected.p10_g, "p50_g": expected.p50_g, "p90_g": expected.p90_g}
    if expected.quantity_g is None and expected.probability_permille is None:
        for field, grams in quantiles.items():
            if grams is None:
                detail = "name p10_g, p50_g and p90_g, or quantity_g and probability_permille"
                raise DomainError("forecast-required", detail, field=field)
        if not (expected.p10_g or 0) <= (expected.p50_g or 0) <= (expected.p90_g or 0):
            raise DomainError("quantiles-out-of-order", "p10_g ≤ p50_g ≤ p90_g", field="p50_g")
        if not expected.p90_g:
            raise DomainError("nothing-expected", "withdraw the forecast instead", field="p90_g")
        return
    for field, grams in quantiles.items():
        if grams is not None:
            raise DomainError("said-twice", "either quantiles, or an amount and its probability", field=field)
    for field in ("quantity_g", "probability_permille"):
        if getattr(expected, field) is None:
            raise DomainError("forecast-required", "an amount comes with its probability", field=field)


def check_week(week_start: date, today: date) -> None:
    """Raise DomainError for a week that begins on another day, is over, or lies too far ahead."""
    if week_start.weekday():
        raise DomainError("not-a-monday", "a week begins on a Monday", field="week_start")
    if (today - week_start).days > 6:
        raise DomainError("week-in-the-past", f"it ended before today, {today}", field="week_start")
    if week_start - today > FARTHEST:
        raise DomainError("too-far-ahead", f"at most {FARTHEST.days // 7} weeks ahead", field="week_start")


def renewed(present: Forecast, expected: Expected, now: datetime) -> Forecast | None:
    """Return the forecast as it is expected now, open again if it was withdrawn; None when nothing is new.

    Raises Conflict: what became an offer is amended there.
    """
    if present.status == ForecastStatus.CONFIRMED:
        detail = f"it is offer {present.offer_id} now"
        raise Conflict("forecast-confirmed", detail, field="week_start")
    if present.expected == expected and present.status == ForecastStatus.OPEN:
        return None
    return replace(present, expected=expected, status=ForecastStatus.OPEN, version=present.version + 1, changed_at=now)


def confirm(forecast: Forecast, offer_id: str, first_day: date, now: datetime) -> Forecast:
    """Return the forecast that became an offer from `first_day`. Raises DomainError outside its week, or twice."""
    if forecast.status == ForecastStatus.CONFIRMED:
        raise AlreadyDone("forecast-confirmed", f"it is offer {forecast.offer_id} already")
    if forecast.status == ForecastStatus.WITHDRAWN:
        raise Conflict("forecast-withdrawn", "nothing is expected any more; forecast it again, or publish an offer")
    if not 0 <= (first_day - forecast.week_start).days <= 6:
        detail = f"the forecast is of the week from {forecast.week_start}"
        raise DomainError("outside-the-week", detail, field="available_from")
    confirmed = ForecastStatus.CONFIRMED
    return replace(forecast, status=confirmed, offer_id=offer_id, version=forecast.version + 1, changed_at=now)


def withdraw(forecast: Forecast, now: datetime) -> Forecast:
    """Return the forecast of which nothing is expected any more; a withdrawn one stays as it is. Raises Conflict."""
    if forecast.status == ForecastStatus.CONFIRMED:
        raise Conflict("forecast-confirmed", f"it is offer {forecast.offer_id} now; withdraw that")
    if forecast.status == ForecastStatus.WITHDRAWN:
        return forecast
    return replace(forecast, status=ForecastStatus.WITHDRAWN, version=forecast.version + 1, changed_at=now)


def require_version(forecast: Forecast, expected: int | None) -> None:
    """Raise StaleVersion when the caller read another version; None means the caller does not mind."""
    if expected is not None and expected != forecast.version:
        raise StaleVersion(expected, forecast.version)
