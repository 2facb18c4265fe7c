"""Clients as a phone is one: they send a command again, under the same Idempotency-Key, until they are told something.

Everything they send and are told goes into the journal, at a bounded rate.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from tests.faults.journal import Command, Journal

PATIENCE_S = 40.0
GIVES_UP = 0.03
"""How often a client that was told nothing leaves it at that."""
ASKS_AGAIN = 0.08
"""How often a client that was told something sends it all again, as if it had not heard."""
LATE = 200
_TOO_MANY = 429


class Pace:
    """Lets so many sendings go in a second, evenly, whoever sends."""

    def __init__(self, per_second: float) -> None:
        self._gap_s = 1.0 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until it is this one's turn."""
        now = time.monotonic()
        self._next = max(now, self._next + self._gap_s)
        await asyncio.sleep(self._next - now)


@dataclass(slots=True)
class Line:
    """What all clients of a run share: the services' addresses, the journal, the pace, the run's beginning.

    `sent` are the last commands that were acknowledged; how often each was sent is counted here, whoever sends it.
    """

    services: Mapping[str, httpx.AsyncClient]
    journal: Journal
    pace: Pace
    began: float = field(default_factory=time.monotonic)
    sent: deque[Command] = field(default_factory=lambda: deque(maxlen=LATE))
    _attempts: Counter[str] = field(default_factory=Counter)

    async def send(self, command: Command) -> Command:
        """Send a command once and write down what came back."""
        await self.pace.turn()
        self._attempts[command.key] += 1
        command = replace(command, attempt=self._attempts[command.key])
        sent_s = time.monotonic() - self.began
        status: int | None = None
        answer: Any = None
        try:
            response = await self.services[command.service].request(
                command.method,
                command.path,
                json=command.body,
                headers=command.headers | {"Idempotency-Key": command.key},
            )
            status = response.status_code
            answer = response.json()
        except (httpx.HTTPError, ValueError):
            pass
        told = replace(command, status=status, answer=answer, sent_s=sent_s, answered_s=time.monotonic() - self.began)
        self.journal.write(told)
        return told


class Client:
    """One person's device, which sends one command at a time."""

    def __init__(self, name: str, line: Line, seed: int) -> None:
        self.name = name
        self.dice = random.Random(f"{seed} {name}")
        self._line = line
        self._number = 0

    async def read(self, service: str, path: str, **query: Any) -> Any:
        """Return what a route answers; None when nobody answers, or there is no such thing."""
        try:
            response = await self._line.services[service].get(path, params=query)
            return response.json() if response.is_success else None
        except (httpx.HTTPError, ValueError):
            return None

    async def items(
        self, service: str, path: str, wanted: Callable[[dict[str, Any]], bool] = lambda _: True, **query: Any
    ) -> list[dict[str, Any]]:
        """Return the items of a list that are wanted; those of the pages that were answered."""
        found: list[dict[str, Any]] = []
        query["limit"] = 500
        while (page := await self.read(service, path, **query)) is not None:
            found += filter(wanted, page["items"])
            query["after"] = page.get("next")
            if query["after"] is None:
                break
        return found

    async def send(
        self, kind: str, service: str, path: str, body: Any, *, method: str = "POST", version: int | None = None
    ) -> Any:
        """Send a command until something certain is told; returns the answer, None when it was refused or unknown."""
        self._number += 1
        key = f"{self.name}-{self._number}"
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        command = Command(key, 1, self.name, kind, service, method, path, body, headers, None, None, 0.0, 0.0)
        until = time.monotonic() + PATIENCE_S
        told = await self._line.send(command)
        while told.unknown or told.status == _TOO_MANY:
            if time.monotonic() > until or self.dice.random() < GIVES_UP:
                return None
            await asyncio.sleep(self.dice.uniform(0.1, 0.6))
            told = await self._again(told)
        if told.acknowledged:
            self._line.sent.append(told)
            if self.dice.random() < ASKS_AGAIN:
                await self._again(told)
        return told.answer if told.acknowledged else None

    async def remember(self) -> None:
        """Send some command of a while ago again, whosever it was."""
        if self._line.sent:
            await self._again(self.dice.choice(self._line.sent))

    async def _again(self, told: Command) -> Command:
        return await self._line.send(replace(told, client=self.name))
