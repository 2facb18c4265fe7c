"""What can happen to memberships: a household moves to another cooperative, or leaves; days pass."""

from datetime import date, timedelta

from services.farmers.cooperatives.domain import Cooperative
from services.farmers.cooperatives.usecases import lock_cooperatives, recount
from services.farmers.days import today
from services.farmers.households import queries as households
from services.farmers.memberships import queries
from services.farmers.memberships.domain import Membership, ended, moved
from shared.errors import Conflict, NotFound
from shared.unit_of_work import UnitOfWork

LOOKED_BACK = timedelta(days=7)
"""How many days the counts are looked after again: longer than any outage."""


async def move(uow: UnitOfWork, household_id: str, cooperative_id: str, from_day: date) -> None:
    """Let a household belong to another cooperative from a day on; the membership it has ends the day before."""
    locked = await _lock(uow, household_id, cooperative_id)
    if cooperative_id not in locked:
        raise NotFound("cooperative", cooperative_id, field="cooperative_id")
    history = (await queries.histories(uow.session, [household_id]))[household_id]
    step = moved(history, cooperative_id, from_day, today(uow.now))
    if step is None:
        return
    over, begun = step
    if over is not None:
        await _end(uow, household_id, over, "from_day")
    await queries.insert_begun(uow.session, [(household_id, begun)])
    await queries.settle_in(uow.session, household_id, cooperative_id)
    await recount(uow, locked)


async def leave(uow: UnitOfWork, household_id: str, until_day: date) -> None:
    """Let a household's membership end with a day."""
    locked = await _lock(uow, household_id)
    history = (await queries.histories(uow.session, [household_id]))[household_id]
    over = ended(history, until_day, today(uow.now))
    if over is not None:
        await _end(uow, household_id, over, "until_day")
        await recount(uow, locked)


async def _lock(uow: UnitOfWork, household_id: str, *others: str) -> dict[str, Cooperative]:
    before = await households.members(uow.session, [household_id])
    if household_id not in before:
        raise NotFound("household", household_id)
    locked = await lock_cooperatives(uow, {before[household_id].cooperative_id, *others})
    present = await households.members(uow.session, [household_id])
    if present[household_id].cooperative_id not in locked:
        raise Conflict("changed-meanwhile", "somebody else moved this household just now")
    return locked


async def _end(uow: UnitOfWork, household_id: str, over: Membership, field: str) -> None:
    """What a household brought to a cooperative's lots it brought as a member."""
    harvest = await queries.last_harvest(uow.session, household_id, over.cooperative_id)
    if harvest is not None and over.until_day is not None and harvest > over.until_day:
        detail = f"it brought something to a lot of {over.cooperative_id} harvested on {harvest}"
        raise Conflict("harvested-since", detail, field=field)
    await queries.end(uow.session, household_id, over)


async def recount_of_the_day(uow: UnitOfWork) -> int:
    """Tell the counts of cooperatives where a membership or a status began or ended by itself; returns how many."""
    day = today(uow.now)
    ids = await queries.cooperatives_with_changes(uow.session, day - LOOKED_BACK, day)
    return await recount(uow, await lock_cooperatives(uow, ids))
