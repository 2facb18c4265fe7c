"""What a cooperative's own system is told of money: sums, never a household."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from services.farmers.webhooks.domain import Fact, Kind
from services.farmers.webhooks.messages import PaymentTold, SettlementTold
from shared.events.procurement import PaymentConfirmed, SettlementRecorded


def settlement_facts(events: Iterable[SettlementRecorded]) -> list[Fact]:
    """Return what is told of settlements, once of each."""
    by_id = {event.settlement_id: event for event in events}
    kind = Kind.SETTLEMENT_RECORDED
    return [Fact(kind, event.cooperative_id, key, partial(_settled, event)) for key, event in by_id.items()]


def payment_facts(events: Iterable[PaymentConfirmed]) -> list[Fact]:
    """Return what is told of payments, once of each."""
    by_id = {event.payment_id: event for event in events}
    kind = Kind.PAYMENT_CONFIRMED
    return [Fact(kind, event.cooperative_id, key, partial(_paid, event)) for key, event in by_id.items()]


def _settled(event: SettlementRecorded) -> dict[str, Any]:
    return SettlementTold(
        **event.model_dump(include=set(SettlementTold.model_fields) - {"households"}),
        households=len(event.households),
        households_fen=sum(share.amount_fen for share in event.households),
    ).model_dump(mode="json")


def _paid(event: PaymentConfirmed) -> dict[str, Any]:
    said = event.model_dump(include=set(PaymentTold.model_fields) - {"settlements"})
    return PaymentTold(**said, settlements=len(event.settlements)).model_dump(mode="json")
