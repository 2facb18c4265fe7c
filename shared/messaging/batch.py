"""Records polled together, told apart: events to handle, and bytes that cannot be read."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.messaging.bus import TopicPartition
from shared.messaging.envelope import Envelope, Received, Undecodable, decode
from shared.messaging.handlers import Handlers

_AT_A_TIME = 50


class Delivery(NamedTuple):
    """A record with the event decoded from it."""

    record: Received
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Batch:
    """Records in order per partition; `undecodable` are those that cannot be read, with the reason."""

    records: Sequence[Received]
    deliveries: Sequence[Delivery]
    undecodable: Sequence[tuple[Received, str]]

    def next_offsets(self) -> dict[TopicPartition, int]:
        """Return where each partition goes on after this batch."""
        return {(record.topic, record.partition): record.offset + 1 for record in self.records}


async def decode_all(records: Sequence[Received], handlers: Handlers) -> Batch:
    """Decode what `handlers` handle; events of other types are passed over.

    It makes way every few events: the database's answers for the batch before are taken as soon as they come.
    """
    deliveries: list[Delivery] = []
    undecodable: list[tuple[Received, str]] = []
    for number, record in enumerate(records, 1):
        if number % _AT_A_TIME == 0:
            await asyncio.sleep(0)
        event_type = record.header("ce_type")
        if event_type is not None and not handlers.handles(event_type):
            continue
        try:
            deliveries.append(Delivery(record, decode(record)))
        except Undecodable as error:
            undecodable.append((record, f"undecodable: {error}"))
    return Batch(records, deliveries, undecodable)
