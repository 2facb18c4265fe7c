"""The packing list of a day: every confirmed order of a cooperative, with the lots that would be packed now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.dispatches.packing import Packing, Store, good_on, taken_g
from services.farmers.lots import queries as lots
from services.farmers.lots.domain import Lot, OnHand
from services.farmers.offers import queries as offers
from services.farmers.orders import queries as orders
from services.farmers.orders.domain import Line, Order
from shared.errors import Conflict
from shared.unit_of_work import UnitOfWork

MOST_ORDERS = 1000
"""Orders a list may hold: a cooperative packs a few dozen a day."""


@dataclass(frozen=True, slots=True)
class Day:
    """What a cooperative has to pack for a day, what it would be packed from, and packs in g by offer."""

    cooperative_id: str
    day: date
    orders: Sequence[Order]
    packings: Mapping[str, Packing]
    on_hand: Sequence[OnHand]
    lots: Mapping[str, Lot]
    pack_g: Mapping[str, int]

    def lines(self) -> Iterator[tuple[Order, Line, tuple[tuple[str, int], ...]]]:
        """Yield each line that has something to pack, with (lot id, g) of what it would be packed from."""
        for order in self.orders:
            for line in order.lines:
                if line.confirmed_g:
                    yield order, line, self.packings[order.order_id].get(line.line_id, ())

    def fitting_g(self) -> Mapping[str, int]:
        """Return by food the grams on hand that are good on the day."""
        total: dict[str, int] = {}
        for lot in self.on_hand:
            if good_on(lot, self.day):
                total[lot.food_code] = total.get(lot.food_code, 0) + lot.remaining_g
        return total


async def day_of(uow: UnitOfWork, cooperative_id: str, day: date) -> Day:
    """Return what a cooperative has to pack for a day. Raises NotFound, and Conflict beyond 1,000 orders.

    Lots go to the orders school by school, first expired first out; nothing is taken from them until the dispatch.
    """
    await cooperatives.one(uow.session, cooperative_id)
    confirmed = await orders.to_pack(uow.session, uow.dialect, cooperative_id, day, MOST_ORDERS + 1)
    if len(confirmed) > MOST_ORDERS:
        raise Conflict("too-many-orders", f"more than {MOST_ORDERS} orders wait for {day}", field="day")
    lines = [line for order in confirmed for line in order.lines if line.confirmed_g]
    on_hand = await lots.on_hand(uow.session, uow.dialect, {(cooperative_id, line.food_code) for line in lines})
    store = Store(on_hand)
    packings = {order.order_id: store.pack(order) for order in confirmed}
    return Day(
        cooperative_id,
        day,
        confirmed,
        packings,
        on_hand,
        await lots.several(uow.session, uow.dialect, taken_g(packings.values())),
        await offers.pack_sizes(uow.session, uow.dialect, {line.offer_id for line in lines}),
    )
