"""What can happen to households: joining a cooperative, moving to another, getting a status."""

from collections.abc import Mapping, Sequence

from services.farmers.cooperatives.domain import Cooperative
from services.farmers.cooperatives.usecases import lock_cooperatives, recount
from services.farmers.days import today
from services.farmers.households import queries
from services.farmers.households.domain import Member, Period, record_status
from shared.bulk import Imported, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.unit_of_work import UnitOfWork


async def register_households(uow: UnitOfWork, rows: Sequence[tuple[int, Member]]) -> Imported:
    """Register households, or move them: from today on they belong to the cooperative named.

    Every cooperative whose counts change by it is told once.
    """
    done = Imported()
    wanted = _once_each(rows, done)
    before = await queries.members(uow.session, uow.dialect, wanted)
    concerned = {member.cooperative_id for _, member in wanted.values()}
    locked = await lock_cooperatives(uow, concerned | {member.cooperative_id for member in before.values()})
    present = await queries.members(uow.session, uow.dialect, wanted)
    taken = [each for each in wanted.values() if _may_join(each, present, locked, done)]
    await _join(uow, [each for each in taken if each[1].household_id not in present], done)
    changed = [member for _, member in taken if present.get(member.household_id) not in (None, member)]
    moved = [each for each in changed if present[each.household_id].cooperative_id != each.cooperative_id]
    await queries.update_members(uow.session, changed)
    await queries.move_memberships(uow.session, uow.dialect, moved, today(uow.now))
    done.changed = len(changed)
    done.unchanged = sum(present.get(member.household_id) == member for _, member in taken)
    await recount(uow, locked)
    return done


def _once_each(rows: Sequence[tuple[int, Member]], done: Imported) -> dict[str, tuple[int, Member]]:
    wanted: dict[str, tuple[int, Member]] = {}
    for index, member in rows:
        if member.household_id in wanted:
            error = DomainError("twice-in-request", "an earlier row names it already", field="household_id")
            done.refused.append(refuse(index, error))
        else:
            wanted[member.household_id] = (index, member)
    return wanted


def _may_join(
    row: tuple[int, Member], present: Mapping[str, Member], locked: Mapping[str, Cooperative], done: Imported
) -> bool:
    index, member = row
    known = present.get(member.household_id, member)
    if member.cooperative_id not in locked:
        done.refused.append(refuse(index, NotFound("cooperative", member.cooperative_id, field="cooperative_id")))
    elif known.cooperative_id not in locked:
        done.refused.append(refuse(index, _meanwhile()))
    else:
        return True
    return False


async def _join(uow: UnitOfWork, rows: Sequence[tuple[int, Member]], done: Imported) -> None:
    inserted = await queries.insert_members(uow.session, uow.dialect, [member for _, member in rows])
    done.created = len(inserted)
    done.refused += [refuse(index, _meanwhile()) for index, member in rows if member.household_id not in inserted]


def _meanwhile() -> Conflict:
    return Conflict("changed-meanwhile", "somebody else wrote this household just now", field="household_id")


async def record_statuses(uow: UnitOfWork, rows: Sequence[tuple[int, str, Period]]) -> Imported:
    """Add dated statuses; every cooperative whose count of poor households changes by it is told once."""
    done = Imported()
    ids = {household_id for _, household_id, _ in rows}
    before = await queries.members(uow.session, uow.dialect, ids)
    locked = await lock_cooperatives(uow, {member.cooperative_id for member in before.values()})
    members = await queries.members(uow.session, uow.dialect, ids)
    histories = await queries.histories(uow.session, uow.dialect, ids)
    new: list[tuple[str, Period]] = []
    for index, household_id, period in rows:
        try:
            _require_locked(household_id, members, locked)
            history = histories.setdefault(household_id, [])
            if record_status(history, period):
                history.append(period)
                new.append((household_id, period))
        except DomainError as error:
            done.refused.append(refuse(index, error))
    await queries.insert_statuses(uow.session, new)
    done.created = len(new)
    done.unchanged = len(rows) - len(new) - len(done.refused)
    await recount(uow, locked)
    return done


def _require_locked(household_id: str, members: Mapping[str, Member], locked: Mapping[str, Cooperative]) -> None:
    if household_id not in members:
        raise NotFound("household", household_id, field="household_id")
    if members[household_id].cooperative_id not in locked:
        raise _meanwhile()
