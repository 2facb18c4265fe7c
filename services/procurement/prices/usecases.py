"""What can happen to reference prices."""

from collections.abc import Collection, Sequence

from services.procurement.orders.domain import SCHOOL_TIME
from services.procurement.prices import queries
from services.procurement.prices.domain import Place, Price, check_row, corrected
from shared.bulk import Imported, refuse
from shared.errors import Conflict, DomainError
from shared.market import Asked, Reference
from shared.unit_of_work import UnitOfWork


async def publish_prices(uow: UnitOfWork, rows: Sequence[tuple[int, Price]]) -> Imported:
    """Publish prices or correct them; each that is new or changed is told once, bad rows are named."""
    done = Imported()
    wanted: dict[Place, tuple[int, Price]] = {}
    for index, price in rows:
        try:
            check_row(price, wanted, uow.now.astimezone(SCHOOL_TIME).date())
        except DomainError as error:
            done.refused.append(refuse(index, error))
        else:
            wanted[price.place] = (index, price)
    present = await queries.lock(uow.session, {price.price_id for _, price in wanted.values()})
    new = [(index, price) for index, price in wanted.values() if price.price_id not in present]
    said = [price for _, price in wanted.values() if price.price_id in present]
    changed = [fresh for price in said if (fresh := corrected(present[price.price_id], price)) is not None]
    inserted = await queries.insert(uow, [price for _, price in new])
    await queries.save(uow.session, changed)
    lost = Conflict("changed-meanwhile", "somebody else published it just now", field="food_code")
    done.refused += [refuse(index, lost) for index, price in new if price.price_id not in inserted]
    done.created, done.changed, done.unchanged = len(inserted), len(changed), len(said) - len(changed)
    uow.emit(*(price.told() for _, price in new if price.price_id in inserted), *(price.told() for price in changed))
    return done


async def beside(uow: UnitOfWork, asked: Collection[Asked]) -> dict[Asked, Reference]:
    """Return the reference prices to be shown beside what is asked for: a food in a county on a day."""
    return await queries.beside(uow.session, asked, uow.now.astimezone(SCHOOL_TIME).date())
