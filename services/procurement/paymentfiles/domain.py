"""The rules of payment files: one row for each cooperative, everything open of it, corrections set off."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.procurement.settlement.domain import Purpose, Settlement
from shared.errors import AlreadyDone

MOST_SETTLEMENTS = 5_000
"""So many settlements one payment pays; the rest of a cooperative's is for the next file."""


class Status(StrEnum):
    """How far a file has come."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Row:
    """What a file pays a cooperative: fen by settlement. `reference` tells the bank's row, and says nobody's name."""

    reference: str
    cooperative_id: str
    amounts_fen: Mapping[str, int]

    @property
    def amount_fen(self) -> int:
        """What is paid."""
        return sum(self.amounts_fen.values())


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A batch of payments for a county's bank, of what is open for deliveries until a day: out of one fund.

    `asked` tells what it was confirmed with, so that it can be told again.
    """

    file_id: str
    county_code: str
    until: date
    created_by: str
    created_at: datetime
    rows: tuple[Row, ...]
    status: Status = Status.OPEN
    asked: str = ""
    purpose: Purpose = Purpose.FOOD

    @property
    def amount_fen(self) -> int:
        """What is paid in all."""
        return sum(row.amount_fen for row in self.rows)


def rows_of(file_id: str, due: Iterable[Settlement]) -> tuple[Row, ...]:
    """Return the rows of a file: a cooperative that is to get less than nothing waits for its next deliveries.

    Of one with more settlements than a payment takes, the oldest deliveries go first.
    """
    by_cooperative: dict[str, list[Settlement]] = defaultdict(list)
    for each in sorted(due, key=lambda one: (one.delivery_day, one.settlement_id)):
        by_cooperative[each.cooperative_id].append(each)
    rows: list[Row] = []
    for cooperative_id, own in sorted(by_cooperative.items()):
        amounts = {each.settlement_id: each.amount_fen - each.paid_fen for each in own[:MOST_SETTLEMENTS]}
        if sum(amounts.values()) > 0:
            rows.append(Row(f"{file_id[-12:].upper()}-{len(rows) + 1:04}", cooperative_id, amounts))
    return tuple(rows)


def confirm(file: PaymentFile, asked: str) -> PaymentFile:
    """Confirm that a file was carried out; the same again changes nothing. Raises AlreadyDone `file-closed`."""
    if file.status is not Status.OPEN and (file.status, file.asked) != (Status.CONFIRMED, asked):
        raise AlreadyDone("file-closed", f"payment file {file.file_id} is {file.status}", field="payment_file_id")
    return replace(file, status=Status.CONFIRMED, asked=asked)


def cancel(file: PaymentFile) -> PaymentFile:
    """Cancel a file; the same again changes nothing. Raises AlreadyDone `file-closed` for one that was carried out."""
    if file.status is Status.CONFIRMED:
        raise AlreadyDone("file-closed", f"payment file {file.file_id} is {file.status}", field="payment_file_id")
    return replace(file, status=Status.CANCELLED)


DUE_BUCKETS = (30, 60, 90)
"""Days beyond the agreed ones, in which what is due to cooperatives is counted."""
HELD_BUCKETS = (7, 30, 60)
"""Days since a cooperative was paid, in which what it holds for its households is counted."""


def starts_of(today: date, buckets: Iterable[int]) -> list[date]:
    """Return the days before which something is older than each bucket, e.g. more than 30 days."""
    return [today - timedelta(days=days) for days in buckets]
