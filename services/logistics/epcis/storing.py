"""SQL that writes what documents told."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, update

from services.logistics.consignments.domain import Status, coldest
from services.logistics.epcis.domain import Graph, Reception, Shipment
from services.logistics.epcis.models import CapturedEvent
from services.logistics.epcis.queries import consignment, line, receipt, share, version
from services.logistics.receipts import queries as receipts
from services.logistics.tables import insert_into, table_of
from services.logistics.tracing import lineage
from services.logistics.tracing import queries as tracing
from shared.unit_of_work import UnitOfWork

captured = table_of(CapturedEvent)


async def captured_before(uow: UnitOfWork, event_ids: Collection[str]) -> dict[str, str]:
    """Return the digests of those of the events that were taken before, by id."""
    statement = select(captured.c.event_id, captured.c.sha256).where(captured.c.event_id.in_(sorted(event_ids)))
    return {event_id: digest for event_id, digest in (await uow.session.execute(statement)).all()}


async def keep_captured(uow: UnitOfWork, digests: dict[str, str]) -> None:
    """Remember that events were taken."""
    rows = [{"event_id": key, "sha256": digest, "captured_at": uow.now} for key, digest in sorted(digests.items())]
    if rows:
        await uow.session.execute(insert_into(uow, captured).on_conflict_do_nothing(), rows)


async def unpacked(uow: UnitOfWork, orders: Collection[str]) -> set[str]:
    """Return those of the orders that are known and not packed, or cancelled."""
    known = select(consignment.c.order_id).where(consignment.c.order_id.in_(sorted(orders)))
    waits = consignment.c.dispatched_at.is_(None) | (consignment.c.status == Status.CANCELLED.value)
    return set((await uow.session.scalars(known.where(waits))).all())


async def save(uow: UnitOfWork, graph: Graph) -> None:
    """Write lots, orders, receipts and meals that are new."""
    names = ("lot_id", "cooperative_id", "food_code", "harvest_day", "quantity_g", "certificate_no")
    counted = (*names, "households", "poor_households")
    lots = [{name: getattr(lot, name) for name in counted} for _, lot in sorted(graph.lots.items())]
    if lots:
        await tracing.add_lots(uow, lots)
    made = [
        {"lot_id": lot.lot_id, "parent_id": parent_id, "quantity_g": grams}
        for lot in graph.lots.values()
        for parent_id, grams in lot.parents
    ]
    await lineage.add_parents(uow, made)
    await _save_orders(uow, [each for _, each in sorted(graph.shipments.items())])
    for _, reception in sorted(graph.receptions.items()):
        await _save_receipt(uow, reception)
    await _save_meals(uow, graph)


async def _save_orders(uow: UnitOfWork, orders: Sequence[Shipment]) -> None:
    if not orders:
        return
    await uow.session.execute(insert_into(uow, consignment), [_row(order) for order in orders])
    lines = [
        {name: getattr(one, name) for name in one.__slots__}
        | {"order_id": order.order_id, "received_g": 0, "accepted_g": 0}
        for order in orders
        for one in order.lines
    ]
    await uow.session.execute(insert_into(uow, line), lines)
    shares = [
        {
            "order_id": order.order_id,
            "line_id": one.line_id,
            "lot_id": one.lot_id,
            "dispatched_g": one.quantity_g,
            "accepted_g": 0,
        }
        for order in orders
        for one in order.shares
    ]
    if shares:
        await uow.session.execute(insert_into(uow, share), shares)


def _row(order: Shipment) -> dict[str, Any]:
    names = ("order_id", "version", "canteen_id", "cooperative_id", "county_code", "delivery_day")
    return {name: getattr(order, name) for name in names} | {
        "temperature_class": coldest(one.temperature_class for one in order.lines if one.dispatched_g),
        "confirmed_g": sum(one.confirmed_g for one in order.lines),
        "dispatched_g": sum(one.dispatched_g for one in order.lines),
        "dispatched_at": order.packed_at,
        "status": Status.WAITING.value,
        "hold": False,
    }


async def _save_receipt(uow: UnitOfWork, told: Reception) -> None:
    """Write a receipt told by a document; who signed is not told."""
    (order,) = (await uow.session.execute(select(consignment).where(consignment.c.order_id == told.order_id))).all()
    row = {
        "receipt_id": told.receipt_id,
        "order_id": told.order_id,
        "version": told.version,
        "canteen_id": order.canteen_id,
        "cooperative_id": order.cooperative_id,
        "delivery_day": order.delivery_day,
        "hold": order.hold,
        "signed_at": told.signed_at,
    }
    statement = insert_into(uow, receipt).values(row)
    newer = {"version": statement.excluded.version, "signed_at": statement.excluded.signed_at}
    await uow.session.execute(statement.on_conflict_do_update(index_elements=[receipt.c.receipt_id], set_=newer))
    foods = {
        row.line_id: row.food_code
        for row in (await uow.session.execute(select(line).where(line.c.order_id == told.order_id))).all()
    }
    lines = [
        {name: getattr(one, name) for name in one.__slots__}
        | {
            "food_code": foods[one.line_id],
            "reason": "",
            "lots": [(each.lot_id, each.quantity_g) for each in told.shares if each.line_id == one.line_id],
        }
        for one in told.lines
    ]
    said = {"receipt_id": told.receipt_id, "version": told.version, "signers": [], "lines": lines, "reason": ""}
    await uow.session.execute(insert_into(uow, version).values(**said, signed_at=told.signed_at))
    received = update(consignment).where(consignment.c.order_id == told.order_id)
    await uow.session.execute(received.values(status=Status.RECEIVED.value))
    weights = [
        {"order": told.order_id, "line": one.line_id, "received": one.received_g, "accepted": one.accepted_g}
        for one in told.lines
    ]
    accepted = [
        {"order": told.order_id, "line": one.line_id, "lot": one.lot_id, "accepted": one.quantity_g}
        for one in told.shares
    ]
    await uow.session.execute(update(share).where(share.c.order_id == told.order_id).values(accepted_g=0))
    await receipts.write_quantities(uow, weights, accepted)


async def _save_meals(uow: UnitOfWork, graph: Graph) -> None:
    rows = [
        {name: getattr(one, name) for name in one.__slots__ if name != "used"} | {"dish_codes": list(one.dish_codes)}
        for _, one in sorted(graph.meals.items())
    ]
    if not rows:
        return
    kept = await tracing.put_meals(uow, rows)
    foods = [
        {
            "meal_id": meal_id,
            "position": position,
            "food_code": one.food_code,
            "lot_id": one.lot_id,
            "quantity_g": one.quantity_g,
        }
        for meal_id in sorted(kept)
        for position, one in enumerate(graph.meals[meal_id].used, start=1)
    ]
    await tracing.put_foods(uow, foods, sorted(kept))
