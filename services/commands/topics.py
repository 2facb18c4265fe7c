"""Creating the topics that are missing."""

import argparse

import uvloop

from shared.messaging.bus import every_topic
from shared.settings import Settings
from shared.standalone import open_bus


def run(_options: argparse.Namespace, settings: Settings) -> None:
    """Create them."""
    uvloop.run(_create(settings))


async def _create(settings: Settings) -> None:
    bus = open_bus(settings, "topics")
    try:
        await bus.ensure_topics(every_topic())
    finally:
        await bus.close()
