"""What can happen to reference prices."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from services.procurement.prices import queries
from services.procurement.prices.domain import Place, Price, check_row, confirm, corrected
from services.procurement.prices.outliers import judged
from services.procurement.prices.schemas import PricesImported
from services.procurement.rules.domain import SCHOOL_TIME
from services.procurement.sums import queries as sums
from shared.bulk import refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.market import Asked, Reference
from shared.unit_of_work import UnitOfWork


async def publish_prices(uow: UnitOfWork, rows: Sequence[tuple[int, Price]]) -> PricesImported:
    """Publish prices or correct them; each that is new or changed is told once, bad rows are named.

    One far from what the market says is held: it is neither used nor told until a person confirms it.
    """
    done = PricesImported()
    wanted: dict[Place, tuple[int, Price]] = {}
    for index, price in rows:
        try:
            check_row(price, wanted, uow.now.astimezone(SCHOOL_TIME).date())
        except DomainError as error:
            done.refused.append(refuse(index, error))
        else:
            wanted[price.place] = (index, price)
    wanted = await _judged(uow, wanted)
    present = await queries.lock(uow.session, {price.price_id for _, price in wanted.values()})
    new = [(index, price) for index, price in wanted.values() if price.price_id not in present]
    said = [price for _, price in wanted.values() if price.price_id in present]
    changed = [fresh for price in said if (fresh := corrected(present[price.price_id], price)) is not None]
    inserted = await queries.insert(uow, [price for _, price in new])
    await queries.save(uow.session, changed)
    lost = Conflict("changed-meanwhile", "somebody else published it just now", field="food_code")
    done.refused += [refuse(index, lost) for index, price in new if price.price_id not in inserted]
    done.created, done.changed, done.unchanged = len(inserted), len(changed), len(said) - len(changed)
    told = [*(price for _, price in new if price.price_id in inserted), *changed]
    await _mark(uow, told)
    uow.emit(*(price.told() for price in told if not price.held))
    done.held = sum(price.held for price in told)
    return done


async def _judged(uow: UnitOfWork, wanted: Mapping[Place, tuple[int, Price]]) -> dict[Place, tuple[int, Price]]:
    said = [price for _, price in wanted.values()]
    taken = judged(said, await queries.others(uow.session, said))
    return {price.place: (wanted[price.place][0], price) for price in taken}


async def _mark(uow: UnitOfWork, changed: Sequence[Price]) -> None:
    """Let reports compare anew with what was bought since the first of these prices, region by region."""
    first_days: dict[str, date] = {}
    for price in changed:
        first_days[price.region_code] = min(price.day, first_days.get(price.region_code, price.day))
    await sums.mark_prices(uow.session, first_days)


async def confirm_price(uow: UnitOfWork, price_id: str) -> Price:
    """Let a price that was held serve, and tell it. Raises NotFound, Conflict `not-held`."""
    price = (await queries.lock(uow.session, [price_id])).get(price_id)
    if price is None:
        raise NotFound("reference-price", price_id, field="price_id")
    confirmed = confirm(price, uow.now)
    await queries.save(uow.session, [confirmed])
    await _mark(uow, [confirmed])
    uow.emit(confirmed.told())
    return confirmed


async def beside(uow: UnitOfWork, asked: Collection[Asked]) -> dict[Asked, Reference]:
    """Return the reference prices to be shown beside what is asked for: a food in a county on a day."""
    return await queries.beside(uow.session, asked, uow.now.astimezone(SCHOOL_TIME).date())
