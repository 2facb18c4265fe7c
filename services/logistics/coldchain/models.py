"""Tables of the cold chain."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field

from services.logistics.consignments.domain import COLDER
from services.logistics.tables import Table, one_of


class TemperatureLimit(Table, table=True):
    """What holds for a temperature class from a day on; a bound that is missing does not hold."""

    __tablename__ = "temperature_limit"
    __table_args__ = (
        one_of("temperature_class", COLDER),
        CheckConstraint("outside_minutes >= 0 AND silence_minutes > 0", name="minutes"),
    )

    temperature_class: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    low_c: float | None = None
    high_c: float | None = None
    outside_minutes: int
    silence_minutes: int
    source: str


class ColdChainAlarm(Table, table=True):
    """A time a load space was outside its limit, or its sensor silent, for longer than allowed, as far as is known.

    Told once. `device_id` and `worst_c` belong to `outside`; of a `silence` that lasts `until` is not known. One that
    readings filled that came late is lifted: it holds nothing any more.
    """

    __tablename__ = "cold_chain_alarm"
    __table_args__ = (one_of("kind", ("outside", "silence")),)

    alarm_id: str = Field(primary_key=True)
    trip_id: str = Field(index=True)
    kind: str
    device_id: str | None = None
    since: datetime
    until: datetime | None = None
    worst_c: float | None = None
    raised_at: datetime
    lifted_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    note: str | None = Field(default=None, max_length=500)


class ColdChainReport(Table, table=True):
    """A trip's report as it was before its readings were thinned."""

    __tablename__ = "cold_chain_report"

    trip_id: str = Field(primary_key=True)
    made_at: datetime
    report: dict[str, Any] = Field(sa_type=JSON)
