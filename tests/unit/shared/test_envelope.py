"""An event on the wire says the same to its reader as to its publisher."""

import json
from datetime import UTC, datetime

import pytest

from shared.events import Spec, all_specs, nutrition
from shared.events.examples import example_of
from shared.messaging.envelope import Received, Record, Undecodable, decode, encode, traceparent

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def received(record: Record) -> Received:
    """The record as a consumer gets it."""
    return Received(record.topic, record.key, record.value, record.headers, 3, 7)


@pytest.mark.parametrize("spec", all_specs(), ids=lambda spec: spec.type)
def test_every_event_survives_the_wire(spec: Spec) -> None:
    """What was encoded is decoded to the same event, on its topic, under its key, with its id in body and header."""
    event = example_of(spec.model)
    record = encode(event, NOW)
    envelope = decode(received(record))
    assert envelope.event == event
    assert (record.topic, record.key) == (spec.topic, getattr(event, spec.key_field))
    assert envelope.id == json.loads(record.value)["id"] == received(record).header("ce_id")


def test_what_is_not_known_is_told_as_such() -> None:
    """A food of unknown origin has the lot null on the wire: left out, no reader could read the meal."""
    used = nutrition.FoodUsed(food_code="salt", lot_id=None, quantity_g=500)
    meal = example_of(nutrition.MealServed).model_copy(update={"used": (used,)})
    record = encode(meal, NOW)
    assert decode(received(record)).event == meal
    assert json.loads(record.value)["data"]["used"][0]["lot_id"] is None


@pytest.mark.parametrize("trace", [None, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"])
def test_the_cause_travels_along(trace: str | None) -> None:
    """The trace context of what caused an event is in its envelope; without one there is no attribute (CloudEvents)."""
    token = traceparent.set(trace)
    try:
        record = encode(example_of(nutrition.MenuPublished), NOW)
    finally:
        traceparent.reset(token)
    assert decode(received(record)).traceparent == trace
    assert ("traceparent" in json.loads(record.value)) == (trace is not None)


def test_unknown_fields_are_passed_over() -> None:
    """A reader ignores what a later version of the event adds."""
    record = encode(example_of(nutrition.MenuPublished), NOW)
    body = json.loads(record.value)
    body["data"]["colour"] = body["comment"] = "green"
    later = Received(record.topic, record.key, json.dumps(body).encode(), record.headers)
    assert decode(later).event == example_of(nutrition.MenuPublished)


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ((), b"{}"),
        ((("ce_type", b"nobody.Knows.v1"),), b"{}"),
        ((("ce_type", b"\xff"),), b"{}"),
        ((("ce_type", b"nutrition.MenuPublished.v1"),), b"\xff\x00"),
        ((("ce_type", b"nutrition.MenuPublished.v1"),), b"{}"),
        ((("ce_type", b"nutrition.MenuPublished.v1"),), b"[]"),
    ],
)
def test_what_is_no_event_is_undecodable(headers: tuple[tuple[str, bytes], ...], value: bytes) -> None:
    """Bytes that are no event of the registry raise Undecodable and nothing else."""
    with pytest.raises(Undecodable):
        decode(Received("nutrition.menu.v1", "a", value, headers))
