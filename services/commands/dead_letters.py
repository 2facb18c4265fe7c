"""Events that could not be handled: they are listed, shown, replayed or dropped."""

import argparse
import json
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict

from services.commands import Answer, aligned, named
from services.commands.acting import Acting, acting, ask, asking, done_or_tried, recorded
from services.commands.opening import opened
from shared.errors import DomainError
from shared.messaging import dead_letters
from shared.messaging.bus import SERVICES
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.tables import dead_letter
from shared.service import Service
from shared.settings import Settings

ALL = "all"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what is done with which."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="list what waits")
    listing.add_argument("services", nargs="*", choices=[*SERVICES, []], help="default: all")
    showing = verbs.add_parser("show", help="show one, with what is in it")
    replaying = verbs.add_parser("replay", help="handle one again, or all of them, once the cause is mended")
    dropping = verbs.add_parser("drop", help="forget one that is not to be handled any more")
    for verb in (showing, replaying, dropping):
        verb.add_argument("service", choices=SERVICES)
    for verb in (showing, dropping):
        verb.add_argument("id", type=int)
    replaying.add_argument("id", type=_one_or_all, help="its number, or all")
    recorded(replaying)
    asking(dropping)
    dropping.add_argument("--reason", required=True, help="why it is not needed; kept with who did it")


def _one_or_all(text: str) -> int | str:
    return text if text == ALL else int(text)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Do what was asked for."""
    if options.verb == "list":
        return await _list(named(settings, options.services, SERVICES), settings)
    async with opened(settings, options.service) as service:
        if options.verb == "show":
            return await _show(service, options.id)
        if options.verb == "replay":
            return await _replay(service, options)
        return await _drop(service, options)


async def _list(services: list[str], settings: Settings) -> Answer:
    found: dict[str, list[DeadLetter]] = {}
    for name in services:
        async with opened(settings, name) as service, service.begin(read_only=True) as uow:
            found[name] = await dead_letters.waiting(uow)
    rows = [
        [name, each.id, f"{each.died_at:%F %T}", _place(each), each.key, each.error[:120]]
        for name, letters in found.items()
        for each in letters
    ]
    lines = aligned([["service", "id", "since (UTC)", "place", "key", "error"], *rows]) if rows else ["none waits"]
    return Answer({name: [asdict(each) for each in letters] for name, letters in found.items()}, lines)


def _place(letter: DeadLetter) -> str:
    return f"{letter.topic}/{letter.partition}@{letter.offset}"


async def _show(service: Service, letter_id: int) -> Answer:
    async with service.begin(read_only=True) as uow:
        letter, record = await dead_letters.one(uow, letter_id)
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    text = record.value.decode("utf-8", "replace")
    try:
        content = json.loads(text)
    except ValueError:
        content = text
    said = asdict(letter) | {"headers": headers, "content": content}
    shown = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
    lines = aligned([[name, value] for name, value in asdict(letter).items()])
    return Answer(said, [*lines, *(f"{name}: {value}" for name, value in headers.items()), shown])


async def _replay(service: Service, options: argparse.Namespace) -> Answer:
    if options.id == ALL:
        async with service.begin(read_only=True) as uow:
            wanted = [each.id for each in await dead_letters.waiting(uow)]
    else:
        wanted = [options.id]
    replayed, failed = [], {}
    for letter_id in wanted:
        try:
            async with _act(service, options, letter_id) as act:
                await service.consumer.replay_in(act.uow, letter_id)
        except Exception as error:
            if options.id != ALL and isinstance(error, DomainError):
                raise
            failed[letter_id] = repr(error)
        else:
            replayed.append(letter_id)
    words = done_or_tried(options, f"{len(replayed)} replayed, {len(failed)} failed again")
    wrong = [f"{letter_id} failed again: {error}" for letter_id, error in failed.items()]
    data = {"replayed": replayed, "failed": failed, "dry_run": options.dry_run}
    return Answer(data, [words], wrong=wrong, well=not failed)


async def _drop(service: Service, options: argparse.Namespace) -> Answer:
    async with service.begin(read_only=True) as uow:
        letter, _ = await dead_letters.one(uow, options.id)
    ask(options, f"Forget dead letter {letter.id} of {service.name} ({_place(letter)}, key {letter.key})? ")
    async with _act(service, options, letter.id) as act:
        await dead_letters.drop(act.uow, letter.id)
    words = done_or_tried(options, f"dead letter {letter.id} is dropped")
    return Answer({"dropped": letter.id, "dry_run": options.dry_run}, [words])


def _act(service: Service, options: argparse.Namespace, letter_id: int) -> AbstractAsyncContextManager[Acting]:
    said = {"id": letter_id, "reason": getattr(options, "reason", None)}
    return acting(service, options, f"dead-letters {options.verb}", said, dead_letter, [(letter_id,)])
