"""`python -m services COMMAND`: the demo, sample data, loading, migrations, topics, dead letters, the ledger's proof.

Without a command it serves all services in one process on SQLite and the embedded bus.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import httpx
import uvloop
from rich.console import Console
from rich.progress import Progress

from services.demo import play
from services.demo.report import show
from services.generator import generate
from services.loading import Loaded, load, total_rows
from services.procurement.ledger.proof import prove
from services.procurement.reports.proof import prove as prove_reports
from services.together import DEFINITIONS, Together
from shared import migrate
from shared.audit.linking import Verified, verify_all
from shared.clock import SystemClock
from shared.collector import collect_seldom
from shared.database import open_database
from shared.messaging import dead_letters
from shared.messaging.bus import SERVICES, every_topic
from shared.service import Definition, Service
from shared.settings import Settings
from shared.standalone import listen, open_bus
from shared.telemetry import log_as_json


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    options = _parser().parse_args(arguments)
    settings = Settings()
    log_as_json(settings.log_level)
    options.run(options, settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers()

    demo = commands.add_parser("demo", help="live through a sample county's school week, then serve it")
    demo.add_argument("--once", action="store_true", help="do not serve afterwards")
    demo.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    demo.add_argument("--county", type=Path, default=play.COUNTY, help="a generated directory")
    demo.set_defaults(run=_demo)

    make = commands.add_parser("generate", help="make a fictional county or province")
    make.add_argument("--schools", type=int, required=True)
    make.add_argument("--cooperatives", type=int, required=True)
    make.add_argument("--seed", type=int, required=True)
    make.add_argument("--out", type=Path, required=True)
    make.add_argument("--week-start", type=date.fromisoformat, default=date(2026, 11, 30))
    make.set_defaults(run=_generate)

    loading = commands.add_parser("load", help="load a generated directory")
    loading.add_argument("directory", type=Path)
    loading.add_argument(
        "--at", help="a running system: its address, or service=address,… ; default: the files under var"
    )
    loading.set_defaults(run=_load)

    up = commands.add_parser("migrate", help="bring databases to the newest step")
    up.add_argument("services", nargs="*", choices=[*SERVICES, []], help="default: all")
    up.set_defaults(run=_migrate)

    commands.add_parser("topics", help="create the topics that are missing").set_defaults(run=_topics)

    proof = commands.add_parser("verify-ledger", help="prove the ledger's hash chains, and reports by its rows")
    proof.add_argument("--county", metavar="CODE", help="default: every county")
    proof.set_defaults(run=_verify_ledger)

    trail = commands.add_parser("verify-audit", help="prove the chains of who did what")
    trail.add_argument("services", nargs="*", choices=[*SERVICES, []], help="default: all")
    trail.set_defaults(run=_verify_audit)

    letters = commands.add_parser("dead-letters", help="list a service's dead letters, or replay them")
    letters.add_argument("service", choices=SERVICES)
    letters.add_argument("--replay", metavar="ID", help="the number of a dead letter, or 'all'")
    letters.set_defaults(run=_dead_letters)
    return parser


def _serve(_options: argparse.Namespace, settings: Settings) -> None:
    app = Together(settings).app()
    collect_seldom()
    listen(app, settings)


def _demo(options: argparse.Namespace, settings: Settings) -> None:
    console = Console(stderr=options.json)
    collect_seldom()
    figures = uvloop.run(play.play(settings, console, options.county))
    if options.json:
        print(json.dumps(figures))
    else:
        show(console, figures)
    if not options.once:
        where = f"http://{settings.host}:{settings.port}"
        console.print(
            f"Look around: {where}/ and {', '.join(f'{where}/{name}/docs' for name in SERVICES)}. Ctrl-C ends."
        )
        play.serve(settings)


def _generate(options: argparse.Namespace, _settings: Settings) -> None:
    with Console(stderr=True).status("generating"):
        generate(options.schools, options.cooperatives, options.seed, options.out, week_start=options.week_start)


def _load(options: argparse.Namespace, settings: Settings) -> None:
    loaded = uvloop.run(_load_into(options.directory, options.at, settings))
    for row in loaded.bad:
        print(row, file=sys.stderr)
    print(
        f"{loaded.created} created, {loaded.changed} changed, {loaded.unchanged} unchanged, {loaded.bad_rows} bad rows"
    )
    sys.exit(1 if loaded.bad_rows else 0)


async def _load_into(directory: Path, at: str | None, settings: Settings) -> Loaded:
    loaded = Loaded()
    async with AsyncExitStack() as stack:
        if at is None:
            together = await stack.enter_async_context(Together(settings))
            clients = await together.clients()
        else:
            together = None
            bearer = (
                {}
                if settings.auth_token is None
                else {"Authorization": f"Bearer {settings.auth_token.get_secret_value()}"}
            )
            clients = {
                name: httpx.AsyncClient(base_url=url, timeout=60, headers=bearer)
                for name, url in _addresses(at).items()
            }
            for client in clients.values():
                await stack.enter_async_context(client)
        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("loading", total=total_rows(directory))
            done: dict[str, int] = {}
            async for file, count in load(directory, clients, loaded):
                done[file] = count
                bar.update(task, completed=sum(done.values()), description=file)
        if together is not None:
            await together.settle()
    return loaded


def _addresses(at: str) -> dict[str, str]:
    """Return each service's address: `http://host` has them under /<service>, or `nutrition=http://…,farmers=…`."""
    if "=" in at:
        return dict(pair.split("=", 1) for pair in at.split(","))
    return {name: f"{at.rstrip('/')}/{name}" for name in SERVICES}


def _migrate(options: argparse.Namespace, settings: Settings) -> None:
    wanted = options.services or SERVICES
    uvloop.run(_migrate_all(settings, [d for d in DEFINITIONS if d.name in wanted]))


async def _migrate_all(settings: Settings, definitions: list[Definition]) -> None:
    for definition in definitions:
        database = open_database(settings.database_of(definition.name))
        try:
            await migrate.upgrade(database, definition)
        finally:
            await database.close()


def _topics(_options: argparse.Namespace, settings: Settings) -> None:
    async def create() -> None:
        bus = open_bus(settings, "topics")
        try:
            await bus.ensure_topics(every_topic())
        finally:
            await bus.close()

    uvloop.run(create())


def _verify_ledger(options: argparse.Namespace, settings: Settings) -> None:
    proofs = uvloop.run(prove(settings, options.county))
    if options.county is None:
        proofs += uvloop.run(prove_reports(settings))
    for proof in proofs:
        print(proof.text)
    sys.exit(0 if all(proof.holds for proof in proofs) else 1)


def _verify_audit(options: argparse.Namespace, settings: Settings) -> None:
    verified = uvloop.run(_verify_trails(settings, options.services or SERVICES))
    for service, trail in verified.items():
        print(f"{service}: {trail.words}")
    sys.exit(0 if all(trail.broken is None for trail in verified.values()) else 1)


async def _verify_trails(settings: Settings, services: Sequence[str]) -> dict[str, Verified]:
    verified = {}
    for service in services:
        database = open_database(settings.database_of(service))
        try:
            verified[service] = await verify_all(database)
        finally:
            await database.close()
    return verified


def _dead_letters(options: argparse.Namespace, settings: Settings) -> None:
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


if __name__ == "__main__":
    main()
