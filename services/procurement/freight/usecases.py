"""What can happen to freight: it is booked."""

from dataclasses import replace

from sqlalchemy import text

from services.procurement.freight import domain, queries
from services.procurement.freight.domain import Freight
from services.procurement.ledger import queries as ledger
from services.procurement.orders.domain import SCHOOL_TIME
from shared.errors import AlreadyDone
from shared.unit_of_work import UnitOfWork

_ALONE = text("SELECT pg_advisory_xact_lock(16015, hashtext(:carrier_id))")


async def book(uow: UnitOfWork, freight: Freight) -> Freight:
    """Book freight out of the county's fund; a carrier's reference is booked once, the same again changes nothing.

    Raises AlreadyDone `reference-used` for something else under the same reference, and what the rules refuse.
    """
    domain.check(freight, uow.now.astimezone(SCHOOL_TIME).date())
    if uow.dialect == "postgresql":
        await uow.session.execute(_ALONE, {"carrier_id": freight.carrier_id})
    async with uow.as_system():  # a reference is used once, by whichever county
        known = await queries.one(uow.session, freight.freight_id)
    if known is not None:
        if replace(known, booked_at=freight.booked_at) != freight:
            detail = f"reference {freight.reference} of {freight.carrier_id} is booked for something else"
            raise AlreadyDone("reference-used", detail, field="reference")
        return known
    await ledger.book(uow.session, [freight.transaction()])
    await queries.add(uow.session, [freight])
    return freight
