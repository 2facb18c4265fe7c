"""The demand lines a unit of work holds locked: what they were, what they become, what is told of the difference."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Self

from services.procurement.demand import domain, queries
from services.procurement.demand.domain import Line
from services.procurement.sums import queries as sums
from shared.unit_of_work import UnitOfWork


class Book:
    """Locked demand lines by id. Change them with :meth:`put`; :meth:`save` writes and tells all changes at once."""

    def __init__(self, lines: dict[str, Line]) -> None:
        self._before = dict(lines)
        self.lines = dict(lines)

    @classmethod
    async def open(cls, uow: UnitOfWork, demand_ids: Iterable[str]) -> Self:
        """Lock these lines, in the order everybody does: before orders, and orders before offers."""
        return cls(await queries.lines_for_update(uow.session, demand_ids))

    async def lock(self, uow: UnitOfWork, demand_ids: Iterable[str]) -> None:
        """Hold these lines, too; one that is held already stays as it has become."""
        more = await queries.lines_for_update(uow.session, set(demand_ids) - self.lines.keys())
        self._before |= more
        self.lines |= more

    def put(self, line: Line) -> None:
        """Set what a line becomes; one that was not held is new."""
        self.lines[line.demand_id] = line

    @property
    def any_was_sourced(self) -> bool:
        """Whether any of the lines had been sourced before this unit of work."""
        return any(
            line.status == domain.Status.SOURCED or line.allocated_g + line.unmet_g for line in self._before.values()
        )

    async def save(self, uow: UnitOfWork) -> None:
        """Write what changed, each line one version on, and tell where what nobody has became more or less."""
        changed = [
            replace(line, version=line.version + 1)
            for key, line in sorted(self.lines.items())
            if line != self._before.get(key)
        ]
        await queries.add_lines(uow.session, [line for line in changed if line.demand_id not in self._before])
        await queries.save_lines(uow.session, [line for line in changed if line.demand_id in self._before])
        await sums.mark(uow.session, [(line.county_code, line.delivery_day) for line in changed])
        for line in changed:
            before = self._before.get(line.demand_id)
            if line.unmet_g != (before.unmet_g if before else 0):
                uow.emit(domain.unmet(line, uow.now))
