"""Matching and booking: what was ordered, what was accepted, at what price; who is paid for it, out of which fund.

Nothing that was booked is ever changed: a correction books the difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.procurement.ledger.domain import (
    DISPUTED,
    FOOD_MONEY,
    NOTHING,
    Account,
    Booked,
    Entries,
    Kind,
    Transaction,
)
from services.procurement.orders.domain import Line, Order, Status
from services.procurement.terms.domain import Fund, Shares
from shared.errors import DomainError, MissingDependency
from shared.events.logistics import LineReceived, ReceiptSigned
from shared.events.procurement import HouseholdShare, LineSettled, SettlementRecorded
from shared.quantities import amount_fen, split


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot's grams and who brought them: (household, poor, grams); the rest is the cooperative's own."""

    quantity_g: int
    brought: tuple[tuple[str, bool, int], ...]


def match(order: Order, receipt: ReceiptSigned) -> Order:
    """Match a receipt with its order line by line; returns the order with what was received, accepted and is owed.

    Raises MissingDependency while the dispatch is not heard of yet, DomainError `receipt-does-not-match` for what a
    person must look at: another school or cooperative, a line of another order, more than was dispatched.
    """
    if order.dispatched_at is None:
        raise MissingDependency("dispatch", order.order_id)
    if (order.canteen_id, order.cooperative_id) != (receipt.canteen_id, receipt.cooperative_id):
        raise DomainError("receipt-does-not-match", f"order {order.order_id} is between others", field="order_id")
    weighed = {part.line_id: part for part in receipt.lines}
    if unknown := weighed.keys() - {line.line_id for line in order.lines}:
        detail = f"order {order.order_id} has no line {min(unknown)}"
        raise DomainError("receipt-does-not-match", detail, field="lines")
    lines = tuple(_weigh(line, weighed.get(line.line_id)) for line in order.lines)
    accepted = sum(line.accepted_g for line in lines)
    return replace(order, lines=lines, status=Status.SETTLED if accepted else Status.RECEIVED)


def _weigh(line: Line, weighed: LineReceived | None) -> Line:
    received, accepted = (weighed.received_g, weighed.accepted_g) if weighed else (0, 0)
    if not accepted <= received <= line.dispatched_g:
        detail = f"accepted {accepted} g, received {received} g, dispatched {line.dispatched_g} g"
        raise DomainError("receipt-does-not-match", detail, field=f"lines.{line.line_id}")
    amount = amount_fen(accepted, line.price_fen_per_kg)
    return replace(line, received_g=received, accepted_g=accepted, amount_fen=amount)


def owed(
    order: Order,
    receipt: ReceiptSigned,
    lots: Mapping[str, Lot],
    held_fen: int = 0,
    shares: Shares | None = None,
) -> dict[Account, Booked]:
    """Return what each account is due for an accepted order: the school pays, the cooperative and its households get.

    A line's amount is split over its lots by accepted grams, and a lot's part over its households by what they brought.
    `held_fen` of the school's money is held back until disputes are decided.
    """
    accounts: dict[Account, Booked] = defaultdict(lambda: NOTHING)
    of_receipt = {part.line_id: part for part in receipt.lines}
    for line in order.lines:
        if line.accepted_g:
            for account, part in shares_of_line(order.cooperative_id, line, of_receipt[line.line_id], lots):
                accounts[account] += part
        elif line.amount_fen:
            accounts[Account(Kind.COOPERATIVE, order.cooperative_id)] += Booked(line.amount_fen, 0)
    accounts |= school_side(order, held_fen, shares)
    return {account: booked for account, booked in accounts.items() if booked != NOTHING}


def school_side(order: Order, held_fen: int, shares: Shares | None) -> dict[Account, Booked]:
    """Return what a school pays for an order out of each fund, and what of it is held back."""
    paid = sum(line.amount_fen for line in order.lines) + held_fen
    grams = sum(line.accepted_g for line in order.lines)
    if shares is None:
        accounts = {Account(Kind.SCHOOL, order.canteen_id): Booked(-paid, grams)}
    else:
        parts = zip(shares.parts(paid), shares.parts(grams), strict=True)
        accounts = {
            Account(Kind.SCHOOL, order.canteen_id, part=f"{FOOD_MONEY}/{fund}"): Booked(-fen, part_g)
            for (fund, fen), (_, part_g) in parts
        }
    if held_fen:
        accounts[Account(Kind.SCHOOL, order.canteen_id, part=DISPUTED)] = Booked(held_fen, 0)
    return accounts


def accounts_of_school(canteen_id: str) -> list[str]:
    """Return the names of the accounts that hold what a school pays for its food."""
    parts = ["", DISPUTED, *(f"{FOOD_MONEY}/{fund}" for fund in Fund)]
    return [Account(Kind.SCHOOL, canteen_id, part=part).name for part in parts]


