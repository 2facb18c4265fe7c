"""All SQL of payment files, and of what has grown old."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise, product
from typing import Any

from sqlalchemy import ColumnElement, Date, case, func, insert, literal, select, text, update

from services.procurement.market.models import market_supplier
from services.procurement.partners.models import cooperative
from services.procurement.paymentfiles.domain import PaymentFile, Row, Status
from services.procurement.paymentfiles.models import payment_account, payment_file, payment_file_line
from services.procurement.rows import in_order, row_of
from services.procurement.settlement.domain import Purpose, Settlement
from services.procurement.settlement.models import settlement
from services.procurement.settlement.queries import COLUMNS
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_HEAD = ("file_id", "county_code", "until", "created_by", "created_at", "purpose", "asked")
_ALONE = text("SELECT pg_advisory_xact_lock(16014, hashtext(:county_code))")

_FILED = (
    select(payment_file_line.c.settlement_id)
    .join(payment_file, payment_file.c.file_id == payment_file_line.c.file_id)
    .where(payment_file.c.status == Status.OPEN.value)
)
"""The settlements of files that wait for their bank."""

tenants_of = finder(payment_file.c.file_id, county=payment_file.c.county_code)


async def lock_open(uow: UnitOfWork, county_code: str, until: date, purpose: Purpose) -> list[Settlement]:
    """Lock what a county is still to pay for deliveries until a day and no open file pays, in the order of the ids.

    Files of a county are made one after the other: what another one has just taken would not be seen otherwise.
    """
    if uow.dialect == "postgresql":
        await uow.session.execute(_ALONE, {"county_code": county_code})
    statement = (
        select(*COLUMNS)
        .where(
            settlement.c.open,
            settlement.c.county_code == county_code,
            settlement.c.purpose == purpose.value,
            settlement.c.delivery_day <= until,
            settlement.c.settlement_id.notin_(_FILED),
        )
        .order_by(settlement.c.settlement_id)
    )
    return [Settlement(*row) for row in await uow.session.execute(statement.with_for_update())]


async def in_open_files(session: Session, settlement_ids: Iterable[str], but: str | None) -> set[str]:
    """Return which of these settlements a payment file has that waits for its bank, other than the file `but`."""
    filed = _FILED if but is None else _FILED.where(payment_file.c.file_id != but)
    found: set[str] = set()
    for ids in in_order(settlement_ids):
        found |= set(await session.scalars(filed.where(payment_file_line.c.settlement_id.in_(ids))))
    return found


async def add(session: Session, file: PaymentFile) -> None:
    """Add a file with its rows."""
    await session.execute(insert(payment_file), [row_of(file, _HEAD) | {"status": file.status.value}])
    lines = [
        {
            "file_id": file.file_id,
            "settlement_id": key,
            "reference": row.reference,
            "cooperative_id": row.cooperative_id,
            "amount_fen": fen,
        }
        for row in file.rows
        for key, fen in row.amounts_fen.items()
    ]
    await session.execute(insert(payment_file_line), lines)


async def one(session: Session, file_id: str, *, lock: bool = False) -> PaymentFile | None:
    """Return a file with its rows, locked when asked for; None when there is none."""
    columns = [payment_file.c[name] for name in (*_HEAD, "status")]
    statement = select(*columns).where(payment_file.c.file_id == file_id)
    head = (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if head is None:
        return None
    rows: dict[tuple[str, str], dict[str, int]] = {}
    lines = select(payment_file_line).where(payment_file_line.c.file_id == file_id)
    for line in await session.execute(lines.order_by(payment_file_line.c.reference, payment_file_line.c.settlement_id)):
        rows.setdefault((line.reference, line.cooperative_id), {})[line.settlement_id] = line.amount_fen
    told = tuple(Row(*key, amounts) for key, amounts in rows.items())
    return PaymentFile(
        **dict(head._mapping) | {"rows": told, "status": Status(head.status), "purpose": Purpose(head.purpose)}
    )


async def save(session: Session, file: PaymentFile) -> None:
    """Write how far a file that was locked has come."""
    await session.execute(
        update(payment_file)
        .where(payment_file.c.file_id == file.file_id)
        .values(status=file.status.value, asked=file.asked)
    )


async def page(session: Session, paging: Paging, wanted: Mapping[str, str | None]) -> Sequence[Any]:
    """Return a page of files with their sums (one more than asked for), by id."""
    of_file = payment_file_line.c.file_id == payment_file.c.file_id
    amount = select(func.sum(payment_file_line.c.amount_fen)).where(of_file).scalar_subquery()
    rows = select(func.count(payment_file_line.c.reference.distinct())).where(of_file).scalar_subquery()
    statement = select(
        *(payment_file.c[name] for name in (*_HEAD[:-1], "status")), amount.label("amount_fen"), rows.label("payments")
    )
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(payment_file.c[name] == value)
    if paging.after is not None:
        statement = statement.where(payment_file.c.file_id > paging.after)
    found: Sequence[Any] = (
        await session.execute(statement.order_by(payment_file.c.file_id).limit(paging.limit + 1))
    ).all()
    return found


async def payees(session: Session, cooperative_ids: Collection[str]) -> dict[str, Any]:
    """Return the names of cooperatives and market suppliers, and what of their accounts may be shown."""
    found: dict[str, Any] = {}
    keys = (market_supplier.c.supplier_id, cooperative.c.cooperative_id)
    for ids, key in product(in_order(cooperative_ids), keys):
        statement = (
            select(key.label("cooperative_id"), key.table.c.name_zh)
            .add_columns(payment_account.c.bank, payment_account.c.account_masked)
            .outerjoin(payment_account, payment_account.c.cooperative_id == key)
            .where(key.in_(ids))
        )
        found |= {row.cooperative_id: row for row in await session.execute(statement)}
    return found


async def put_accounts(uow: UnitOfWork, rows: Sequence[dict[str, str]]) -> None:
    """Write what of accounts may be shown."""
    statement = insert_into(uow, payment_account)
    others = {name: statement.excluded[name] for name in ("bank", "account_masked")}
    await uow.session.execute(
        statement.on_conflict_do_update(index_elements=["cooperative_id"], set_=others), list(rows)
    )


async def accounts(session: Session, cooperative_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return what is known of the accounts of these cooperatives."""
    found: dict[str, tuple[str, str]] = {}
    for ids in in_order(cooperative_ids):
        rows = await session.execute(select(payment_account).where(payment_account.c.cooperative_id.in_(ids)))
        found |= {row.cooperative_id: (row.bank, row.account_masked) for row in rows}
    return found


