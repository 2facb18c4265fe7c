"""Noting in each database that it was backed up, could not be, or was put back: an act of whoever did it."""

import argparse
from collections.abc import Awaitable, Callable
from datetime import datetime

from services.commands.acting import acting, record
from services.commands.opening import NoDatabase, every_one, opened
from shared import backed_up
from shared.settings import Settings


async def note(
    settings: Settings, options: argparse.Namespace, began_at: datetime, failure: str | None = None
) -> dict[str, str]:
    """Note it in every database there is; returns by service why it could not be noted there.

    A copy that is whole stays so whether or not its database knows of it, and one at an older step has no room for it.
    """
    return await _everywhere(settings, lambda name: _note(settings, options, name, began_at, failure))


async def note_restored(settings: Settings, options: argparse.Namespace, made_at: str) -> dict[str, str]:
    """Note in every database that it was put back, as of when; returns by service why it could not be noted there."""
    said = {"directory": options.directory, "made_at": made_at}

    async def note_it(name: str) -> None:
        async with opened(settings, name) as service:
            await record(service, options, "restore", said)

    return await _everywhere(settings, note_it)


async def _everywhere(settings: Settings, note_it: Callable[[str], Awaitable[None]]) -> dict[str, str]:
    unnoted = {}
    for name in every_one(settings):
        try:
            await note_it(name)
        except NoDatabase:
            continue
        except Exception as error:  # whatever it is: the copy is there, or the reason why it is not comes first
            unnoted[name] = type(error).__name__
    return unnoted


async def _note(
    settings: Settings, options: argparse.Namespace, name: str, began_at: datetime, failure: str | None
) -> None:
    said = {"directory": options.directory, "failure": failure}
    async with opened(settings, name) as service, acting(service, options, "backup", said) as act:
        await backed_up.note(act.uow.session, began_at, service.clock.now(), failure)
