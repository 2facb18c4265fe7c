"""Loading a generated directory into a running system, or into the files under var."""

import argparse
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import uvloop
from rich.console import Console
from rich.progress import Progress

from services.loading import Loaded, load, total_rows
from services.together import Together
from shared.messaging.bus import SERVICES
from shared.settings import Settings


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Load, and name the rows that were refused; exit status 1 when there are any."""
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
            token = settings.auth_token
            bearer = {} if token is None else {"Authorization": f"Bearer {token.get_secret_value()}"}
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