def shares_of_line(
    cooperative_id: str, line: Line, received: LineReceived, lots: Mapping[str, Lot]
) -> Iterable[tuple[Account, Booked]]:
    """Split what is paid for a line of which something was accepted over those who brought it."""
    own = Account(Kind.COOPERATIVE, cooperative_id)
    unnamed_g = max(0, line.accepted_g - sum(lot.accepted_g for lot in received.lots))
    weights = [*(lot.accepted_g for lot in received.lots), unnamed_g]
    amounts, grams = split(line.amount_fen, weights), split(line.accepted_g, weights)
    yield own, Booked(amounts[-1], grams[-1])
    for accepted, amount_of_lot, grams_of_lot in zip(received.lots, amounts, grams, strict=False):
        lot = lots[accepted.lot_id]
        holders = [Account(Kind.HOUSEHOLD, household, poor) for household, poor, _ in lot.brought]
        brought = [grams for _, _, grams in lot.brought]
        parts = [*brought, max(0, lot.quantity_g - sum(brought))]
        shares = zip(split(amount_of_lot, parts), split(grams_of_lot, parts), strict=True)
        for account, (amount, part_g) in zip([*holders, own], shares, strict=True):
            yield account, Booked(amount, part_g)


def correction(due: Entries, booked: Entries) -> dict[Account, Booked]:
    """Return the entries that lead from what was booked before to what is due."""
    differences = {account: due.get(account, NOTHING) - booked.get(account, NOTHING) for account in {*due, *booked}}
    return {account: differences[account] for account in sorted(differences) if differences[account] != NOTHING}


class Purpose(StrEnum):
    """What something is paid for: food, out of the schools' food money; or calling off late, out of another fund."""

    FOOD = "food"
    COMPENSATION = "compensation"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one booking of a receipt brought a cooperative and its households, and how far it is paid.

    amount_fen = cooperative_fen + what households get. `paid_fen` of it was paid to the cooperative, `held_fen` of
    that is for its households, who have `passed_fen`. It is open until all of it was paid; of a correction that takes
    back, all is negative. Compensation comes of no receipt, and all of it is the cooperative's.
    """

    settlement_id: str
    receipt_id: str
    order_id: str
    canteen_id: str
    cooperative_id: str
    county_code: str
    delivery_day: date
    recorded_at: datetime
    due_on: date
    amount_fen: int
    cooperative_fen: int
    paid_fen: int = 0
    held_fen: int = 0
    passed_fen: int = 0
    open: bool = True
    paid_on: date | None = None
    purpose: Purpose = Purpose.FOOD


def settlement_of(transaction: Transaction, order: Order, due_on: date) -> Settlement | None:
    """Return what a booking is to be paid until a day, None where it gives and takes nobody anything."""
    due = [(account, booked) for account, booked in transaction.entries.items() if account.kind is not Kind.SCHOOL]
    if not any(booked.amount_fen for _, booked in due):
        return None
    return Settlement(
        settlement_id=transaction.transaction_id,
        receipt_id=transaction.receipt_id,
        order_id=order.order_id,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        county_code=order.county_code,
        delivery_day=order.delivery_day,
        recorded_at=transaction.booked_at,
        due_on=due_on,
        amount_fen=_sum(due),
        cooperative_fen=_sum([pair for pair in due if pair[0].kind is Kind.COOPERATIVE]),
    )


def told_of_settling(transaction: Transaction, before: Order, after: Order, now: datetime) -> SettlementRecorded:
    """Return the fact that a receipt was booked, which led from one state of the order to the next: the difference."""
    of_kind: dict[Kind, list[tuple[Account, Booked]]] = defaultdict(list)
    for account, booked in transaction.entries.items():
        of_kind[account.kind].append((account, booked))
    return SettlementRecorded(
        settlement_id=transaction.transaction_id,
        order_id=after.order_id,
        receipt_id=transaction.receipt_id,
        canteen_id=after.canteen_id,
        cooperative_id=after.cooperative_id,
        delivery_day=after.delivery_day,
        amount_fen=-_sum(of_kind[Kind.SCHOOL]),
        cooperative_fen=_sum(of_kind[Kind.COOPERATIVE]),
        households=tuple(_share(account, booked) for account, booked in of_kind[Kind.HOUSEHOLD]),
        lines=tuple(_changes(before, after)),
        recorded_at=now,
    )


def _changes(before: Order, after: Order) -> Iterable[LineSettled]:
    for was, line in zip(before.lines, after.lines, strict=True):
        grams, amount = line.accepted_g - was.accepted_g, line.amount_fen - was.amount_fen
        if grams or amount:
            yield LineSettled(line_id=line.line_id, accepted_change_g=grams, amount_fen=amount)


def _sum(entries: Sequence[tuple[Account, Booked]]) -> int:
    return sum(booked.amount_fen for _, booked in entries)


def _share(account: Account, booked: Booked) -> HouseholdShare:
    return HouseholdShare(
        household_id=account.holder_id,
        poor=account.poor,
        accepted_g=max(0, booked.accepted_g),
        accepted_change_g=booked.accepted_g,
        amount_fen=booked.amount_fen,
    )
