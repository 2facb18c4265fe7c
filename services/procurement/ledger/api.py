"""Routes of the ledger."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.ledger import links, queries, sealing
from services.procurement.ledger.schemas import (
    ChainRead,
    Chains,
    Entries,
    EntryRead,
    LedgerSum,
    TransactionRead,
    VerificationRead,
)
from shared.errors import NotFound
from shared.fields import Code, Id
from shared.routing import UoW, service_router

router = service_router(prefix="/ledger", tags=["ledger"])

AccountName = Annotated[
    str,
    Query(
        pattern=r"^(school/[a-z0-9-]{1,64}/(food-money(/[a-z-]{1,16})?|disputed)"
        r"|cooperative/[a-z0-9-]{1,64}(/(held|paid))?"
        r"|(household|compensation)/[a-z0-9-]{1,64}(/paid)?"
        r"|(freight|carrier|operating)/[a-z0-9-]{1,64})$",
        examples=["cooperative/coop-520628-001"],
    ),
]


@router.get("/sum")
async def read_sum(uow: UoW) -> LedgerSum:
    """Prove that the ledger sums to zero."""
    async with uow.as_system():  # of all entries there are: it says nothing of anybody
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
    async with uow.as_system():  # an account is whole, from whomever it earned
        rows = await queries.entries(uow.session, account, limit, after)
    items = [EntryRead.of(row) for row in rows[:limit]]
    return Entries(items=items, next=items[-1].entry_id if len(rows) > limit else None)


@router.get("/transactions/{transaction_id}")
async def read_transaction(
    transaction_id: Annotated[Id, Path(examples=["5f0c5a0e-5d5c-5c5f-8a53-2f2f6d0f7a10"])], uow: UoW
) -> TransactionRead:
    """Show a booking with its entries and its link in the county's chain."""
    content = (await links.contents(uow.session, [transaction_id])).get(transaction_id)
    if content is None:
        raise NotFound("transaction", transaction_id, field="transaction_id")
    return TransactionRead.of(content, await links.of_transaction(uow.session, transaction_id))


@router.get("/chains")
async def list_chains(uow: UoW) -> Chains:
    """List how far each county's hash chain is, and its last hash: keep it, and nobody can change what is before it."""
    async with uow.as_system():  # the ends of all chains are there to be kept by many
        heads = await links.heads(uow.session)
    return Chains(items=[ChainRead.of(head) for head in heads])


@router.get("/chains/{county_code}/verification")
async def verify_chain(
    county_code: Annotated[Code, Path(examples=["520628"])],
    uow: UoW,
    after: Annotated[int, Query(ge=0, le=2**62, description="the link behind which to begin")] = 0,
    limit: Annotated[int, Query(ge=1, le=50_000)] = 10_000,
) -> VerificationRead:
    """Compute links of a county's chain anew and name the first that does not hold."""
    return VerificationRead.of(county_code, await sealing.verify(uow.session, county_code, after, limit))
