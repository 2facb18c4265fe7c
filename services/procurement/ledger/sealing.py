"""Sealing: what was booked gets its place in its county's chain within a second, so that no booking waits for another.

What it brought households is added to their month in the same unit of work: what waits is what is not added yet.
And verifying: every link is computed anew, the first that does not hold is named.
"""

from collections.abc import Sequence
from functools import partial

from services.procurement.ledger import chain, links
from services.procurement.ledger.chain import Broken, Link
from services.procurement.sums import queries as sums
from shared import chain as shared_chain
from shared.chain import Verified
from shared.claiming import in_batches
from shared.database import Session
from shared.errors import NotFound
from shared.service import Service
from shared.unit_of_work import UnitOfWork

AT_ONCE = 2_000
"""So many transactions are sealed in one unit of work, or verified with one statement."""


async def seal_waiting(service: Service) -> int:
    """Put what waits into the chains, county by county; returns how much. Safe at any moment and on every replica."""
    async with service.begin(read_only=True) as uow:
        counties = await links.waiting_counties(uow.session)
    return sum([await in_batches(service, partial(seal, county_code=code), AT_ONCE) for code in counties])


async def seal(uow: UnitOfWork, county_code: str) -> int:
    """Put what waits longest in a county behind its last link; returns how much, 0 when somebody else is doing it."""
    if not await links.is_alone(uow, county_code):
        return 0
    waiting = await links.waiting(uow.session, county_code, AT_ONCE)
    if not waiting:
        return 0
    contents = await links.contents(uow.session, waiting.values())
    last = await links.last(uow.session, county_code)
    sealed = chain.seal(last, county_code, [contents[transaction_id] for transaction_id in waiting.values()])
    await links.add(uow.session, sealed, list(waiting), uow.now)
    await sums.add_households(uow, county_code, waiting.values())
    return len(sealed)


async def verify(session: Session, county_code: str, after: int, limit: int) -> Verified[Link, Broken]:
    """Compute up to `limit` links of a county's chain anew, behind link `after`, which is taken as it is.

    Behind the last link it is also looked for transactions past the chain. Raises NotFound for a link there is not.
    """
    last = await links.one(session, county_code, after) if after else None
    if after and last is None:
        raise NotFound("link", after, field="after")

    async def read(number: int, size: int) -> list[Link]:
        return await links.after(session, county_code, number, size)

    async def check(before: Link | None, batch: Sequence[Link]) -> Broken | None:
        return chain.check(before, batch, await links.contents(session, [link.transaction_id for link in batch]))

    async def past(number: int) -> Broken | None:
        transaction_id = await links.forgotten(session, county_code)
        if transaction_id is None:
            return None
        return Broken(number + 1, transaction_id, "past-the-chain", "it was booked and has no link")

    return await shared_chain.verify(last, limit, AT_ONCE, read, check, past)
