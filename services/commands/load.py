"""Loading a generated directory into a running system, or into the files under var."""

import argparse
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress

from services.commands import Answer
from services.loading import Loaded, load, total_rows
from services.together import Together
from shared.messaging.bus import SERVICES
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what is loaded, and into what."""
    parser.add_argument("directory", type=Path)
    parser.add_argument(
        "--at", help="a running system: its address, or service=address,… ; default: the files under var"
    )


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Load, and name the rows that were refused; it is not well when there are any."""
    loaded = await _load_into(options.directory, options.at, settings)
    counts = {name: getattr(loaded, name) for name in ("created", "changed", "unchanged", "bad_rows")}
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    bad = [str(row) for row in loaded.bad]
    return Answer(counts | {"bad": bad}, [words], wrong=bad, well=not loaded.bad_rows)


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
