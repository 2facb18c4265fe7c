"""All SQL about admissions; what is private is sealed here, and opened here."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update

from services.farmers.admissions.domain import Application, Document, Said, Status, Step
from services.farmers.admissions.models import Application as ApplicationRow
from services.farmers.admissions.models import ApplicationDocument, ApplicationProduct, ApplicationStep
from services.farmers.contacts.domain import Account, Contact
from services.farmers.cooperatives.domain import Particulars
from services.farmers.tables import table_of
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

application = table_of(ApplicationRow)
product = table_of(ApplicationProduct)
document = table_of(ApplicationDocument)
step = table_of(ApplicationStep)

_PLACE = ("name_zh", "name_en", "county_code", "town_code", "village", "lat", "lon", "priority_group")
_STATE = ("application_id", "status", "due_on", "submitted_at", "county_code", "cooperative_id")


def _sealed_in(column: str, application_id: str) -> str:
    return f"application.{column}:{application_id}"


async def insert_application(session: Session, sealer: Sealer, new: Application, said: Said, secret: str) -> None:
    """Write a new application; of its secret a digest is kept, sealed."""
    key = new.application_id
    private = {
        "contact_name_sealed": said.contact.name,
        "contact_phone_sealed": said.contact.phone,
        "account_holder_sealed": said.account.holder,
        "account_number_sealed": said.account.number,
        "secret_sealed": _digest(secret),
    }
    row = {
        **{name: getattr(said.particulars, name) for name in _PLACE},
        **{name: getattr(new, name) for name in _STATE},
        **{column: sealer.seal(text, _sealed_in(column, key)) for column, text in private.items()},
        "status": str(new.status),
        "bank": said.account.bank,
        "contact_role": said.contact.role,
    }
    await session.execute(insert(application), [row])
    products = [{"application_id": key, "food_code": code} for code in said.products]
    await session.execute(insert(product), products)


def is_secret(sealer: Sealer, row: Row[Any], shown: str) -> bool:
    """Whether a secret is the one an application was made with."""
    key = row.application_id
    if row.secret_sealed is None:
        known = sealer.indexes(shown, f"application.secret:{key}")
        return any([hmac.compare_digest(each, row.secret_index) for each in known])
    return hmac.compare_digest(sealer.open(row.secret_sealed, _sealed_in("secret_sealed", key)), _digest(shown))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def add_documents(session: Session, application_id: str, documents: Sequence[Document]) -> None:
    """Write papers behind those that came before; the application is locked."""
    first = await session.scalar(
        select(func.count()).select_from(document).where(document.c.application_id == application_id)
    )
    rows = [
        asdict(one)
        | {"application_id": application_id, "place": first + place, "food_codes": ",".join(sorted(one.food_codes))}
        for place, one in enumerate(documents)
    ]
    if rows:
        await session.execute(insert(document), rows)


async def add_step(
    uow: UnitOfWork, application_id: str, what: Step, by: str | None, note: str, due_on: date | None
) -> None:
    """Write what happened to an application; it is locked."""
    place = await uow.session.scalar(
        select(func.count()).select_from(step).where(step.c.application_id == application_id)
    )
    row = {"application_id": application_id, "place": place, "step": str(what), "by": by, "note": note}
    await uow.session.execute(insert(step), [row | {"at": uow.now, "due_on": due_on}])


async def save(
    session: Session, application_id: str, status: Status, due_on: date | None, cooperative_id: str | None = None
) -> None:
    """Write where an application stands; it is locked."""
    values = {"status": str(status), "due_on": due_on, "cooperative_id": cooperative_id}
    await session.execute(update(application).where(application.c.application_id == application_id).values(values))


async def lock(session: Session, application_id: str) -> Application:
    """Return an application, locked. Raises NotFound."""
    return state_of(await row_of(session, application_id, for_update=True))


async def row_of(session: Session, application_id: str, *, for_update: bool = False) -> Row[Any]:
    """Return an application's row. Raises NotFound."""
    statement = select(application).where(application.c.application_id == application_id)
    found = await session.execute(statement.with_for_update() if for_update else statement)
    row: Row[Any] | None = found.first()
    if row is None:
        raise NotFound("application", application_id)
    return row


def state_of(row: Row[Any]) -> Application:
    """Return where an application stands."""
    values = {name: getattr(row, name) for name in _STATE}
    return Application(**values | {"status": Status(row.status)})


async def said_of(session: Session, sealer: Sealer, row: Row[Any]) -> Said:
    """Return what an applicant said."""
    key = row.application_id

    def opened(column: str) -> str:
        return sealer.open(getattr(row, column), _sealed_in(column, key))

    codes = select(product.c.food_code).where(product.c.application_id == key).order_by(product.c.food_code)
    return Said(
        Particulars(cooperative_id="", **{name: getattr(row, name) for name in _PLACE}),
        tuple((await session.scalars(codes)).all()),
        Contact(row.contact_role, opened("contact_name_sealed"), opened("contact_phone_sealed")),
        Account(row.bank, opened("account_holder_sealed"), opened("account_number_sealed")),
    )


async def documents_of(session: Session, application_id: str) -> list[Document]:
    """Return the papers of an application in the order they came."""
    own = document.c.application_id == application_id
    rows = (await session.execute(select(document).where(own).order_by(document.c.place))).all()
    names = ("kind", "number", "issued_by", "issued_on", "expires_on", "file_id")
    return [
        Document(
            **{name: getattr(row, name) for name in names},
            food_codes=frozenset(filter(None, row.food_codes.split(","))),
        )
        for row in rows
    ]


async def steps_of(session: Session, application_id: str) -> Sequence[Row[Any]]:
    """Return what happened to an application, oldest first."""
    own = step.c.application_id == application_id
    rows: Sequence[Row[Any]] = (await session.execute(select(step).where(own).order_by(step.c.place))).all()
    return rows


async def page(
    session: Session, paging: Paging, county_code: str | None, status: str | None, overdue_on: date | None
) -> Sequence[Row[Any]]:
    """Return up to `limit` applications, ordered by id; with a day, those the county is late with on it."""
    statement: Select[Any] = select(application).order_by(application.c.application_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(application.c.application_id > paging.after)
    if county_code is not None:
        statement = statement.where(application.c.county_code == county_code)
    if status is not None:
        statement = statement.where(application.c.status == status)
    if overdue_on is not None:
        statement = statement.where(application.c.status == Status.SUBMITTED, application.c.due_on < overdue_on)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def unanswered(session: Session, day: date, limit: int) -> Sequence[str]:
    """Return applications whose applicants let the last day pass, locked."""
    statement = (
        select(application.c.application_id)
        .where(application.c.status == Status.ASKED, application.c.due_on < day)
        .order_by(application.c.application_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids: Sequence[str] = (await session.scalars(statement)).all()
    return ids
