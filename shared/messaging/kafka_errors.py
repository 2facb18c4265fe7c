"""What Kafka's client raises, as the bus's own errors."""

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
