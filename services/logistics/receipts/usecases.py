"""What can happen to receipts: signed once, by itself or with others of the same delivery; amended by a new version."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.logistics.photos import queries as photos
from services.logistics.receipts import domain, queries
from services.logistics.receipts.domain import SignedLine
from services.logistics.receipts.packing import Gate, gate_of
from services.logistics.receipts.schemas import Amendment, ReceiptInput, ToleranceRow, ToleranceRows, Weighing
from services.logistics.signers import usecases as signers
from shared.bulk import Imported, parse
from shared.errors import AlreadyDone, DomainError, NotFound, StaleVersion
from shared.events.logistics import LineReceived, LotAccepted, ReceiptSigned
from shared.ids import derived_id
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

Outcome = str | DomainError
"""A receipt's id, or why it was refused."""


async def sign(uow: UnitOfWork, sealer: Sealer, receipts: Sequence[ReceiptInput]) -> list[Outcome]:
    """Sign the receipts of one delivery; each is taken or refused by itself, in order. Returns what became of each.

    The same receipt again is answered as before, a different one is refused (AlreadyDone).
    """
    gate = await gate_of(uow, [given.order_id for given in receipts])
    known = await photos.lock_known(uow, {photo for given in receipts for photo in photos_of(given)})
    signed: dict[str, tuple[ReceiptInput, tuple[SignedLine, ...]]] = {}
    outcomes: list[Outcome] = []
    for given in receipts:
        try:
            lines = _judge(gate, given, signed, known, uow.now)
        except DomainError as refusal:
            outcomes.append(refusal)
        else:
            if lines is not None:
                signed[given.order_id] = (given, lines)
            outcomes.append(receipt_id_of(given.order_id))
    await _keep(uow, gate, signed)
    await signers.note(
        uow,
        sealer,
        {
            (gate.consignments[order_id].canteen_id, signer_id): name
            for order_id, (given, _) in signed.items()
            for signer_id, name in given.names().items()
        },
    )
    return outcomes


def receipt_id_of(order_id: str) -> str:
    """Return the id of an order's receipt: an order is received once."""
    return derived_id("receipt", order_id)


def photos_of(given: Weighing) -> list[str]:
    """Return the ids of the photos in a receipt."""
    return [photo_id for line in given.lines for photo_id in line.photo_ids]


def _require_photos(given: Weighing, known: Container[str]) -> None:
    for index, line in enumerate(given.lines):
        for number, photo_id in enumerate(line.photo_ids):
            if photo_id not in known:
                raise NotFound("photo", photo_id, field=f"lines.{index}.photo_ids.{number}")


def _judge(
    gate: Gate, given: ReceiptInput, signed: Container[str], known: Container[str], now: datetime
) -> tuple[SignedLine, ...] | None:
    """Return what is signed, None where the same was signed before; raises the rule that is broken."""
    domain.require_two(given.signers)
    if given.order_id in signed:
        raise DomainError("order-twice", f"order {given.order_id} is there twice", field="order_id")
    consignment = gate.consignments.get(given.order_id)
    if consignment is None:
        raise NotFound("order", given.order_id, field="order_id")
    first = gate.first_versions.get(given.order_id)
    if first is not None:
        if set(first.signers) == set(given.signers) and domain.same_lines(gate.weighed_of(first), given.weighed()):
            return None
        raise AlreadyDone("receipt-signed", f"order {given.order_id} was received differently", field="order_id")
    domain.require_arrived(given.order_id, consignment.status)
    _require_sound(given, consignment, known, now)
    return domain.sign(gate.packed[given.order_id], given.weighed())


def _require_sound(given: Weighing, consignment: Any, known: Container[str], now: datetime) -> None:
    _require_photos(given, known)
    domain.require_sound_clock(given.captured_at, consignment.delivery_day, now)
    domain.require_inspected(consignment.hold, given.inspection, given.weighed())


async def _keep(uow: UnitOfWork, gate: Gate, signed: Mapping[str, tuple[ReceiptInput, tuple[SignedLine, ...]]]) -> None:
    if not signed:
        return
    rows = [_row(gate.consignments[order_id], uow.now) for order_id in sorted(signed)]
    versions = [
        _version(order_id, 1, signed[order_id][0], signed[order_id][1], "", uow.now) for order_id in sorted(signed)
    ]
    await queries.add(uow, rows, versions)
    await photos.name(
        uow, [(receipt_id_of(order_id), each) for order_id, (given, _) in signed.items() for each in photos_of(given)]
    )
    await _write(uow, {order_id: lines for order_id, (_, lines) in signed.items()})
    for order_id, (given, lines) in signed.items():
        uow.emit(_told(gate.consignments[order_id], 1, given.signers, lines, uow.now))


