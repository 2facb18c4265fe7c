"""The envelope of an event on the wire: CloudEvents 1.0, structured JSON mode.

The id is a UUIDv7, `subject` the ordering key, `traceparent` the W3C trace context of what caused the event. Id and
type travel as headers too, so that a reader can pass over what it does not know without parsing the body.
"""

from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import SchemaValidator

from shared.events import Event, Spec, spec_of
from shared.ids import new_id

Headers = tuple[tuple[str, bytes], ...]
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


LONGEST = 64
"""Characters that tables have for an event's id and key."""


def is_kept(text: str) -> bool:
    """Whether an id or a key can be kept as it is: ours are no longer, and PostgreSQL has no text with a zero byte."""
    return len(text) <= LONGEST and "\x00" not in text


class Undecodable(Exception):
    """The bytes are no event we know how to read."""


class Record(NamedTuple):
    """Bytes for a topic; records of one key stay in order."""

    topic: str
    key: str
    value: bytes
    headers: Headers = ()


class Received(NamedTuple):
    """A record and the place it was read from."""

    topic: str
    key: str
    value: bytes
    headers: Headers = ()
    partition: int = 0
    offset: int = 0

    def header(self, name: str) -> str | None:
        """Return the header `name` as text, None when it is not there."""
        for key, value in self.headers:
            if key == name:
                return value.decode("utf-8", "replace")
        return None


class Envelope(NamedTuple):
    """An event with its id and cause."""

    id: str
    event: Event
    traceparent: str | None


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: str
    type: str
    source: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    traceparent: str | None = None
    data: Any


@cache
def _wire_of(spec: Spec) -> type[_Wire]:
    return type(f"{spec.name}Wire", (_Wire,), {"__annotations__": {"data": spec.model}, "__module__": __name__})


@cache
def _reader_of(spec: Spec) -> SchemaValidator:
    """Return the model's own validator: on a stream of events the wrapper around it shows."""
    validator = _wire_of(spec).__pydantic_validator__
    if not isinstance(validator, SchemaValidator):
        raise TypeError(f"{spec.type} is not a complete model")
    return validator


def encode(event: Event, now: datetime) -> Record:
    """Wrap `event` for the wire, with a new id and the present trace context."""
    spec = event.SPEC
    wire = _wire_of(spec)(
        id=new_id(),
        type=spec.type,
        source=f"/{spec.service}",
        subject=event.key,
        time=now,
        traceparent=traceparent.get(),
        data=event,
    )
    headers = (("ce_id", wire.id.encode()), ("ce_type", spec.type.encode()))
    # A null inside the event is said; only a trace context that is not there must be left out (CloudEvents §3).
    left_out = {"traceparent"} if wire.traceparent is None else None
    return Record(spec.topic, event.key, wire.model_dump_json(exclude=left_out).encode(), headers)


_CAUSE = b'"traceparent":"'
_CAUSE_LENGTH = 55
"""00-<32 digits>-<16 digits>-<2 digits>."""


def cause_of(record: Record) -> str | None:
    """Return the trace context of what caused an event, without reading the event; None where none is told.

    Inside a text of JSON these quotation marks would be escaped, so the first place is the envelope's own.
    """
    place = record.value.find(_CAUSE)
    if place < 0:
        return None
    begins = place + len(_CAUSE)
    return record.value[begins : begins + _CAUSE_LENGTH].decode("latin-1")


def decode(record: Received) -> Envelope:
    """Read an event from the wire.

    Raises Undecodable for bytes that are not one of the registry's events.
    """
    event_type = record.header("ce_type")
    spec = spec_of(event_type) if event_type else None
    if spec is None:
        raise Undecodable(f"unknown event type {event_type!r}")
    if not is_kept(record.key):
        raise Undecodable(f"a key has up to {LONGEST} characters, none of them zero")
    return read(spec, record.value)


def read(spec: Spec, value: bytes) -> Envelope:
    """Read an event of a known type. Raises Undecodable."""
    try:
        wire = _reader_of(spec).validate_json(value)
    except ValidationError as error:
        raise Undecodable(str(error)) from error
    if not is_kept(wire.id):
        raise Undecodable(f"an id has up to {LONGEST} characters, none of them zero")
    return Envelope(wire.id, wire.data, wire.traceparent)
