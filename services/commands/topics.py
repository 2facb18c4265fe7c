"""Creating the topics that are missing."""

import argparse

from services.commands import Answer
from shared.messaging.bus import every_topic
from shared.settings import Settings
from shared.standalone import open_bus


def arguments(_parser: argparse.ArgumentParser) -> None:
    """There is nothing to say: the topics are those of the events."""


async def run(_options: argparse.Namespace, settings: Settings) -> Answer:
    """Create them."""
    topics = every_topic()
    bus = open_bus(settings, "topics")
    try:
        await bus.ensure_topics(topics)
    finally:
        await bus.close()
    return Answer({"topics": topics}, [f"{len(topics)} topics are there"])
