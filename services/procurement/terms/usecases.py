"""What can happen to what was agreed on settling: it is said anew, from a day on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from services.procurement.terms import queries
from shared.bulk import Imported, refuse
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork


async def put_rows(uow: UnitOfWork, table: Table, rows: Sequence[tuple[int, dict[str, Any]]]) -> Imported:
    """Write what was agreed, by its key; a row that says nothing new changes nothing, one said twice is refused.

    What is settled already stays as it is: only receipts that come later, or are corrected, follow it.
    """
    done = Imported()
    keys = [column.name for column in table.primary_key]
    wanted: dict[tuple[Any, ...], dict[str, Any]] = {}
    for index, row in rows:
        key = tuple(row[name] for name in keys)
        if key in wanted:
            twice = DomainError("twice-in-body", "it is said twice for the same day", field=keys[0])
            done.refused.append(refuse(index, twice))
        else:
            wanted[key] = row
    done.created, done.changed = await queries.put(uow, table, list(wanted.values()))
    done.unchanged = len(wanted) - done.created - done.changed
    return done
