"""Steps that no release has: each changes tables that every request and every event use, while they are used."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from shared import migrate
from shared.database import open_database
from tests.stepping import Steps

FIRST = 9_000


class Further:
    """Brings the databases of services, which `dsn_of` names, to steps that are newer than their code."""

    def __init__(self, folder: Path, dsn_of: Callable[[str], str]) -> None:
        self._folder = folder
        self._dsn_of = dsn_of
        self._steps: dict[str, Steps] = {}
        self._taken: Counter[str] = Counter()

    async def migrate(self, service: str) -> None:
        """Take one more step of a service, as two replicas of a new version do at the same moment."""
        if service not in self._steps:
            package = f"steps_{service}_{uuid4().hex}"
            self._steps[service] = Steps(self._folder, package, f"services.{service}.migrations")
        self._taken[service] += 1
        self._steps[service].add(str(FIRST + self._taken[service]), *_changes(self._taken[service]))
        databases = [open_database(self._dsn_of(service)) for _ in range(2)]
        try:
            await asyncio.gather(*(migrate.upgrade(one, self._steps[service].package) for one in databases))
        finally:
            await asyncio.gather(*(one.close() for one in databases))


def _changes(number: int) -> list[str]:
    """Return a column more, other types and an index; what the step before made goes."""
    return [
        f"ALTER TABLE inbox DROP COLUMN IF EXISTS later_{number - 1}",
        f"ALTER TABLE inbox ADD COLUMN later_{number} text DEFAULT 'unknown'",
        f"ALTER TABLE inbox ALTER COLUMN event_id TYPE varchar({64 + number})",
        f"ALTER TABLE idempotency_key ALTER COLUMN body_hash TYPE {'text' if number % 2 else 'varchar(64)'}",
        f"DROP INDEX IF EXISTS ix_later_{number - 1}",
        f"CREATE INDEX ix_later_{number} ON idempotency_key (body_hash)",
    ]
