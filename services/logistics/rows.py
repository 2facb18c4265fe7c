"""Rows of a bulk upsert on their way into a table with an id."""

from collections.abc import Callable, Collection
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table

from services.logistics.fleet import queries
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import DomainError, NotFound
from shared.unit_of_work import UnitOfWork

Row = dict[str, Any]


class Loading:
    """Rows on their way into a table: each check leaves out what breaks it, and names it."""

    def __init__(self, model: type[BaseModel], rows: Rows) -> None:
        good, self._refused = parse(model, rows)
        self.rows = [(index, _plain(row)) for index, row in good]

    def check(self, rule: Callable[[Row], None]) -> None:
        """Leave out the rows that `rule` raises a DomainError for."""
        self.rows = [one for one in self.rows if not self._broken(one, rule)]

    def ids(self, field: str) -> set[str]:
        """Return what the rows name in a field."""
        return {row[field] for _, row in self.rows if row[field] is not None}

    def _broken(self, one: tuple[int, Row], rule: Callable[[Row], None]) -> bool:
        index, row = one
        try:
            rule(row)
        except DomainError as error:
            self._refused.append(refuse(index, error))
            return True
        return False

    async def put(self, uow: UnitOfWork, table: Table) -> Imported:
        """Put what is left into the table; the last row of an id wins, as if they had come one by one."""
        key = queries.key_of(table)
        rows = {row[key]: row for _, row in self.rows}
        present = await queries.present(uow, table, rows)
        changed = [row for id_, row in rows.items() if id_ in present and present[id_] != row]
        created = [row for id_, row in rows.items() if id_ not in present]
        await queries.put(uow, table, created + changed)
        refused: list[Refusal] = sorted(self._refused, key=lambda refusal: refusal.index)
        unchanged = len(self.rows) - len(created) - len(changed)
        return Imported(created=len(created), changed=len(changed), unchanged=unchanged, refused=refused)


def _plain(row: BaseModel) -> Row:
    values = row.model_dump()
    if "temperature_class" in values:
        values["temperature_class"] = values["temperature_class"].value
    return values


def named(what: str, field: str, known: Collection[str]) -> Callable[[Row], None]:
    """Return the rule that what a row names in a field is known; naming nothing is fine."""

    def rule(row: Row) -> None:
        if row[field] is not None and row[field] not in known:
            raise NotFound(what, row[field], field=field)

    return rule
