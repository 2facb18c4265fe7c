"""All SQL of disputes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import select

from services.procurement.disputes.domain import Decision, Dispute, Status
from services.procurement.disputes.models import dispute
from services.procurement.rows import in_order, row_of
from services.procurement.sums import queries as sums
from services.procurement.tables import insert_into
from shared.auth.finding import finder
from shared.database import Session
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(Dispute)]
_COLUMNS = [dispute.c[name] for name in _NAMES]

tenants_of = finder(
    dispute.c.dispute_id,
    county=dispute.c.county_code,
    canteen=dispute.c.canteen_id,
    cooperative=dispute.c.cooperative_id,
)


async def of_receipts(session: Session, receipt_ids: Iterable[str]) -> dict[str, dict[str, Dispute]]:
    """Return the disputes of receipts whose orders are locked, by receipt and line."""
    found: dict[str, dict[str, Dispute]] = {}
    for ids in in_order(receipt_ids):
        for row in await session.execute(select(*_COLUMNS).where(dispute.c.receipt_id.in_(ids))):
            one = _dispute(row)
            found.setdefault(one.receipt_id, {})[one.line_id] = one
    return found


async def save(uow: UnitOfWork, changed: Sequence[Dispute]) -> None:
    """Write disputes whose orders are locked."""
    if changed:
        statement = insert_into(uow, dispute)
        others = {name: statement.excluded[name] for name in _NAMES if name != "dispute_id"}
        upsert = statement.on_conflict_do_update(index_elements=["dispute_id"], set_=others)
        await uow.session.execute(upsert, [_row(each) for each in changed])
        await sums.mark(uow.session, [(each.county_code, each.delivery_day) for each in changed])


def _row(one: Dispute) -> dict[str, Any]:
    decision = None if one.decision is None else one.decision.value
    shares = [list(share) for share in one.shares]
    return row_of(one, _NAMES) | {"status": one.status.value, "decision": decision, "shares": shares}


def _dispute(row: Any) -> Dispute:
    values = dict(row._mapping)
    decision = None if values["decision"] is None else Decision(values["decision"])
    shares = tuple((name, bool(poor), grams) for name, poor, grams in values["shares"])
    return Dispute(**values | {"status": Status(values["status"]), "decision": decision, "shares": shares})


async def one(session: Session, dispute_id: str) -> Dispute | None:
    """Return a dispute, None when there is none."""
    row = (await session.execute(select(*_COLUMNS).where(dispute.c.dispute_id == dispute_id))).one_or_none()
    return None if row is None else _dispute(row)


async def page(session: Session, paging: Paging, wanted: Mapping[str, Any], late_on: date | None) -> Sequence[Dispute]:
    """Return a page of disputes (one more than asked for), by id; `late_on`: those that should be decided by now."""
    statement = select(*_COLUMNS).order_by(dispute.c.dispute_id).limit(paging.limit + 1)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(dispute.c[name] == value)
    if late_on is not None:
        statement = statement.where(dispute.c.status == Status.OPEN.value, dispute.c.decide_by < late_on)
    if paging.after is not None:
        statement = statement.where(dispute.c.dispute_id > paging.after)
    return [_dispute(row) for row in await session.execute(statement)]
