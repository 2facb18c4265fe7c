"""What an import needs of a registry, whichever it is; where there is none, nothing is fetched."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from shared.errors import DomainError


class RegistryFailed(DomainError):
    """The registry did not answer, or with something that is no list of counts; nothing was changed.

    What it answered stands neither in the problem nor in a log: it may hold names.
    """

    status = 502
    title = "Registry failed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """Rows as a registry gave them, not yet looked at, and who it is."""

    source: str
    rows: list[dict[str, Any]]


class Registry(Protocol):
    """A registry of pupils in need."""

    async def counts(self, on: date, county_code: str | None) -> Fetched:
        """Return the counts that hold on a day, of a county or all. Raises RegistryFailed."""
        ...


class NullRegistry:
    """No registry: counts come from files and people."""

    async def counts(self, on: date, county_code: str | None) -> Fetched:
        """Return nothing."""
        return Fetched("", [])
