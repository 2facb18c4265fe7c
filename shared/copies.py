"""Copies a service keeps of what another owns, built from events, and how they are built again (decision 55)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select, update

from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

Retell = Callable[[UnitOfWork, Paging], Awaitable[Sequence[str]]]
"""Tells a page of what a service owns again, as it is now, in the order of its keys; returns those keys."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What a service knows of things that `owner` tells of, in `tables`; `where`: only these rows are of them."""

    owner: str
    tables: Sequence[Table]
    where: ColumnElement[bool] | None = None

    async def count(self, uow: UnitOfWork) -> int:
        """Return how many rows there are."""
        counts = [await uow.session.scalar(self._of(select(func.count()).select_from(table))) for table in self.tables]
        return sum(counts)

    async def doubt(self, uow: UnitOfWork) -> int:
        """Let what is told next count, whatever its version; until then the rows serve as they are. Returns how many.

        Facts without a version never change: what is missing of them comes back, and what is there stays.
        """
        doubted = 0
        for table in self.tables:
            if "version" in table.c:
                doubted += (await uow.session.execute(self._of(update(table).values(version=0)))).rowcount
        return doubted

    def _of(self, statement: Any) -> Any:
        return statement if self.where is None else statement.where(self.where)
