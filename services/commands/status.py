"""Saying of each service whether it works, by its own database and the bus; no process is asked."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from services.commands import DATABASES, ISSUER, Answer, aligned, named
from services.commands.opening import definition_of, every_one, require_database
from shared import steps
from shared.backed_up import BackedUp, backed_up
from shared.clock import SystemClock
from shared.database import database_of, is_transient
from shared.errors import DomainError
from shared.messaging.backlog import OUTBOX_S, PARKED_S, Backlog, backlog
from shared.messaging.bus import SERVICES, BusError
from shared.messaging.lags import lag_of
from shared.settings import Settings


@dataclass(slots=True)
class State:
    """What was found of a service; `lag` is None for one that hears nothing, and where the bus does not answer."""

    database: str
    migrations: str
    waits: Backlog | None = None
    backup: BackedUp | None = None
    lag: int | None = None
    wrong: list[str] = field(default_factory=list)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say of which."""
    parser.add_argument("services", nargs="*", choices=[*DATABASES, ISSUER, []], help="default: all")


async def run(options: argparse.Namespace, settings: Settings) -> Answer:
    """Look at each service; it is not well when somebody has to look at anything."""
    names = named(settings, options.services, every_one(settings))
    states = {name: await state_of(settings, name) for name in names}
    wrong = [f"{name}: {words}" for name, state in states.items() for words in state.wrong]
    data = {name: asdict(state) | {"well": not state.wrong} for name, state in states.items()}
    return Answer({"services": data, "well": not wrong}, _table(states), wrong=wrong, well=not wrong)


async def state_of(settings: Settings, name: str) -> State:
    """Return how a service stands."""
    state = await _of_database(settings, name)
    if name in SERVICES:
        try:
            state.lag = await lag_of(settings, name, definition_of(name).handlers.topics())
        except BusError as error:
            state.wrong.append(f"the bus does not answer: {error}")
    return state


async def _of_database(settings: Settings, name: str) -> State:
    needed = steps.newest(f"services.{name}.migrations")
    try:
        require_database(settings, name)
        database = database_of(settings, name)
        try:
            present = await steps.present(database)
            if not steps.serve(present, needed):
                at = f"at {present}, this code needs {needed}"
                return State("ok", at, wrong=[f"migrations are {at}"])
            async with database.transaction(read_only=True) as session:
                waits = await backlog(session, SystemClock().now())
                backup = await backed_up(session)
        finally:
            await database.close()
    except DomainError as error:
        return State("missing", "none", wrong=[error.detail])
    except Exception as error:
        if not is_transient(error):
            raise
        return State("unreachable", "unknown", wrong=[f"its database does not answer: {type(error).__name__}"])
    return State("ok", "ok", waits, backup, wrong=[*_worries(waits), *_unsaved(backup)])


def _worries(waits: Backlog) -> Sequence[str]:
    worries = []
    if waits.outbox_age_s > OUTBOX_S:
        worries.append(f"the oldest of {waits.outbox_waiting} events to publish waits for {waits.outbox_age_s:.0f} s")
    if waits.dead_letters:
        worries.append(f"{waits.dead_letters} dead letters wait to be replayed or dropped")
    if waits.parked_age_s > PARKED_S:
        worries.append(f"the oldest of {waits.parked} parked events waits for {waits.parked_age_s:.0f} s")
    return worries


def _unsaved(backup: BackedUp) -> Sequence[str]:
    """That there is no new backup says the alert; a machine to try things out on has none, and is well."""
    return [] if backup.failure is None else [f"its backup failed: {backup.failure}"]


def _table(states: dict[str, State]) -> list[str]:
    head = [
        "service",
        "database",
        "migrations",
        "outbox",
        "oldest",
        "lag",
        "dead letters",
        "parked",
        "longest",
        "backup",
    ]
    rows = [head]
    for name, state in states.items():
        waits = state.waits
        told = ["-"] * 5
        if waits is not None:
            ages = (f"{waits.outbox_age_s:.0f} s", f"{waits.parked_age_s:.0f} s")
            told = [str(waits.outbox_waiting), ages[0], str(waits.dead_letters), str(waits.parked), ages[1]]
        lag = "-" if state.lag is None else str(state.lag)
        saved = (
            "-" if state.backup is None or state.backup.last_at is None else f"{state.backup.last_at:%Y-%m-%d %H:%M}Z"
        )
        rows.append([name, state.database, state.migrations, *told[:2], lag, *told[2:], saved])
    return aligned(rows)
