"""Building a copy again that a service keeps of what another owns: the owner tells all of it anew (decision 55)."""

import argparse
import importlib
from collections.abc import Mapping

from services.commands import Answer, aligned, named
from services.commands.acting import acting, ask, asking, done_or_tried
from services.commands.opening import opened
from shared.copies import Copy, Retell
from shared.errors import NotFound
from shared.messaging.bus import SERVICES
from shared.routing import Paging
from shared.settings import Settings

BATCH = 500


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say which."""
    parser.add_argument("service", choices=SERVICES, help="whose copy")
    parser.add_argument("copy", nargs="?", help="of what; without it the copies are listed")
    asking(parser)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """List the copies of a service, or build one again. Raises NotFound for a copy it does not keep."""
    copies: Mapping[str, Copy] = importlib.import_module(f"services.{options.service}.copies").COPIES
    if options.copy is None:
        return await _list(options.service, copies, settings)
    if options.copy not in copies:
        raise NotFound("copy", f"{options.copy} in {options.service}: {', '.join(copies)}", field="copy")
    copy = copies[options.copy]
    named(settings, [options.service, copy.owner], [])
    what = f"{options.service}'s copy of the {options.copy} of {copy.owner}"
    ask(options, f"Build {what} again? It goes on serving; everybody who hears {copy.owner} hears all of it again. ")
    doubted = await _doubt(options, settings, copy)
    told = await _retell(options, settings, copy.owner)
    words = done_or_tried(options, f"{doubted:,} rows in doubt, {told:,} told again by {copy.owner}")
    data = {"owner": copy.owner, "doubted": doubted, "told": told, "dry_run": options.dry_run}
    return Answer(data, [words] if options.dry_run else [words, "It is done when `status` shows no outbox and no lag."])


async def _list(service: str, copies: Mapping[str, Copy], settings: Settings) -> Answer:
    async with opened(settings, service) as keeper, keeper.begin(read_only=True) as uow:
        counts = {name: await copy.count(uow) for name, copy in copies.items()}
    rows = [[name, copies[name].owner, count] for name, count in counts.items()]
    data = {name: {"owner": copies[name].owner, "rows": count} for name, count in counts.items()}
    return Answer(data, aligned([["copy", "owner", "rows"], *rows]))


async def _doubt(options: argparse.Namespace, settings: Settings, copy: Copy) -> int:
    said = {"service": options.service, "copy": options.copy}
    async with (
        opened(settings, options.service) as keeper,
        acting(keeper, options, "rebuild", said) as act,
    ):
        return await copy.doubt(act.uow)


async def _retell(options: argparse.Namespace, settings: Settings, owner: str) -> int:
    """Let the owner tell everything again, a batch in a unit of work; returns how much it was."""
    retold: Mapping[str, Retell] = importlib.import_module(f"services.{owner}.retelling").RETOLD
    told, after = 0, None
    async with opened(settings, owner) as service:
        while True:
            said = {"service": options.service, "copy": options.copy, "after": after}
            async with acting(service, options, "rebuild", said) as act:
                keys = await retold[options.copy](act.uow, Paging(limit=BATCH, after=after))
            told += len(keys)
            if len(keys) < BATCH:
                return told
            after = keys[-1]
