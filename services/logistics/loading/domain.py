"""Rules of the loading check: which scanned lots belong to which orders, and which must stay behind."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """A lot that was packed for an order of the trip, in g."""

    order_id: str
    lot_id: str
    food_code: str
    dispatched_g: int


@dataclass(frozen=True, slots=True)
class Scan:
    """A lot somebody has held before the scanner; the order is on the label, too, or not."""

    lot_id: str
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a scan: the orders it counts for, or the rule by which it stays behind."""

    scan: Scan
    order_ids: tuple[str, ...] = ()
    rule: str | None = None
    detail: str = ""


def judge(
    scans: Iterable[Scan], expected: Sequence[Expected], recalled: Collection[str], cancelled: Collection[str]
) -> list[Verdict]:
    """Return what becomes of each scan: a recalled lot, or one of no order of the trip, is refused with the reason."""
    orders: dict[str, list[str]] = {}
    for one in expected:
        orders.setdefault(one.lot_id, []).append(one.order_id)
    return [_judge(scan, orders, recalled, cancelled) for scan in scans]


def _judge(
    scan: Scan, orders: Mapping[str, Sequence[str]], recalled: Collection[str], cancelled: Collection[str]
) -> Verdict:
    if scan.lot_id in recalled:
        return Verdict(scan, rule="lot-recalled", detail=f"lot {scan.lot_id} is recalled: it must not be loaded")
    mine = [one for one in orders.get(scan.lot_id, ()) if scan.order_id in (None, one)]
    if not mine:
        where = "for any order of this trip" if scan.order_id is None else f"for order {scan.order_id}"
        return Verdict(scan, rule="wrong-lot", detail=f"lot {scan.lot_id} was not packed {where}")
    wanted = tuple(dict.fromkeys(one for one in mine if one not in cancelled))
    if not wanted:
        return Verdict(scan, rule="cancelled", detail=f"order {mine[0]} was cancelled")
    return Verdict(scan, wanted)
