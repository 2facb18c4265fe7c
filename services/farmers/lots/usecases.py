"""What can happen to lots: they are brought in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.households import queries as households
from services.farmers.households.domain import Standing
from services.farmers.lots import queries
from services.farmers.lots.domain import Harvest, Lot, bring_in, check_harvest, require_members, require_same
from shared.bulk import Refusal, refuse
from shared.errors import AlreadyDone, DomainError, NotFound
from shared.unit_of_work import UnitOfWork


@dataclass(slots=True)
class BroughtIn:
    """What became of the lots of one request: new ones, those known before, and why others were not taken."""

    created: list[Lot] = field(default_factory=list)
    known: list[Lot] = field(default_factory=list)
    refused: list[tuple[int, DomainError]] = field(default_factory=list)

    def refusals(self) -> list[Refusal]:
        """Return why lots were not taken, in the order of the request."""
        return [refuse(index, error) for index, error in sorted(self.refused, key=lambda each: each[0])]


async def bring_lot_in(uow: UnitOfWork, harvest: Harvest) -> Lot:
    """Bring one lot in. The same lot again is answered the same; raises what breaks a rule."""
    done = await bring_lots_in(uow, [(0, harvest)])
    for _, error in done.refused:
        raise error
    return (done.created + done.known)[0]


async def bring_lots_in(uow: UnitOfWork, rows: Sequence[tuple[int, Harvest]]) -> BroughtIn:
    """Bring lots in, each wholly or not at all; every new one is told."""
    done = BroughtIn()
    present = await queries.several(uow.session, uow.dialect, [harvest.lot_id for _, harvest in rows])
    owners = await cooperatives.counties(uow.session, uow.dialect, {harvest.cooperative_id for _, harvest in rows})
    standings = await households.standings(uow.session, uow.dialect, _asked([harvest for _, harvest in rows]))
    new: dict[str, tuple[int, Lot]] = {}
    for index, harvest in rows:
        try:
            known = present.get(harvest.lot_id)
            if known is not None:
                require_same(known, harvest)
                done.known.append(known)
            else:
                _require_once(harvest.lot_id, new)
                new[harvest.lot_id] = (index, _new_lot(uow, harvest, owners, standings))
        except DomainError as error:
            done.refused.append((index, error))
    await _insert(uow, new, done)
    return done


def _require_once(lot_id: str, new: Collection[str]) -> None:
    if lot_id in new:
        raise DomainError("twice-in-request", "an earlier lot has this id", field="lot_id")


def _asked(harvests: Sequence[Harvest]) -> set[tuple[str, str, date]]:
    return {
        (each, harvest.cooperative_id, harvest.harvest_day) for harvest in harvests for each in harvest.contributions
    }


def _new_lot(
    uow: UnitOfWork,
    harvest: Harvest,
    owners: Collection[str],
    standings: Mapping[tuple[str, str, date], Standing],
) -> Lot:
    if harvest.cooperative_id not in owners:
        raise NotFound("cooperative", harvest.cooperative_id, field="cooperative_id")
    check_harvest(harvest, today(uow.now))
    standing = {each: standings[each, harvest.cooperative_id, harvest.harvest_day] for each in harvest.contributions}
    require_members(harvest, frozenset(each for each, how in standing.items() if how.member))
    return bring_in(harvest, frozenset(each for each, how in standing.items() if how.poor), uow.now)


async def _insert(uow: UnitOfWork, new: Mapping[str, tuple[int, Lot]], done: BroughtIn) -> None:
    inserted = await queries.insert_lots(uow.session, uow.dialect, [lot for _, lot in new.values()])
    raced = await queries.several(uow.session, uow.dialect, new.keys() - inserted) if len(inserted) < len(new) else {}
    for lot_id, (index, lot) in new.items():
        if lot_id in inserted:
            done.created.append(lot)
            uow.emit(lot.told())
        elif lot_id in raced and raced[lot_id].harvest == lot.harvest:
            done.known.append(raced[lot_id])
        else:
            done.refused.append(
                (index, AlreadyDone("lot-exists", f"lot {lot_id} was entered just now", field="lot_id"))
            )
