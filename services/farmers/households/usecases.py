"""What can happen to households: they are registered, and get statuses."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.farmers.cooperatives.domain import Cooperative
from services.farmers.cooperatives.usecases import lock_cooperatives, recount
from services.farmers.days import today
from services.farmers.households import queries
from services.farmers.households.domain import SINCE_EVER, Member, Period, Registration, record_status
from services.farmers.memberships import queries as memberships
from services.farmers.memberships.domain import Membership, require_free
from shared.bulk import Imported, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.unit_of_work import UnitOfWork

Rows = Sequence[tuple[int, Registration]]
Begun = list[tuple[int, Member, Membership]]


@dataclass(slots=True)
class Held:
    """Households as they are while the cooperatives concerned are locked; whoever writes them keeps `members` true."""

    members: dict[str, Member]
    locked: dict[str, Cooperative]


async def hold(uow: UnitOfWork, household_ids: Collection[str], cooperative_ids: Iterable[str] = ()) -> Held:
    """Lock the cooperatives of households, and these others; return what is there.

    A household that will move counts until its day in the cooperative it leaves: both are locked.
    """
    before = await queries.members(uow.session, household_ids)
    present = await memberships.owners_on(uow.session, household_ids, today(uow.now))
    named = {*cooperative_ids, *present, *(each.cooperative_id for each in before.values())}
    locked = await lock_cooperatives(uow, named)
    return Held(await queries.members(uow.session, household_ids), locked)


async def hold_one(uow: UnitOfWork, household_id: str) -> Member:
    """Lock the cooperative of a household and return it. Raises NotFound, Conflict should it move just now."""
    held = await hold(uow, [household_id])
    if household_id not in held.members:
        raise NotFound("household", household_id)
    _require_known(household_id, held.members, held.locked)
    return held.members[household_id]


async def register_households(uow: UnitOfWork, rows: Rows) -> Imported:
    """Register households as members of a cooperative; one that left its cooperative may join another.

    Every cooperative whose counts change by it is told once.
    """
    said = [row.member for _, row in rows]
    held = await hold(uow, {each.household_id for each in said}, {each.cooperative_id for each in said})
    done = await register_held(uow, held, rows)
    await recount(uow, held.locked)
    return done


async def register_held(uow: UnitOfWork, held: Held, rows: Rows) -> Imported:
    """Register households that are held; to count the members again is left to the caller."""
    done = Imported()
    present = held.members
    known = {row.member.household_id for _, row in rows} & present.keys()
    histories = await memberships.histories(uow.session, known)
    joining: Begun = []
    changed: list[Member] = []
    for index, row in _once_each(rows, done):
        key = row.member.household_id
        try:
            _require_locked(row.member, present, held.locked)
            begun = _begun(uow, row, histories.get(key, []))
        except DomainError as error:
            done.refused.append(refuse(index, error))
        else:
            if begun is not None:
                joining.append((index, row.member, begun))
            elif present[key] != row.member:
                changed.append(row.member)
            else:
                done.unchanged += 1
    await _join(uow, joining, present, done)
    await queries.update_members(uow.session, changed)
    present |= {each.household_id: each for each in changed}
    done.changed += len(changed)
    return done


def _once_each(rows: Rows, done: Imported) -> Rows:
    wanted: dict[str, tuple[int, Registration]] = {}
    for index, row in rows:
        if row.member.household_id in wanted:
            error = DomainError("twice-in-request", "an earlier row names it already", field="household_id")
            done.refused.append(refuse(index, error))
        else:
            wanted[row.member.household_id] = (index, row)
    return list(wanted.values())


def _require_locked(member: Member, present: Mapping[str, Member], locked: Mapping[str, Cooperative]) -> None:
    if member.cooperative_id not in locked:
        raise NotFound("cooperative", member.cooperative_id, field="cooperative_id")
    if present.get(member.household_id, member).cooperative_id not in locked:
        raise _meanwhile()


def _begun(uow: UnitOfWork, row: Registration, history: Sequence[Membership]) -> Membership | None:
    """Return the membership that begins by a registration, None when it lasts already."""
    day = today(uow.now)
    if row.member_since is not None and row.member_since > day:
        raise DomainError("membership-to-come", f"today is {day}", field="member_since")
    cooperative_id = row.member.cooperative_id
    if not history:
        return Membership(cooperative_id, row.member_since or SINCE_EVER)
    if history[-1].until_day is None and history[-1].cooperative_id == cooperative_id:
        return None
    begins = row.member_since or day
    require_free(history, begins, "cooperative_id")
    return Membership(cooperative_id, begins)


async def _join(uow: UnitOfWork, joining: Begun, present: dict[str, Member], done: Imported) -> None:
    new = [member for _, member, _ in joining if member.household_id not in present]
    inserted = await queries.insert_members(uow.session, new)
    again = [member for _, member, _ in joining if member.household_id in present]
    await queries.update_members(uow.session, again)
    joined = inserted | {member.household_id for member in again}
    taken = [(member.household_id, begun) for _, member, begun in joining if member.household_id in joined]
    await memberships.insert_begun(uow.session, taken)
    done.created, done.changed = len(inserted), len(again)
    done.refused += [refuse(index, _meanwhile()) for index, member, _ in joining if member.household_id not in joined]
    present |= {member.household_id: member for _, member, _ in joining if member.household_id in joined}


def _meanwhile() -> Conflict:
    return Conflict("changed-meanwhile", "somebody else wrote this household just now", field="household_id")


async def record_statuses(uow: UnitOfWork, rows: Sequence[tuple[int, str, Period]]) -> Imported:
    """Add dated statuses; every cooperative whose count of poor households changes by it is told once."""
    held = await hold(uow, {household_id for _, household_id, _ in rows})
    done = await record_held(uow, held, rows)
    await recount(uow, held.locked)
    return done


async def record_held(uow: UnitOfWork, held: Held, rows: Sequence[tuple[int, str, Period]]) -> Imported:
    """Add dated statuses of households that are held; to count the poor ones again is left to the caller."""
    done = Imported()
    histories = await queries.histories(uow.session, {household_id for _, household_id, _ in rows})
    new: list[tuple[str, Period]] = []
    for index, household_id, period in rows:
        try:
            _require_known(household_id, held.members, held.locked)
            history = histories.setdefault(household_id, [])
            if record_status(history, period):
                history.append(period)
                new.append((household_id, period))
        except DomainError as error:
            done.refused.append(refuse(index, error))
    await queries.insert_statuses(uow.session, new)
    done.created = len(new)
    done.unchanged = len(rows) - len(new) - len(done.refused)
    return done


def _require_known(household_id: str, members: Mapping[str, Member], locked: Mapping[str, Cooperative]) -> None:
    if household_id not in members:
        raise NotFound("household", household_id, field="household_id")
    if members[household_id].cooperative_id not in locked:
        raise _meanwhile()
