"""Noting in each database that it was backed up, or that it could not be: an act of whoever did it, like any other."""

import argparse
from datetime import datetime

from services.commands.acting import acting
from services.commands.opening import NoDatabase, every_one, opened
from shared import backed_up
from shared.settings import Settings


async def note(
    settings: Settings, options: argparse.Namespace, began_at: datetime, failure: str | None = None
) -> dict[str, str]:
    """Note it in every database there is; returns by service why it could not be noted there.

    A copy that is whole stays so whether or not its database knows of it, and one at an older step has no room for it.
    """
    unnoted = {}
    for name in every_one(settings):
        try:
            await _note(settings, options, name, began_at, failure)
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
