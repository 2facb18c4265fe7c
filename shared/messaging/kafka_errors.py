"""What Kafka's client raises, as the bus's own errors."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import (
    ConsumerStoppedError,
    IllegalOperation,
    KafkaError,
    UnknownTopicOrPartitionError,
)

from shared.messaging.bus import BusError, UnknownTopic


@contextmanager
def as_bus_errors(doing: str) -> Iterator[None]:
    """Raise BusError (UnknownTopic) for whatever the client or the network fails with, saying what was being done."""
    try:
        yield
    except UnknownTopicOrPartitionError as error:
        raise UnknownTopic(f"{doing}: {error!r}") from error
    except (KafkaError, ConsumerStoppedError, IllegalOperation, OSError, TimeoutError) as error:
        raise BusError(f"{doing}: {error!r}") from error
    except asyncio.CancelledError as error:
        # A client that loses its broker while it is closed cancels tasks of its own and lets that out. Nobody cancelled
        # us; taken for a cancellation, it would end whoever consumes, for good and without a word.
        if (task := asyncio.current_task()) is None or task.cancelling():
            raise
        raise BusError(f"{doing}: {error!r}") from error
