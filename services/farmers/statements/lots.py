"""All SQL about what settlements were for: their order lines, the lots those were packed from, who brought them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, select

from services.farmers.dispatches.models import PackedLot
from services.farmers.income.models import Settlement, SettlementLine
from services.farmers.lots.models import Lot, LotContribution
from services.farmers.orders.models import OrderLine
from services.farmers.rows import as_rows, given
from services.farmers.statements.tracing import Line, Packed
from services.farmers.tables import table_of
from shared.database import Session
from shared.quantities import amount_fen

settlement, settled = table_of(Settlement), table_of(SettlementLine)
order_line = table_of(OrderLine)
packed = table_of(PackedLot)
lot, contribution = table_of(Lot), table_of(LotContribution)

Key = tuple[str, str]
"""An order line: order id, line id."""


async def lines_of(session: Session, dialect: str, orders: Mapping[str, str]) -> dict[str, list[Line]]:
    """Return the lines of settlements (given with their orders) and the lots they were packed from.

    Of a settlement told before it named its lines they are the order's, as they were accepted last.
    """
    ids = as_rows([each] for each in sorted(orders))
    from_lots = await _packed(session, dialect, sorted(set(orders.values())))
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in await session.execute(_settled(dialect), ids):
        lots = from_lots.get((orders[row[0]], row[1]), ())
        lines[row[0]].append(Line(row[1], row[2], row[3], row[4], row[5], lots))
    silent = {key: order for key, order in orders.items() if key not in lines}
    if silent:
        for row in await session.execute(_accepted(dialect), as_rows([each] for each in sorted(silent))):
            grams, price = row.accepted_g or 0, row.price_fen_per_kg
            lots = from_lots.get((silent[row[0]], row.line_id), ())
            line = Line(row.line_id, row.food_code, price, grams, amount_fen(grams, price), lots)
            lines[row[0]].append(line)
    return lines


@cache
def _settled(dialect: str) -> Select[Any]:
    asked = given(dialect, settlement_id=Text)
    same = (order_line.c.order_id == settlement.c.order_id) & (order_line.c.line_id == settled.c.line_id)
    named = (order_line.c.food_code, order_line.c.price_fen_per_kg)
    return (
        select(settled.c.settlement_id, settled.c.line_id, *named, settled.c.accepted_g, settled.c.amount_fen)
        .join(asked, asked.c.settlement_id == settled.c.settlement_id)
        .join(settlement, settlement.c.settlement_id == settled.c.settlement_id)
        .join(order_line, same)
        .order_by(settled.c.settlement_id, order_line.c.place)
    )


@cache
def _accepted(dialect: str) -> Select[Any]:
    asked = given(dialect, settlement_id=Text)
    own = (order_line.c.line_id, order_line.c.food_code, order_line.c.price_fen_per_kg, order_line.c.accepted_g)
    return (
        select(settlement.c.settlement_id, *own)
        .join(asked, asked.c.settlement_id == settlement.c.settlement_id)
        .join(order_line, order_line.c.order_id == settlement.c.order_id)
        .order_by(settlement.c.settlement_id, order_line.c.place)
    )


async def _packed(session: Session, dialect: str, order_ids: Sequence[str]) -> dict[Key, tuple[Packed, ...]]:
    rows = (await session.execute(_lots(dialect), as_rows([each] for each in order_ids))).all()
    lots = as_rows([each] for each in sorted({row.lot_id for row in rows}))
    brought: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for lot_id, household_id, grams in await session.execute(_brought(dialect), lots):
        brought[lot_id].append((household_id, grams))
    found: dict[Key, list[Packed]] = defaultdict(list)
    for row in rows:
        own = Packed(row.lot_id, row.harvest_day, row.packed_g, row.quantity_g, tuple(brought[row.lot_id]))
        found[row.order_id, row.line_id].append(own)
    return {key: tuple(each) for key, each in found.items()}


@cache
def _lots(dialect: str) -> Select[Any]:
    asked = given(dialect, order_id=Text)
    return (
        select(
            packed.c.order_id,
            packed.c.line_id,
            packed.c.lot_id,
            packed.c.quantity_g.label("packed_g"),
            lot.c.harvest_day,
            lot.c.quantity_g,
        )
        .join(asked, asked.c.order_id == packed.c.order_id)
        .join(lot, lot.c.lot_id == packed.c.lot_id)
        .order_by(packed.c.order_id, packed.c.line_id, lot.c.harvest_day, packed.c.lot_id)
    )


@cache
def _brought(dialect: str) -> Select[Any]:
    asked = given(dialect, lot_id=Text)
    return (
        select(contribution.c.lot_id, contribution.c.household_id, contribution.c.quantity_g)
        .join(asked, asked.c.lot_id == contribution.c.lot_id)
        .order_by(contribution.c.lot_id, contribution.c.household_id)
    )
