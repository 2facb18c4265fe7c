"""How far a group is behind, asked by somebody who is no member of it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from shared.events import PARTITIONS
from shared.messaging.bus import BusError, TopicPartition
from shared.settings import Settings


async def lag_of(settings: Settings, group: str, topics: Sequence[str]) -> int:
    """Return how many records of these topics a group has not committed. Raises BusError.

    Of the embedded bus it is what its file says: a running process writes that when nothing comes for a second.
    """
    if settings.bus == "kafka":
        return await _of_kafka(settings, group, topics)
    return _of_file(settings, group, topics)


def _of_file(settings: Settings, group: str, topics: Sequence[str]) -> int:
    path = settings.var / "bus.sqlite"
    if not path.exists():
        raise BusError(f"there is no bus at {path}")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
        ends = file.execute("SELECT topic, partition, max(offset) + 1 FROM record GROUP BY topic, partition").fetchall()
        committed: dict[TopicPartition, int] = {
            (topic, partition): offset
            for topic, partition, offset in file.execute(
                "SELECT topic, partition, next_offset FROM committed WHERE consumer = ?", (group,)
            )
        }
    wanted = set(topics)
    return sum(max(0, end - committed.get((topic, part), 0)) for topic, part, end in ends if topic in wanted)


async def _of_kafka(settings: Settings, group: str, topics: Sequence[str]) -> int:
    # Here, because one process on a laptop has no broker and need not load its client.
    from aiokafka import AIOKafkaConsumer
    from aiokafka import TopicPartition as Place

    from shared.messaging.kafka_errors import as_bus_errors
    from shared.messaging.kafka_security import security_of

    places = [Place(topic, partition) for topic in topics for partition in range(PARTITIONS)]
    # Who subscribes to nothing joins no group, and may ask for its offsets all the same.
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        client_id=f"{group}-lag",
        group_id=group,
        enable_auto_commit=False,
        request_timeout_ms=5_000,
        **security_of(settings),
    )
    with as_bus_errors(f"asking how far {group} is"):
        try:
            await consumer.start()
            begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            consumer.assign(places)
            lag = 0
            for place in places:
                committed = await consumer.committed(place)
                lag += max(0, ends[place] - (begins[place] if committed is None else committed))
        finally:
            await consumer.stop()
    return lag
