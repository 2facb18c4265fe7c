"""Sourcing a county's week again: what is still open is matched anew with the offers there are now."""

import argparse

from services.commands import Answer
from services.commands.acting import acting, ask, asking, done_or_tried
from services.commands.opening import opened
from services.procurement.sourcing import usecases
from services.procurement.sourcing.models import SourcingRun
from services.procurement.tables import table_of
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say which."""
    parser.add_argument("run_id", help="the run to repeat: its county and week are sourced again; its orders stand")
    asking(parser)


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Queue a run like the one named; the running service takes it within a second."""
    async with opened(settings, "procurement") as service:
        async with service.begin(read_only=True) as uow:
            before = (await usecases.account_of(uow, options.run_id)).run
        week = f"{before.county_code}'s week of {before.week_start}"
        ask(options, f"Source {week} again (the run is {before.status}; what it ordered stands)? ")
        async with acting(service, options, "rerun", {"run_id": options.run_id}, table_of(SourcingRun)) as act:
            again = await usecases.queue_run(act.uow, before.county_code, before.week_start)
            act.keys.add((again.run_id,))
    data = {"run_id": again.run_id, "county_code": again.county_code, "week_start": again.week_start}
    words = done_or_tried(options, f"run {again.run_id} sources {week}")
    return Answer(data | {"dry_run": options.dry_run}, [words])
