"""Poison is poison: none of it can be taken for an event."""

import pytest

from shared.events import Spec, all_specs
from shared.events.examples import example_of
from shared.messaging.envelope import Received, Undecodable, decode, encode
from tests.faults.messages import POISON
from tests.world import START


@pytest.mark.parametrize("poison", POISON)
@pytest.mark.parametrize("spec", all_specs(), ids=lambda spec: spec.type)
def test_no_reader_takes_it_for_an_event(spec: Spec, poison: str) -> None:
    """Made of a real event it cannot be decoded, and so is buried wherever its type is listened to."""
    record = encode(example_of(spec.model), START)
    value, told = POISON[poison](record.value, spec.type)
    headers = () if told is None else (("ce_type", told.encode()),)
    with pytest.raises(Undecodable):
        decode(Received(record.topic, record.key, value or b"", headers))
