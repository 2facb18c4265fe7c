"""Routes of the ledger."""

from typing import Annotated

from fastapi import Query

from services.procurement.ledger import queries
from services.procurement.ledger.schemas import Entries, EntryRead, LedgerSum
from shared.routing import UoW, service_router

router = service_router(prefix="/ledger", tags=["ledger"])

AccountName = Annotated[
    str,
    Query(
        pattern=r"^(school/[a-z0-9-]{1,64}/(food-money(/[a-z-]{1,16})?|disputed)"
        r"|cooperative/[a-z0-9-]{1,64}(/(held|paid))?"
        r"|household/[a-z0-9-]{1,64}(/paid)?"
        r"|(freight|carrier)/[a-z0-9-]{1,64})$",
        examples=["cooperative/coop-520628-001"],
    ),
]


@router.get("/sum")
async def read_sum(uow: UoW) -> LedgerSum:
    """Prove that the ledger sums to zero."""
    entries, sum_fen = await queries.ledger_sum(uow.session)
    return LedgerSum(entries=entries, sum_fen=sum_fen)


@router.get("/entries")
async def list_entries(
    uow: UoW,
    account: AccountName,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> Entries:
    """List an account's entries in the order they were booked."""
    rows = await queries.entries(uow.session, account, limit, after)
    items = [EntryRead.of(row) for row in rows[:limit]]
    return Entries(items=items, next=items[-1].entry_id if len(rows) > limit else None)
