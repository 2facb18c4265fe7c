"""Routes of what was agreed on settling."""

from services.procurement.terms import queries, usecases
from services.procurement.terms.models import funding_share, settlement_terms
from services.procurement.terms.schemas import (
    SharesIn,
    SharesList,
    SharesRead,
    SharesRows,
    TermsIn,
    TermsList,
    TermsRead,
    TermsRows,
)
from shared.bulk import Imported, parse
from shared.routing import UoW, service_router

router = service_router(tags=["terms"])


@router.put("/settlement-terms")
async def put_terms(body: TermsRows, uow: UoW) -> Imported:
    """Say what a region agreed on: within how many days is paid and decided, which differences need no decision."""
    good, refused = parse(TermsIn, body)
    done = await usecases.put_rows(uow, settlement_terms, [(index, row.row()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("/settlement-terms")
async def list_terms(uow: UoW) -> TermsList:
    """List what regions agreed on."""
    return TermsList(items=[TermsRead.of(each) for each in await queries.terms(uow.session)])


@router.put("/funding-shares")
async def put_shares(body: SharesRows, uow: UoW) -> Imported:
    """Say whose money schools buy food with: each fund is an account of its own from then on."""
    good, refused = parse(SharesIn, body)
    done = await usecases.put_rows(uow, funding_share, [(index, row.row()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("/funding-shares")
async def list_shares(uow: UoW) -> SharesList:
    """List whose money schools buy food with."""
    return SharesList(items=[SharesRead.of(each) for each in await queries.shares(uow.session)])
