"""Field types shared by events and request bodies: bounded, with the unit in the name."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def day_as_text(value: Any) -> Any:
    """Return a day, or text that is written as one. Raises PydanticCustomError: a number is a day to pydantic, too."""
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("day", "a day is text as 2026-11-30")


def instant_as_text(value: Any) -> Any:
    """Return an instant, or text that is written as RFC 3339 §5.6 has it. Raises PydanticCustomError for all else.

    A number could be of seconds or of milliseconds, and pydantic guesses which.
    """
    if isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    raise PydanticCustomError("instant", "an instant is text with its zone, as 2026-11-30T05:00:00Z (RFC 3339)")


MONTH = r"^20[0-9][0-9]-(0[1-9]|1[0-2])$"
"""How a month is written, 2026-12: in digits a file's name can carry."""
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]+$")]
Text = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True, pattern=r"^[^\x00]+$")]
Grams = Annotated[int, Field(ge=0, le=1_000_000_000_000, description="g")]
GramsChange = Annotated[int, Field(ge=-(10**12), le=10**12, description="g, more (+) or less (−)")]
PositiveGrams = Annotated[int, Field(gt=0, le=1_000_000_000_000, description="g")]
Fen = Annotated[int, Field(ge=-(10**15), le=10**15, description="fen (¥0.01)")]
FenPerKg = Annotated[int, Field(gt=0, le=10_000_000, description="fen per kg")]
Permille = Annotated[int, Field(ge=0, le=1000, description="1/1000")]
Headcount = Annotated[int, Field(ge=0, le=50_000, description="people")]
Millipoints = Annotated[int, Field(ge=0, le=10**9, description="1/1000 points of a menu's score")]
Round = Annotated[int, Field(ge=1, le=100, description="of planning a county's week")]
Version = Annotated[int, Field(ge=1, le=2_000_000_000)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="WGS-84 degrees")]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="WGS-84 degrees")]
Celsius = Annotated[float, Field(ge=-60, le=80, allow_inf_nan=False, description="°C")]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31)), BeforeValidator(day_as_text)]
"""A day somebody can mean: whatever is reckoned from it is a day, too."""
Instant = Annotated[AwareDatetime, BeforeValidator(instant_as_text)]


class Meal(StrEnum):
    """A meal of a school day."""

    BREAKFAST = "breakfast"
    LUNCH = "lunch"
    DINNER = "dinner"


class AgeBand(StrEnum):
    """Age bands in years, as WS/T 554-2017 cuts them."""

    FROM_6_TO_8 = "6-8"
    FROM_9_TO_11 = "9-11"
    FROM_12_TO_14 = "12-14"
    FROM_15_TO_17 = "15-17"


class Sex(StrEnum):
    """Sex, as the standards' tables use it."""

    MALE = "m"
    FEMALE = "f"


class TemperatureClass(StrEnum):
    """How a food travels: chilled 0–10 °C, frozen ≤ −18 °C (domain.md §5)."""

    AMBIENT = "ambient"
    CHILLED = "chilled"
    FROZEN = "frozen"


class PayoutMethod(StrEnum):
    """How a household gets its money."""

    BANK = "bank"
    CASH = "cash"
