"""All SQL about the registry."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Row, Text, and_, insert, select, union_all, update

from services.farmers.registry.domain import Numbers
from services.farmers.registry.models import RegistryNumber, RegistryRefusal, RegistryState
from services.farmers.rows import as_rows, given
from services.farmers.tables import insert_new, table_of
from shared.database import Session
from shared.prepared import Prepared
from shared.routing import Paging
from shared.sealing import Sealer

number = table_of(RegistryNumber)
state = table_of(RegistryState)
refusal = table_of(RegistryRefusal)

PURPOSE = "registry_number"


async def numbers(session: Session, sealer: Sealer, asked: Iterable[str], household_ids: Iterable[str]) -> Numbers:
    """Return who has these numbers, and which numbers these households have."""
    wanted = {index: each for each in set(asked) for index in sealer.indexes(each, PURPOSE)}
    keys = [*([index, "index"] for index in wanted), *([each, "household"] for each in set(household_ids))]
    plain = {
        household_id: wanted[index] if index in wanted else sealer.open(sealed, _place(household_id))
        for household_id, index, sealed in await session.run(_numbers, as_rows(keys))
    }
    return Numbers({text: household_id for household_id, text in plain.items()}, plain)


@Prepared
def _numbers(dialect: str) -> CompoundSelect[Any]:
    asked = given(dialect, said=Text, kind=Text)
    found = select(number.c.household_id, number.c.number_index, number.c.number_sealed)
    # Two joins over an index each; one condition with OR would have PostgreSQL read the whole table.
    return union_all(
        found.join(asked, and_(asked.c.kind == "index", number.c.number_index == asked.c.said)),
        found.join(asked, and_(asked.c.kind == "household", number.c.household_id == asked.c.said)),
    )


def _place(household_id: str) -> str:
    return f"registry_number.number:{household_id}"


async def insert_numbers(session: Session, sealer: Sealer, linked: Mapping[str, str]) -> None:
    """Write under which numbers households are known."""
    rows = [
        (household_id, sealer.seal(text, _place(household_id)), sealer.index(text, PURPOSE))
        for household_id, text in sorted(linked.items())
    ]
    if rows:
        await session.fill(number, ("household_id", "number_sealed", "number_index"), rows)


async def lock_state(session: Session, dialect: str, registry: str, fresh: dict[str, Any]) -> Row[Any]:
    """Return how far a registry was followed, locked; `fresh` when it never was."""
    await session.execute(insert_new(dialect, state), [{"registry_name": registry} | fresh])
    found: Row[Any] = (
        await session.execute(select(state).where(state.c.registry_name == registry).with_for_update())
    ).one()
    return found


async def states(session: Session) -> Sequence[Row[Any]]:
    """Return how far each registry was followed."""
    rows: Sequence[Row[Any]] = (await session.execute(select(state).order_by(state.c.registry_name))).all()
    return rows


async def cursor_of(session: Session, registry: str) -> str | None:
    """Return where a registry is to be followed from, None at its beginning."""
    cursor: str | None = await session.scalar(select(state.c.cursor).where(state.c.registry_name == registry))
    return cursor


async def save_state(session: Session, registry: str, values: dict[str, Any]) -> None:
    """Write how far a registry was followed; its row is locked."""
    await session.execute(update(state).where(state.c.registry_name == registry).values(values))


async def note_refusals(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write down what was not taken."""
    if rows:
        await session.execute(insert(refusal), rows)


async def refusals(session: Session, paging: Paging) -> Sequence[Row[Any]]:
    """Return what was not taken, oldest first."""
    statement = (
        select(refusal)
        .where(refusal.c.refusal_id > (paging.after or ""))
        .order_by(refusal.c.refusal_id)
        .limit(paging.limit)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows
