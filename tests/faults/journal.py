"""The journal of a run: what clients sent and what they were told, a line of JSON for each time they sent it.

A command that is sent again carries the same `key` (its Idempotency-Key) and the same body: `told` says, command by
command, what its client knows in the end. Reads are not journalled.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self


@dataclass(frozen=True, slots=True)
class Command:
    """One sending of one command, and its answer.

    `key`: its Idempotency-Key, unique to the command. `attempt`: 1 for the first time it was sent. `client`: who sent
    it; a client sends one command at a time. `kind`: what it is in words (`accept`, `receipt`, …). `headers`: those
    that mean something (`If-Match`). `status` and `answer`: what came back, None where nothing did; an answer that is
    no JSON is None, too. `sent_s` and `answered_s`: seconds since the run began, of the machine's own clock.
    """

    key: str
    attempt: int
    client: str
    kind: str
    service: str
    method: str
    path: str
    body: Any
    headers: dict[str, str]
    status: int | None
    answer: Any
    sent_s: float
    answered_s: float

    @property
    def acknowledged(self) -> bool:
        """Whether it was answered as done: it must be in effect, once."""
        return self.status is not None and self.status < 300

    @property
    def refused(self) -> bool:
        """Whether it was answered as not done: it must have no effect."""
        return self.status is not None and 300 <= self.status < 500

    @property
    def unknown(self) -> bool:
        """Whether nobody told the client: no answer came, or that of a service in trouble. It is in effect or not."""
        return self.status is None or self.status >= 500


class Journal:
    """Writes a run's journal; every line is in the file before the client goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        """Open it, empty."""
        self._file = self.path.open("w", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._file is not None:
            self._file.close()

    def write(self, command: Command) -> None:
        """Write one line."""
        assert self._file is not None
        self._file.write(json.dumps(asdict(command), ensure_ascii=False) + "\n")
        self._file.flush()


def read(path: Path) -> Iterator[Command]:
    """Give a journal's lines in the order in which their answers came."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Command(**json.loads(line))


def told(lines: Iterable[Command]) -> dict[str, Command]:
    """Return by key what each command's client knows in the end.

    That is the first answer that it was done; else a sending that nobody answered, since that one may be done yet,
    whatever was answered to others; else the refusal.
    """
    known: dict[str, Command] = {}
    for line in lines:
        if line.key not in known or _certainty(line) > _certainty(known[line.key]):
            known[line.key] = line
    return known


def _certainty(line: Command) -> int:
    return 2 if line.acknowledged else 1 if line.unknown else 0
