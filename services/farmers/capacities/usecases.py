"""What can happen to capacities."""

from collections.abc import Iterable, Mapping, Sequence

from services.farmers.capacities import queries
from services.farmers.capacities.domain import Capacity, check
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.offers import queries as offers
from shared.bulk import Imported, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.unit_of_work import UnitOfWork


async def declare(uow: UnitOfWork, rows: Sequence[tuple[int, Capacity]]) -> Imported:
    """Declare capacities or change them, never below what is offered already; bad rows are named."""
    done = Imported()
    locked = await cooperatives.lock(uow.session, uow.dialect, {row.cooperative_id for _, row in rows})
    present = {each.capacity_id: each for each in await queries.of_cooperatives(uow.session, locked)}
    offered = await offers.offered_in(uow.session, uow.dialect, {row.season for _, row in rows})
    owners = await queries.owner(uow.session, {row.capacity_id for _, row in rows})
    seen: set[str] = set()
    written: list[Capacity] = []
    for index, row in rows:
        try:
            _check_identity(row, locked, owners, seen)
            if present.get(row.capacity_id) == row:
                done.unchanged += 1
            else:
                check(row, _same(row, present.values()), offered[row.season])
                done.created += row.capacity_id not in owners
                done.changed += row.capacity_id in owners
                written.append(row)
        except DomainError as error:
            done.refused.append(refuse(index, error))
        else:
            seen.add(row.capacity_id)
            present[row.capacity_id] = row
    await queries.put(uow.session, uow.dialect, written, uow.now)
    return done


def _check_identity(
    row: Capacity, cooperatives_: Mapping[str, object], owners: Mapping[str, tuple[str, str]], seen: set[str]
) -> None:
    if row.capacity_id in seen:
        raise DomainError("twice-in-request", "an earlier row names it already", field="capacity_id")
    if row.cooperative_id not in cooperatives_:
        raise NotFound("cooperative", row.cooperative_id, field="cooperative_id")
    if owners.get(row.capacity_id, (row.cooperative_id, row.food_code)) != (row.cooperative_id, row.food_code):
        detail = "it is another cooperative's, or about another food"
        raise Conflict("another-capacity", detail, field="capacity_id")


def _same(row: Capacity, present: Iterable[Capacity]) -> list[Capacity]:
    return [each for each in present if (each.cooperative_id, each.food_code) == (row.cooperative_id, row.food_code)]


async def shown(uow: UnitOfWork, capacities: Sequence[Capacity]) -> list[tuple[Capacity, int]]:
    """Return capacities with what of them is offered, in g."""
    offered = await offers.offered_in(uow.session, uow.dialect, {each.season for each in capacities})
    return [(each, offered[each.season]) for each in capacities]
