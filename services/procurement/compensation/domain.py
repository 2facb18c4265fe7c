"""The rules of compensation: what calling off late costs is no food, so no money for food pays it.

All of the meal subsidy is spent on food, none on anything else. That the operating fund of the county pays instead is
an assumption of this program: only an official of the county calls off late.
"""

from datetime import date, datetime

from services.procurement.ledger.domain import Account, Booked, Booking, Kind, Transaction
from services.procurement.orders.domain import Order
from services.procurement.settlement.domain import Purpose, Settlement
from shared.ids import derived_id


def transaction(before: Order, after: Order, now: datetime) -> Transaction | None:
    """Return the booking of what changed in what is owed, None where nothing did: less than nothing takes back.

    An order's version is booked once.
    """
    owed_fen = after.owed_fen - before.owed_fen
    if not owed_fen:
        return None
    return Transaction(
        transaction_id=derived_id("compensation", after.order_id, after.version),
        receipt_id="",
        receipt_version=0,
        order_id=after.order_id,
        county_code=after.county_code,
        delivery_day=after.delivery_day,
        booked_at=now,
        entries={
            Account(Kind.OPERATING, after.county_code): Booked(-owed_fen, 0),
            Account(Kind.COMPENSATION, after.cooperative_id): Booked(owed_fen, 0),
        },
        kind=Booking.COMPENSATION,
    )


def settlement_of(booked: Transaction, order: Order, due_on: date) -> Settlement:
    """Return what is to be paid to the supplier until a day."""
    owed_fen = booked.entries[Account(Kind.COMPENSATION, order.cooperative_id)].amount_fen
    return Settlement(
        settlement_id=booked.transaction_id,
        receipt_id="",
        order_id=order.order_id,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        county_code=order.county_code,
        delivery_day=order.delivery_day,
        recorded_at=booked.booked_at,
        due_on=due_on,
        amount_fen=owed_fen,
        cooperative_fen=owed_fen,
        purpose=Purpose.COMPENSATION,
    )
