"""The gate: everything that must be known of some orders to receive them, read in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.logistics.consignments import queries as consignments
from services.logistics.receipts import queries
from services.logistics.receipts.domain import PackedLine, Refused, WeighedLine
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Gate:
    """Locked consignments by order, what was packed for them, and the receipts there are."""

    consignments: Mapping[str, Any]
    packed: Mapping[str, Sequence[PackedLine]]
    receipts: Mapping[str, Any]
    first_versions: Mapping[str, Any]

    @staticmethod
    def weighed_of(version: Any) -> list[WeighedLine]:
        """Return the lines two people weighed in a version."""
        return [_weighed(line) for line in version.lines]


def _weighed(line: Mapping[str, Any]) -> WeighedLine:
    """Return a line as it is kept; the first ones say nothing of certificates, photos and refused food."""
    kept = ("line_id", "received_g", "accepted_g", "reason", "temperature_c")
    refused = line.get("refused")
    return WeighedLine(
        **{name: line[name] for name in kept},
        certificate_seen=line.get("certificate_seen"),
        photo_ids=tuple(line.get("photo_ids", ())),
        refused=None if refused is None else Refused(refused),
    )


async def gate_of(uow: UnitOfWork, orders: Sequence[str]) -> Gate:
    """Lock the consignments of the orders and read all there is to know of them."""
    locked = await queries.lock_consignments(uow, orders)
    lines = await consignments.lines_of(uow, locked)
    shares: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for share in await consignments.lots_of(uow, locked):
        shares[share.order_id, share.line_id].append((share.lot_id, share.dispatched_g))
    recalled = await queries.recalled_among(uow, {lot_id for lots in shares.values() for lot_id, _ in lots})
    allowed = await queries.tolerances_of(uow, {line.food_code for line in lines})
    packed: dict[str, list[PackedLine]] = {order_id: [] for order_id in locked}
    for line in lines:
        permille = _tolerance(allowed, line.food_code, locked[line.order_id].delivery_day)
        packed[line.order_id].append(_packed(line, shares[line.order_id, line.line_id], recalled, permille))
    receipts = await queries.of_orders(uow, locked) if locked else {}
    versions = await queries.versions_of(uow, [row.receipt_id for row in receipts.values()]) if receipts else {}
    first = {order_id: versions[row.receipt_id][0] for order_id, row in receipts.items()}
    return Gate(locked, packed, receipts, first)


def _tolerance(allowed: Mapping[str, Sequence[tuple[date, int]]], food_code: str, day: date) -> int | None:
    """Return the tolerance of a food on a day in 1/1000: its own, else that of every food; None when there is none."""
    for code in (food_code, ""):
        for valid_from, permille in allowed.get(code, ()):
            if valid_from <= day:
                return permille
    return None


def _packed(
    line: Any, lots: Sequence[tuple[str, int]], recalled: set[str], tolerance_permille: int | None
) -> PackedLine:
    return PackedLine(
        line_id=line.line_id,
        food_code=line.food_code,
        dispatched_g=line.dispatched_g,
        lots=tuple(lots),
        accepted_g=line.accepted_g,
        recalled=next((lot_id for lot_id, _ in lots if lot_id in recalled), None),
        tolerance_permille=tolerance_permille,
    )
