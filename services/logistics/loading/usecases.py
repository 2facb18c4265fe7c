"""What can happen to the loading check: lots are scanned against what was packed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from services.logistics.loading import domain, queries
from services.logistics.loading.domain import Expected, Scan, Verdict
from services.logistics.loading.schemas import LoadingCheck, LotChecked, OrderChecked
from services.logistics.receipts.queries import recalled_among
from services.logistics.trips import queries as trips
from services.logistics.trips.domain import require_planned
from shared.unit_of_work import UnitOfWork


async def scan(uow: UnitOfWork, trip_id: str, by: str, scans: Sequence[Scan]) -> list[Verdict]:
    """Check scanned lots against what was packed for a trip that is not away yet; each wrong one is refused."""
    trip = await trips.lock_trip(uow, trip_id)
    require_planned(trip_id, trip.status)
    packed = await queries.packed_for(uow, trip_id)
    expected = [Expected(row.order_id, row.lot_id, row.food_code, row.dispatched_g) for row in packed]
    cancelled = {row.order_id for row in packed if row.status == "cancelled"}
    recalled = await recalled_among(uow, {one.lot_id for one in scans})
    verdicts = domain.judge(scans, expected, recalled, cancelled)
    noted = dict.fromkeys((order_id, one.scan.lot_id) for one in verdicts for order_id in one.order_ids)
    await queries.add(
        uow,
        [
            {"trip_id": trip_id, "order_id": order_id, "lot_id": lot_id, "scanned_by": by, "scanned_at": uow.now}
            for order_id, lot_id in noted
        ],
    )
    return verdicts


async def loading_check(uow: UnitOfWork, trip_id: str) -> LoadingCheck:
    """Return how far the loading check of a trip is; NotFound names the id."""
    await trips.read_trip(uow, trip_id)
    packed = [row for row in await queries.packed_for(uow, trip_id) if row.status != "cancelled"]
    scanned = await queries.scanned_on(uow, trip_id)
    recalled = await recalled_among(uow, {row.lot_id for row in packed})
    of_order: dict[tuple[str, str], list[LotChecked]] = defaultdict(list)
    for row in packed:
        seen = scanned.get((row.order_id, row.lot_id))
        of_order[row.order_id, row.status].append(_lot(row, seen, row.lot_id in recalled))
    orders = [
        OrderChecked(order_id=order_id, status=status, complete=all(map(_is_well, lots)), lots=lots)
        for (order_id, status), lots in of_order.items()
    ]
    return LoadingCheck(trip_id=trip_id, complete=bool(orders) and all(one.complete for one in orders), orders=orders)


def _lot(row: Any, seen: Any, recalled: bool) -> LotChecked:
    return LotChecked(
        lot_id=row.lot_id,
        food_code=row.food_code,
        dispatched_g=int(row.dispatched_g),
        recalled=recalled,
        scanned_at=None if seen is None else seen.scanned_at,
        scanned_by=None if seen is None else seen.scanned_by,
    )


def _is_well(lot: LotChecked) -> bool:
    return lot.scanned_at is not None and not lot.recalled
