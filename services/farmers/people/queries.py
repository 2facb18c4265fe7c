"""All SQL about people; what is private is sealed here, and opened here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Row, Select, Text, bindparam, insert, select
from sqlmodel import UTCDateTime

from services.farmers.people.domain import Person
from services.farmers.people.models import Disclosure, HouseholdPerson
from services.farmers.rows import as_rows, given
from services.farmers.tables import table_of
from shared.database import Session
from shared.errors import NotFound
from shared.models import insert_for
from shared.prepared import Prepared
from shared.routing import Paging
from shared.sealing import Sealer

person = table_of(HouseholdPerson)
disclosure = table_of(Disclosure)


def _name(household_id: str) -> str:
    return f"household_person.name:{household_id}"


def _phone(household_id: str) -> str:
    return f"household_person.phone:{household_id}"


async def people(session: Session, sealer: Sealer, ids: Iterable[str]) -> dict[str, Person]:
    """Return who answers for those of the households of which somebody said it."""
    found = await session.run(_people, as_rows([each] for each in set(ids)))
    return {row[0]: _opened(sealer, *row) for row in found}


@Prepared
def _people(dialect: str) -> Select[Any]:
    asked = given(dialect, household_id=Text)
    return select(person.c.household_id, person.c.name_sealed, person.c.phone_sealed).join(
        asked, asked.c.household_id == person.c.household_id
    )


def _opened(sealer: Sealer, household_id: str, name: str, phone: str | None) -> Person:
    opened = None if phone is None else sealer.open(phone, _phone(household_id))
    return Person(household_id, sealer.open(name, _name(household_id)), opened)


async def save(session: Session, sealer: Sealer, said: Sequence[Person], now: datetime) -> None:
    """Write who answers for households, in the place of who did before."""
    if not said:
        return
    rows = [
        (
            one.household_id,
            sealer.seal(one.name, _name(one.household_id)),
            None if one.phone is None else sealer.seal(one.phone, _phone(one.household_id)),
        )
        for one in sorted(said, key=lambda one: one.household_id)
    ]
    await session.run(_save, as_rows(rows) | {"now": now})


@Prepared
def _save(dialect: str) -> Insert:
    said = given(dialect, household_id=Text, name_sealed=Text, phone_sealed=Text)
    names = [*(column.name for column in said.c), "changed_at"]
    # Without a WHERE, SQLite takes the ON of ON CONFLICT for a join's.
    rows = select(*said.c, bindparam("now", type_=UTCDateTime())).where(said.c.household_id.is_not(None))
    make = insert_for(dialect, person).from_select(names, rows)
    written = {name: make.excluded[name] for name in names[1:]}
    return make.on_conflict_do_update(index_elements=["household_id"], set_=written)


async def person_of(session: Session, sealer: Sealer, household_id: str) -> Person:
    """Return who answers for a household. Raises NotFound."""
    found = await people(session, sealer, [household_id])
    if household_id not in found:
        raise NotFound("household-person", household_id)
    return found[household_id]


async def require(session: Session, household_id: str) -> None:
    """Raise NotFound where nobody said who answers for a household."""
    if await session.scalar(select(person.c.household_id).where(person.c.household_id == household_id)) is None:
        raise NotFound("household-person", household_id)


async def note_disclosure(session: Session, row: dict[str, Any]) -> None:
    """Write down that somebody asked for a name."""
    await session.execute(insert(disclosure), [row])


async def disclosed(session: Session, household_id: str, disclosure_id: str) -> tuple[str, datetime]:
    """Return who asked for a household's name, and when. Raises NotFound."""
    own = (disclosure.c.household_id == household_id, disclosure.c.disclosure_id == disclosure_id)
    asked = select(disclosure.c.asked_by, disclosure.c.disclosed_at).where(*own)
    row: Row[Any] | None = (await session.execute(asked)).first()
    if row is None:
        raise NotFound("disclosure", disclosure_id, field="disclosure_id")
    return row.asked_by, row.disclosed_at


async def disclosures(session: Session, household_id: str, paging: Paging) -> Sequence[Row[Any]]:
    """Return to whom a household's name was shown, oldest first."""
    statement = (
        select(disclosure)
        .where(disclosure.c.household_id == household_id, disclosure.c.disclosure_id > (paging.after or ""))
        .order_by(disclosure.c.disclosure_id)
        .limit(paging.limit)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows
