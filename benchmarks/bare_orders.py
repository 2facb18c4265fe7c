"""Orders kept by the backbone alone: a row for each, by the consumer services have, and nothing of what farmers do.

`DSN=… KAFKA=… TOPICS=… python -m benchmarks.bare_orders` consumes until it is ended.
"""

import os
from contextlib import suppress
from datetime import timedelta

import uvloop

from benchmarks.backbone import GROUP, TOPIC, Renamed, into_orders, transactions
from shared.collector import collect_seldom
from shared.database import open_database
from shared.messaging.bus import dead_letter_topic
from shared.messaging.consumer import Consumer
from shared.messaging.kafka import KafkaBus
from shared.telemetry import Metrics


def own_topics(run: str) -> dict[str, str]:
    """Return the topics under the names of a run's own."""
    return {topic: f"bench-{run}.{topic}" for topic in (TOPIC, dead_letter_topic(GROUP))}


async def consume() -> None:
    """Keep orders as they come."""
    database = open_database(os.environ["DSN"])
    bus = Renamed(KafkaBus(os.environ["KAFKA"], "bare", keep=timedelta(hours=1)), own_topics(os.environ["TOPICS"]))
    await Consumer(GROUP, into_orders(), bus, transactions(database), Metrics("bare")).run()


if __name__ == "__main__":
    collect_seldom()
    with suppress(KeyboardInterrupt):
        uvloop.run(consume())
