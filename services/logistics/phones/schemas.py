"""Request bodies and answers about numbers. Examples are fictional."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.logistics.phones.domain import Number
from shared.fields import Id
from shared.phones import Phone
from shared.routing import Input


class NumberIn(Input):
    """Which number is called; null forgets the one there was."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "+86 100 0000 0005"}]})

    number: Phone | None


class NumberRead(BaseModel):
    """Which number is called, and since when; null where nobody said one."""

    number: str | None
    said_at: datetime | None

    @classmethod
    def of(cls, found: Number | None) -> "NumberRead":
        """Return a number as whoever may call it reads it."""
        return cls(number=None, said_at=None) if found is None else cls(number=found.number, said_at=found.said_at)

    @classmethod
    def kept(cls, found: Number | None) -> "NumberRead":
        """Return a number to who wrote it: that answer is kept for requests with an `Idempotency-Key`."""
        return cls.of(found and found.masked())


class TripNumber(BaseModel):
    """Whom to call on a trip."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    subject_id: Id
    number: str


class TripNumbers(BaseModel):
    """Whom to call on a trip: schools and cooperatives where it stops, and its driver."""

    items: list[TripNumber]