async def due_by_age(session: Session, county_code: str | None, starts: Sequence[date], today: date) -> list[int]:
    """Return what is due to cooperatives, in fen: not yet beyond the agreed days, then by how old it has grown."""
    open_fen = settlement.c.amount_fen - settlement.c.paid_fen
    where = [settlement.c.open] + ([] if county_code is None else [settlement.c.county_code == county_code])
    return await _by_age(session, open_fen, settlement.c.due_on, [today, *starts], where)


async def held_by_age(session: Session, county_code: str | None, starts: Sequence[date]) -> list[int]:
    """Return what cooperatives hold for their households, in fen, by how long ago they were paid."""
    held = settlement.c.held_fen - settlement.c.passed_fen
    where = [settlement.c.held_fen != settlement.c.passed_fen]
    where += [] if county_code is None else [settlement.c.county_code == county_code]
    return await _by_age(session, held, func.coalesce(settlement.c.paid_on, settlement.c.due_on), starts, where)


async def _by_age(
    session: Session, fen: Any, day: Any, starts: Sequence[date], where: Sequence[ColumnElement[bool]]
) -> list[int]:
    days = [literal(start, Date) for start in starts]
    conditions = [day >= days[0]]
    conditions += [(day < newer) & (day >= older) for newer, older in pairwise(days)]
    conditions.append(day < days[-1])
    sums = [func.sum(case((condition, fen), else_=0)) for condition in conditions]
    row = (await session.execute(select(*sums).where(*where))).one()
    return [int(value or 0) for value in row]


async def late(session: Session, paging: Paging, county_code: str | None, today: date) -> list[Settlement]:
    """Return a page of what should have been paid to cooperatives by now (one more than asked for), by id."""
    owed = settlement.c.amount_fen > settlement.c.paid_fen
    return await _page(session, paging, county_code, settlement.c.open, owed, settlement.c.due_on < today)


async def held(session: Session, paging: Paging, county_code: str | None, before: date) -> list[Settlement]:
    """Return a page of what cooperatives were paid before a day and hold for households (one more), by id."""
    holds = settlement.c.held_fen > settlement.c.passed_fen
    return await _page(session, paging, county_code, holds, settlement.c.paid_on < before)


async def _page(
    session: Session, paging: Paging, county_code: str | None, *where: ColumnElement[bool]
) -> list[Settlement]:
    statement = select(*COLUMNS).where(*where).order_by(settlement.c.settlement_id).limit(paging.limit + 1)
    if county_code is not None:
        statement = statement.where(settlement.c.county_code == county_code)
    if paging.after is not None:
        statement = statement.where(settlement.c.settlement_id > paging.after)
    return [Settlement(*row) for row in await session.execute(statement)]
