"""All SQL of payments."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from services.procurement.months import Month
from services.procurement.payments.domain import Payment
from services.procurement.payments.models import payment, payment_line
from services.procurement.rows import in_order, row_of
from services.procurement.settlement.domain import Purpose, Settlement
from services.procurement.settlement.models import settlement
from services.procurement.settlement.queries import COLUMNS
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_PAYMENT = [field.name for field in fields(Payment) if field.name != "amounts_fen"]
_PAID = ("paid_fen", "held_fen", "passed_fen", "open", "paid_on")

tenants_of = finder(payment.c.payment_id, county=payment.c.county_code, cooperative=payment.c.cooperative_id)


async def lock(session: Session, settlement_ids: Iterable[str]) -> dict[str, Settlement]:
    """Lock those of the settlements that exist, in the order of their ids, and return them."""
    found: dict[str, Settlement] = {}
    for ids in in_order(settlement_ids):
        statement = select(*COLUMNS).where(settlement.c.settlement_id.in_(ids)).order_by(settlement.c.settlement_id)
        rows = [Settlement(*row) for row in await session.execute(statement.with_for_update())]
        found |= {each.settlement_id: each for each in rows}
    return found


async def lock_open(
    session: Session, cooperative_id: str, month: Month, purpose: Purpose, counties: Collection[str] | None
) -> list[Settlement]:
    """Lock what a cooperative is still to be paid for deliveries of a month, in the order of the ids.

    By these counties; None: by all it delivered to.
    """
    statement = (
        select(*COLUMNS)
        .where(
            settlement.c.cooperative_id == cooperative_id,
            settlement.c.open,
            settlement.c.purpose == purpose.value,
            settlement.c.delivery_day.between(month.first, month.last),
        )
        .order_by(settlement.c.settlement_id)
    )
    if counties is not None:
        statement = statement.where(settlement.c.county_code.in_(sorted(counties)))
    return [Settlement(*row) for row in await session.execute(statement.with_for_update())]


async def save(session: Session, paid: Sequence[Settlement]) -> None:
    """Write how far settlements that were locked are paid."""
    if paid:
        statement = update(settlement).where(settlement.c.settlement_id == bindparam("id"))
        await session.execute(statement, [row_of(each, _PAID, id=each.settlement_id) for each in paid])


async def add(uow: UnitOfWork, made: Payment) -> bool:
    """Add a payment with its lines; False, and nothing is added, when its reference was confirmed before."""
    statement = insert_into(uow, payment).on_conflict_do_nothing().returning(payment.c.payment_id)
    if await uow.session.scalar(statement, [row_of(made, _PAYMENT)]) is None:
        return False
    lines = [
        {"payment_id": made.payment_id, "settlement_id": key, "amount_fen": fen}
        for key, fen in sorted(made.amounts_fen.items())
    ]
    await uow.session.execute(insert(payment_line), lines)
    return True


async def one(session: Session, payment_id: str) -> Payment | None:
    """Return a payment with what it paid of each settlement, None when there is none."""
    columns = [payment.c[name] for name in _PAYMENT]
    row = (await session.execute(select(*columns).where(payment.c.payment_id == payment_id))).one_or_none()
    if row is None:
        return None
    lines = await session.execute(
        select(payment_line.c.settlement_id, payment_line.c.amount_fen)
        .where(payment_line.c.payment_id == payment_id)
        .order_by(payment_line.c.settlement_id)
    )
    return Payment(**row._mapping, amounts_fen={each.settlement_id: each.amount_fen for each in lines})


async def page(session: Session, paging: Paging, wanted: Mapping[str, str | None]) -> Sequence[Any]:
    """Return a page of payments without what they paid one by one (one more than asked for), by id."""
    lines = (
        select(func.count()).where(payment_line.c.payment_id == payment.c.payment_id).scalar_subquery().label("lines")
    )
    statement = select(*(payment.c[name] for name in _PAYMENT if name != "asked"), lines)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(payment.c[name] == value)
    if paging.after is not None:
        statement = statement.where(payment.c.payment_id > paging.after)
    rows: Sequence[Any] = (
        await session.execute(statement.order_by(payment.c.payment_id).limit(paging.limit + 1))
    ).all()
    return rows


async def settlements(session: Session, paging: Paging, wanted: Mapping[str, Any]) -> list[Settlement]:
    """Return a page of settlements (one more than asked for), by id; `wanted` names columns and values, None: any."""
    statement = select(*COLUMNS).order_by(settlement.c.settlement_id).limit(paging.limit + 1)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(settlement.c[name] == value)
    if paging.after is not None:
        statement = statement.where(settlement.c.settlement_id > paging.after)
    return [Settlement(*row) for row in await session.execute(statement)]
