"""The rules of freight: it is booked with a reason, out of a fund of its own; a mistake is taken back by another."""

from dataclasses import dataclass
from datetime import date, datetime

from services.procurement.ledger.domain import Account, Booked, Booking, Kind, Transaction
from shared.errors import DomainError
from shared.ids import derived_id


@dataclass(frozen=True, slots=True)
class Freight:
    """What a carrier gets for a day's driving; less than nothing takes back what was booked by mistake."""

    county_code: str
    carrier_id: str
    trip_id: str | None
    day: date
    amount_fen: int
    reference: str
    reason: str
    booked_by: str
    booked_at: datetime

    @property
    def freight_id(self) -> str:
        """Its id, and that of its booking: a carrier's reference is booked once."""
        return derived_id("freight", self.carrier_id, self.reference)

    def transaction(self) -> Transaction:
        """Return the booking: from the county's freight fund to the carrier."""
        entries = {
            Account(Kind.FREIGHT, self.county_code): Booked(-self.amount_fen, 0),
            Account(Kind.CARRIER, self.carrier_id): Booked(self.amount_fen, 0),
        }
        return Transaction(
            transaction_id=self.freight_id,
            receipt_id="",
            receipt_version=0,
            order_id="",
            county_code=self.county_code,
            delivery_day=self.day,
            booked_at=self.booked_at,
            entries=entries,
            kind=Booking.FREIGHT,
            source_id=self.trip_id or "",
        )


def check(freight: Freight, today: date) -> None:
    """Refuse freight for nothing, and for a day that is still to come."""
    if freight.amount_fen == 0:
        raise DomainError("nothing-to-book", "freight costs something", field="amount_fen")
    if freight.day > today:
        raise DomainError("day-in-the-future", f"{freight.day} is still to come", field="day")
