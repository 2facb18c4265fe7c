"""Listing a service's dead letters, or replaying them."""

import argparse
import importlib

import uvloop

from shared.clock import SystemClock
from shared.messaging import dead_letters
from shared.service import Definition, Service
from shared.settings import Settings
from shared.standalone import open_bus


def run(options: argparse.Namespace, settings: Settings) -> None:
    """List what waits, or replay what is named."""
    uvloop.run(_show_or_replay(options.service, options.replay, settings))


async def _show_or_replay(name: str, replay: str | None, settings: Settings) -> None:
    definition: Definition = importlib.import_module(f"services.{name}.main").definition
    service = Service(definition, settings, open_bus(settings, f"{name}-replay"), SystemClock())
    try:
        async with service.begin(read_only=True) as uow:
            letters = await dead_letters.waiting(uow)
        for letter in letters:
            if replay in ("all", str(letter.id)):
                await service.consumer.replay(letter.id)
                print(f"{letter.id} replayed")
            elif replay is None:
                where = f"{letter.topic}/{letter.partition}@{letter.offset}"
                print(letter.id, f"{letter.died_at:%F %T}", where, letter.error, sep="\t")
    finally:
        await service.stop()
        await service.bus.close()
