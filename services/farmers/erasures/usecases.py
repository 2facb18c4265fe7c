"""What can happen to what is known of a household: it is erased on request, and the erasure is lifted on request.

The pseudonym stays with all that is counted and paid under it. What anybody says later of who it is, is refused until
the erasure is lifted (docs/decisions/0046).
"""

from typing import Any

from sqlalchemy import Row

from services.farmers.erasures import queries
from services.farmers.households.usecases import hold_one
from services.farmers.registry import queries as registry
from shared.errors import AlreadyDone, DomainError, NotFound
from shared.ids import new_id
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork


async def erase(uow: UnitOfWork, sealer: Sealer, household_id: str, asked_by: str, reason: str) -> dict[str, Any]:
    """Forget a household's name, phone and registry number; who asked and why is kept. Raises DomainError."""
    await hold_one(uow, household_id)
    if await queries.present(uow.session, household_id) is not None:
        raise AlreadyDone("household-erased", "it was erased before", field="household_id")
    number = (await registry.numbers(uow.session, sealer, [], [household_id])).number_of.get(household_id)
    if number is not None:
        await queries.keep_number_out(uow.session, uow.dialect, sealer, number)
    await queries.forget_household(uow.session, household_id)
    row = {
        "erasure_id": new_id(),
        "household_id": household_id,
        "asked_by": asked_by,
        "reason": reason,
        "erased_at": uow.now,
    }
    await queries.add(uow.session, row)
    return row


async def lift(
    uow: UnitOfWork, sealer: Sealer, household_id: str, asked_by: str, reason: str, registry_no: str | None
) -> Row[Any]:
    """Let a household be named again, and a registry name it by its number if that is said. Raises DomainError."""
    await hold_one(uow, household_id)
    erased = await queries.present(uow.session, household_id)
    if erased is None:
        raise NotFound("erasure", household_id)
    if registry_no is not None and not await queries.let_number_in(uow.session, sealer, registry_no):
        raise DomainError("number-not-erased", "no erased household had this number", field="registry_no")
    await queries.lift(uow.session, erased.erasure_id, asked_by, reason, uow.now)
    return await queries.one(uow.session, erased.erasure_id)