async def amend(uow: UnitOfWork, sealer: Sealer, receipt_id: str, expected: int | None, body: Amendment) -> None:
    """Sign a receipt again, put right; the version before is kept beside it and the others are told the new one."""
    domain.require_two(body.signers)
    receipt = await queries.by_id(uow, receipt_id)
    if receipt is None:
        raise NotFound("receipt", receipt_id, field="receipt_id")
    gate = await gate_of(uow, [receipt.order_id])
    # Read again behind the lock: what was read before it may be an older version.
    present: int = gate.receipts[receipt.order_id].version
    if expected is not None and expected != present:
        raise StaleVersion(expected, present)
    _require_sound(body, gate.consignments[receipt.order_id], await photos.lock_known(uow, photos_of(body)), uow.now)
    lines = domain.sign(gate.packed[receipt.order_id], body.weighed())
    row = _version(receipt.order_id, present + 1, body, lines, body.reason, uow.now)
    if not await queries.amend(uow, receipt_id, present, row):
        raise StaleVersion(present, present + 1)
    await photos.name(uow, [(receipt_id, each) for each in photos_of(body)])
    await signers.note(uow, sealer, {(receipt.canteen_id, signer): name for signer, name in body.names().items()})
    await _write(uow, {receipt.order_id: lines})
    uow.emit(_told(gate.consignments[receipt.order_id], present + 1, body.signers, lines, uow.now))


async def _write(uow: UnitOfWork, signed: Mapping[str, Sequence[SignedLine]]) -> None:
    lines = [
        {"order": order_id, "line": line.line_id, "received": line.received_g, "accepted": line.accepted_g}
        for order_id in sorted(signed)
        for line in signed[order_id]
    ]
    lots = [
        {"order": order_id, "line": line.line_id, "lot": lot_id, "accepted": accepted_g}
        for order_id in sorted(signed)
        for line in signed[order_id]
        for lot_id, accepted_g in line.lots
    ]
    await queries.write_quantities(uow, lines, lots)


def _row(consignment: Any, now: datetime) -> dict[str, Any]:
    return {
        "receipt_id": receipt_id_of(consignment.order_id),
        "order_id": consignment.order_id,
        "version": 1,
        "canteen_id": consignment.canteen_id,
        "cooperative_id": consignment.cooperative_id,
        "delivery_day": consignment.delivery_day,
        "hold": consignment.hold,
        "signed_at": now,
    }


def _version(
    order_id: str, number: int, given: Weighing, lines: Sequence[SignedLine], reason: str, now: datetime
) -> dict[str, Any]:
    return {
        "receipt_id": receipt_id_of(order_id),
        "version": number,
        "signers": list(given.signers),
        "lines": [asdict(line) for line in lines],
        "reason": reason,
        "inspection": given.inspection,
        "captured_at": given.captured_at,
        "signed_at": now,
    }


def _told(
    consignment: Any, number: int, signers: Sequence[str], lines: Sequence[SignedLine], now: datetime
) -> ReceiptSigned:
    return ReceiptSigned(
        receipt_id=receipt_id_of(consignment.order_id),
        version=number,
        order_id=consignment.order_id,
        canteen_id=consignment.canteen_id,
        cooperative_id=consignment.cooperative_id,
        delivery_day=consignment.delivery_day,
        signers=(signers[0], signers[1]),
        lines=tuple(_line_told(line) for line in lines),
        signed_at=now,
    )


def _line_told(line: SignedLine) -> LineReceived:
    return LineReceived(
        line_id=line.line_id,
        food_code=line.food_code,
        received_g=line.received_g,
        accepted_g=line.accepted_g,
        reason=line.reason,
        lots=tuple(LotAccepted(lot_id=lot_id, accepted_g=grams) for lot_id, grams in line.lots if grams),
    )


async def put_tolerances(uow: UnitOfWork, rows: ToleranceRows) -> Imported:
    """Take tolerances; those of receipts signed before stay as they were judged."""
    good, refused = parse(ToleranceRow, rows)
    told = {(row.food_code or "", row.valid_from): row.permille for _, row in good}
    before = {(row.food_code, row.valid_from) for row in await queries.tolerances(uow)}
    new = await queries.put_tolerances(
        uow, [{"food_code": code, "valid_from": day, "permille": told[code, day]} for code, day in sorted(told)]
    )
    created = len(told.keys() - before)
    changed = len(new) - created
    return Imported(created=created, changed=changed, unchanged=len(told) - len(new), refused=refused)
