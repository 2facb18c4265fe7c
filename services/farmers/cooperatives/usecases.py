"""What can happen to cooperatives."""

from collections.abc import Iterable, Mapping, Sequence

from services.farmers.cooperatives import queries
from services.farmers.cooperatives.domain import Cooperative, Counts, Particulars, renewed
from services.farmers.days import today
from services.farmers.guidance import changes
from shared.bulk import Imported, refuse
from shared.errors import Conflict, DomainError
from shared.unit_of_work import UnitOfWork


async def register_cooperatives(uow: UnitOfWork, rows: Sequence[tuple[int, Particulars]]) -> Imported:
    """Register cooperatives or renew their particulars; each that is new or changed is told once."""
    done = Imported()
    wanted: dict[str, tuple[int, Particulars]] = {}
    for index, particulars in rows:
        if particulars.cooperative_id in wanted:
            error = DomainError("twice-in-request", "an earlier row names it already", field="cooperative_id")
            done.refused.append(refuse(index, error))
        else:
            wanted[particulars.cooperative_id] = (index, particulars)
    present = await queries.lock(uow.session, uow.dialect, wanted)
    await _register_new(uow, [wanted[key] for key in wanted if key not in present], done)
    said = {key: wanted[key][1] for key in present}
    done.changed = await _renew(uow, present, said)
    done.unchanged = len(present) - done.changed
    return done


async def _register_new(uow: UnitOfWork, rows: Sequence[tuple[int, Particulars]], done: Imported) -> None:
    new = [Cooperative(particulars, Counts(), 1, uow.now) for _, particulars in rows]
    inserted = await queries.insert(uow.session, uow.dialect, new)
    for (index, particulars), cooperative in zip(rows, new, strict=True):
        if particulars.cooperative_id in inserted:
            done.created += 1
            uow.emit(cooperative.told())
        else:
            error = Conflict("changed-meanwhile", "somebody else registered it just now", field="cooperative_id")
            done.refused.append(refuse(index, error))


async def recount(uow: UnitOfWork, present: Mapping[str, Cooperative]) -> int:
    """Count the households of locked cooperatives again and tell of those whose counts changed; returns how many."""
    return await _renew(uow, present, {key: state.particulars for key, state in present.items()})


async def _renew(uow: UnitOfWork, present: Mapping[str, Cooperative], said: Mapping[str, Particulars]) -> int:
    day = today(uow.now)
    counts = await queries.counts_on(uow.session, uow.dialect, {(key, day) for key in present})
    states = [renewed(state, said[key], counts[key, day]) for key, state in present.items()]
    changed = [state for state in states if state is not None]
    await queries.save(uow.session, changed)
    await changes.note_counties(uow.session, _moved(present, changed))
    uow.emit(*(state.told() for state in changed))
    return len(changed)


def _moved(present: Mapping[str, Cooperative], changed: Iterable[Cooperative]) -> set[str]:
    """Return the counties that cooperatives moved from, and to."""
    moves = ((present[each.particulars.cooperative_id], each) for each in changed)
    counties = ((old.particulars.county_code, new.particulars.county_code) for old, new in moves)
    return {county for old, new in counties if old != new for county in (old, new)}


async def lock_cooperatives(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, Cooperative]:
    """Lock those of the cooperatives that exist: whoever changes who belongs to them does this first."""
    return await queries.lock(uow.session, uow.dialect, ids)
