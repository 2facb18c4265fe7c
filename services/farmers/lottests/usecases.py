"""What can happen to a lot under test: something is found, and the lot, with all made of it, is fit to eat or not."""

from services.farmers.days import today
from services.farmers.lots import queries as lots
from services.farmers.lots.domain import Lot
from services.farmers.lottests import queries
from services.farmers.lottests.domain import Finding, Recorded, check_finding, fails, require_same_finding
from shared.unit_of_work import UnitOfWork


async def record(uow: UnitOfWork, said: Finding) -> tuple[Recorded, Lot]:
    """Put what a test found on record; returns it and the lot as it stands then.

    While tests speak against a lot, neither it nor a lot made of it is packed, mixed or split. The same finding again
    is answered the same. Raises NotFound, DomainError, AlreadyDone.
    """
    await lots.lock(uow.session, uow.dialect, [said.lot_id])
    lot = await lots.one(uow.session, uow.dialect, said.lot_id)
    check_finding(said, lot, today(uow.now))
    if not await queries.add(uow.session, uow.dialect, said, uow.now):
        known = await queries.one(uow.session, said.test_id)
        require_same_finding(known.finding, said)
        return known, lot
    found = await queries.of_lot(uow.session, said.lot_id)
    await queries.judge(uow.session, said.lot_id, fails(found), uow.now)
    return Recorded(said, uow.now), await lots.one(uow.session, uow.dialect, said.lot_id)
