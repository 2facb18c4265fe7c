"""Events that wait for what they need: they are listed, or tried now."""

import argparse
from dataclasses import asdict

from services.commands import Answer, aligned, named
from services.commands.acting import record, recorded
from services.commands.opening import opened
from shared.messaging import parking
from shared.messaging.bus import SERVICES
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what is done with which."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, words in (("list", "list what waits, and for what"), ("retry", "try all now; they are tried anyway")):
        told = verbs.add_parser(verb, help=words)
        told.add_argument("services", nargs="*", choices=[*SERVICES, []])
        if verb == "retry":
            recorded(told, dry_run=False)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Do what was asked for."""
    services = named(settings, options.services, SERVICES)
    return await (_retry(services, settings, options) if options.verb == "retry" else _list(services, settings))


async def _list(services: list[str], settings: Settings) -> Answer:
    found = await _waiting(services, settings)
    rows = [[name, *_row(each)] for name, events in found.items() for each in events]
    heads = ["service", "topic", "key", "tries", "since (UTC)", "next try", "reason"]
    lines = aligned([heads, *rows]) if rows else ["none waits"]
    return Answer({name: [asdict(each) for each in events] for name, events in found.items()}, lines)


def _row(event: parking.Waiting) -> list[object]:
    since, following = f"{event.parked_at:%F %T}", f"{event.next_attempt_at:%T}"
    return [event.topic, event.key, event.attempts, since, following, event.reason]


async def _waiting(services: list[str], settings: Settings) -> dict[str, list[parking.Waiting]]:
    found = {}
    for name in services:
        async with opened(settings, name) as service, service.begin(read_only=True) as uow:
            found[name] = await parking.waiting(uow)
    return found


async def _retry(services: list[str], settings: Settings, options: argparse.Namespace) -> Answer:
    handled = {}
    for name in services:
        async with opened(settings, name) as service:
            handled[name] = await service.consumer.retry_parked(all_now=True)
            await record(service, options, "parked retry", {"handled": handled[name]})
    left = {name: len(events) for name, events in (await _waiting(services, settings)).items()}
    data = {name: {"handled": handled[name], "waiting": left[name]} for name in services}
    return Answer(data, aligned([[name, f"{handled[name]} handled", f"{left[name]} wait"] for name in services]))
