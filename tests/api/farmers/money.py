"""Settlements, payments and payouts to try things on."""

from datetime import date
from typing import Any

from shared.events.procurement import (
    HouseholdShare,
    LineSettled,
    PaymentConfirmed,
    SettlementPaid,
    SettlementRecorded,
)
from tests.api.farmers.builders import COOP
from tests.world import START, World

MONDAY = date(2026, 11, 16)
"""The Monday before the clock's: what was delivered then can be paid."""
PAID = date(2026, 11, 20)


def settled(settlement_id: str, own_fen: int, day: date = MONDAY, **households: tuple[int, int]) -> SettlementRecorded:
    """A settlement of a receipt of its own; households by name (`hh_1`) with accepted g and fen, signed."""
    parts = tuple(
        HouseholdShare(
            household_id=name.replace("_", "-"),
            poor=name == "hh_1",
            accepted_g=max(0, grams),
            accepted_change_g=grams,
            amount_fen=fen,
        )
        for name, (grams, fen) in households.items()
    )
    return SettlementRecorded(
        settlement_id=settlement_id,
        order_id=f"order-{settlement_id}",
        receipt_id=f"receipt-{settlement_id}",
        canteen_id="canteen-1",
        cooperative_id=COOP,
        delivery_day=day,
        amount_fen=own_fen + sum(fen for _, fen in households.values()),
        cooperative_fen=own_fen,
        households=parts,
        recorded_at=START,
    )


def corrected(
    settlement: SettlementRecorded, settlement_id: str, own_fen: int, **households: Any
) -> SettlementRecorded:
    """A correction of the receipt that a settlement booked."""
    new = settled(settlement_id, own_fen, settlement.delivery_day, **households)
    return new.model_copy(update={"receipt_id": settlement.receipt_id, "order_id": settlement.order_id})


def of_lines(settlement: SettlementRecorded, order_id: str, **lines: tuple[int, int]) -> SettlementRecorded:
    """The settlement as one of an order's lines (`line_1`), by signed g and fen."""
    named = tuple(
        LineSettled(line_id=name.replace("_", "-"), accepted_change_g=grams, amount_fen=fen)
        for name, (grams, fen) in lines.items()
    )
    return settlement.model_copy(update={"order_id": order_id, "lines": named})


def paid(payment_id: str, *settlements: SettlementRecorded, **other: Any) -> PaymentConfirmed:
    """The payment of these settlements to their cooperative."""
    lines = tuple(SettlementPaid(settlement_id=one.settlement_id, amount_fen=one.amount_fen) for one in settlements)
    values = {
        "payment_id": payment_id,
        "cooperative_id": COOP,
        "county_code": "520628",
        "settlements": lines,
        "amount_fen": sum(line.amount_fen for line in lines),
        "paid_on": PAID,
        "reference": "2026112000417",
        "confirmed_at": START,
    }
    return PaymentConfirmed.model_validate(values | other)


def payout(payout_id: str = "payout-1", **other: Any) -> dict[str, Any]:
    """A body of `POST /payouts`: everything that waits, on the clock's day."""
    body = {"payout_id": payout_id, "cooperative_id": COOP, "paid_on": "2026-11-23", "method": "bank"}
    return body | other


async def tell(world: World, *events: Any) -> None:
    """Let farmers hear of events."""
    await world.publish(*events)
    await world.settle()
