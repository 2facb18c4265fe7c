"""Forgetting who a household is, on its request (decision 46); what it delivered and was paid stays."""

import argparse

from services.commands import Answer
from services.commands.acting import acting, ask, asking, done_or_tried
from services.commands.opening import opened
from services.farmers.erasures import usecases
from services.farmers.erasures.models import Erasure
from services.farmers.tables import table_of
from shared.fields import Reason
from shared.routing import Input
from shared.settings import Settings


class _Said(Input):
    """Why, as whoever asks over HTTP may say it."""

    reason: Reason


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say which, and why."""
    parser.add_argument("household_id")
    parser.add_argument("--reason", required=True, help="why it wants to be forgotten, in its words")
    asking(parser)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Delete its name, phone and registry number. Raises what the use case raises."""
    said = _Said(reason=options.reason)
    ask(options, f"Forget name, phone and registry number of household {options.household_id} for good? ")
    async with opened(settings, "farmers") as service:
        parameters = {"household_id": options.household_id, "reason": said.reason}
        async with acting(service, options, "erase", parameters, table_of(Erasure)) as act:
            row = await usecases.erase(act.uow, service.sealer, options.household_id, options.by, said.reason)
            act.keys.add((row["erasure_id"],))
    words = done_or_tried(options, f"household {options.household_id} is forgotten; backups of before still know it")
    return Answer(row | {"dry_run": options.dry_run}, [words])
