"""Matching receipts and booking them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.ledger.domain import DISPUTED, FOOD_MONEY, Account, Booked, Kind, Transaction
from services.procurement.orders.domain import Line, Order, Status
from services.procurement.settlement import domain
from services.procurement.settlement.domain import Lot
from shared.errors import DomainError, MissingDependency
from shared.events.logistics import LineReceived, LotAccepted, ReceiptSigned

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def an_order(dispatched_g: int = 10_000, price: int = 333) -> Order:
    """Return an order that was dispatched whole."""
    line = Line("l1", "d1", "rice", "f1", "ambient", price, dispatched_g, 1, None, 500)
    line = replace(line, confirmed_g=dispatched_g, dispatched_g=dispatched_g)
    status = Status.DISPATCHED
    return Order("o1", "s1", "c1", "county-a", MONDAY, status, 2, "r1", NOW, NOW, NOW, NOW, lines=(line,))


def a_receipt(received_g: int, lots: dict[str, int], **more: object) -> ReceiptSigned:
    """Return a receipt that accepts these grams of lots."""
    line = LineReceived(
        line_id="l1",
        food_code="rice",
        received_g=received_g,
        accepted_g=sum(lots.values()),
        lots=tuple(LotAccepted(lot_id=lot, accepted_g=grams) for lot, grams in lots.items()),
    )
    fields: dict[str, Any] = {"canteen_id": "s1", "cooperative_id": "c1", "version": 1, "lines": (line,)} | more
    return ReceiptSigned(
        receipt_id="r1", order_id="o1", delivery_day=MONDAY, signers=("a", "b"), signed_at=NOW, **fields
    )


def a_transaction(entries: dict[Account, Booked]) -> Transaction:
    """Return a transaction."""
    return Transaction("t1", "r1", 1, "o1", "county-a", MONDAY, NOW, entries)


_lot = st.lists(st.integers(1, 3000), max_size=5)


@given(st.integers(1, 99_999), st.lists(st.tuples(st.integers(1, 5000), _lot, st.integers(0, 500)), max_size=4))
def test_every_fen_the_school_pays_reaches_somebody(price: int, lots: list[tuple[int, list[int], int]]) -> None:
    """School, cooperative and households sum to zero fen, and shared grams sum to the accepted ones."""
    accepted = {f"lot-{i}": grams for i, (grams, _, _) in enumerate(lots)}
    known = {
        f"lot-{i}": Lot(sum(brought) + own + 1, tuple((f"h{j}", j % 2 == 0, g) for j, g in enumerate(brought)))
        for i, (_, brought, own) in enumerate(lots)
    }
    total = sum(accepted.values())
    order = domain.match(an_order(total + 7, price), receipt := a_receipt(total, accepted))
    due = domain.owed(order, receipt, known)
    assert sum(booked.amount_fen for booked in due.values()) == 0
    school = due.pop(Account(Kind.SCHOOL, "s1"), Booked(0, 0))
    assert sum(booked.accepted_g for booked in due.values()) == school.accepted_g == total
    assert all(booked.amount_fen >= 0 for booked in due.values())


def test_households_are_paid_by_what_they_brought() -> None:
    """A lot's part goes to its households in proportion; the rest is the cooperative's own."""
    receipt = a_receipt(1000, {"lot-1": 1000})
    lots = {"lot-1": Lot(4000, (("poor-1", True, 1000), ("h-2", False, 2000)))}
    order = domain.match(an_order(1000, 400), receipt)
    due = domain.owed(order, receipt, lots)
    assert due == {
        Account(Kind.SCHOOL, "s1"): Booked(-400, 1000),
        Account(Kind.HOUSEHOLD, "poor-1", True): Booked(100, 250),
        Account(Kind.HOUSEHOLD, "h-2"): Booked(200, 500),
        Account(Kind.COOPERATIVE, "c1"): Booked(100, 250),
    }
    told = domain.told_of_settling(a_transaction(due), an_order(1000, 400), order, NOW)
    assert told.amount_fen == sum(line.amount_fen for line in told.lines)
    assert told.amount_fen == told.cooperative_fen + sum(share.amount_fen for share in told.households) == 400


def test_a_correction_books_the_difference() -> None:
    """What was booked plus the correction is what is due; accounts no longer due anything are brought back to zero."""
    school, one, other = Account(Kind.SCHOOL, "s1"), Account(Kind.COOPERATIVE, "c1"), Account(Kind.HOUSEHOLD, "h1")
    booked = {school: Booked(-400, 1000), one: Booked(100, 250), other: Booked(300, 750)}
    due = {school: Booked(-200, 500), one: Booked(200, 500)}
    assert domain.correction(due, booked) == {
        school: Booked(200, -500),
        one: Booked(100, 250),
        other: Booked(-300, -750),
    }
    assert domain.correction(due, due) == {}


def test_an_unbalanced_transaction_cannot_be_made() -> None:
    """Entries of a transaction sum to zero."""
    with pytest.raises(ValueError, match="do not sum to zero"):
        a_transaction({Account(Kind.SCHOOL, "s1"): Booked(-1, 1)})


def test_what_does_not_match_is_not_paid() -> None:
    """More than was dispatched, another school, another order's line: a person looks at it, nothing is booked."""
    too_much = a_receipt(10_001, {"lot-1": 1})
    elsewhere = a_receipt(1, {"lot-1": 1}, canteen_id="s2")
    line = LineReceived(line_id="l9", food_code="rice", received_g=1, accepted_g=0, lots=())
    for receipt in (too_much, elsewhere, a_receipt(1, {}, lines=(line,))):
        with pytest.raises(DomainError) as refusal:
            domain.match(an_order(), receipt)
        assert refusal.value.rule == "receipt-does-not-match"


def test_a_receipt_waits_for_its_dispatch() -> None:
    """Between topics there is no order: the receipt may arrive first."""
    with pytest.raises(MissingDependency):
        domain.match(replace(an_order(), dispatched_at=None), a_receipt(1, {"lot-1": 1}))


def test_a_receipt_that_accepts_nothing_is_received_and_not_settled() -> None:
    """There is nothing to pay for."""
    assert domain.match(an_order(), a_receipt(10_000, {})).status is Status.RECEIVED


def test_what_is_disputed_is_paid_and_held_back() -> None:
    """It leaves the school's money with the rest and lies on an account of its own; without a dispute there is none."""
    order = domain.match(an_order(1000, 400), a_receipt(1000, {"lot-1": 1000}))
    school = Account(Kind.SCHOOL, "s1")
    assert domain.school_side(order, 0, None) == {school: Booked(-400, 1000)}
    held = replace(school, part=DISPUTED)
    assert domain.school_side(order, 150, None) == {school: Booked(-550, 1000), held: Booked(150, 0)}
    assert domain.school_side(order, 1, None)[held] == Booked(1, 0)


def test_a_booking_is_told_by_household() -> None:
    """A correction takes grams back: the change is negative, what was accepted is never less than nothing."""
    order = domain.match(an_order(1000, 400), a_receipt(1000, {"lot-1": 1000}))
    entries = {
        Account(Kind.SCHOOL, "s1"): Booked(-60, 0),
        Account(Kind.HOUSEHOLD, "gives", True): Booked(-40, -250),
        Account(Kind.HOUSEHOLD, "gets"): Booked(90, 200),
        Account(Kind.HOUSEHOLD, "priced"): Booked(10, 0),
        Account(Kind.COOPERATIVE, "c1"): Booked(0, 50),
    }
    told = domain.told_of_settling(a_transaction(entries), an_order(1000, 400), order, NOW)
    assert (told.amount_fen, told.cooperative_fen) == (60, 0)
    assert [
        (each.household_id, each.accepted_g, each.accepted_change_g, each.amount_fen) for each in told.households
    ] == [
        ("gives", 0, -250, -40),
        ("gets", 200, 200, 90),
        ("priced", 0, 0, 10),
    ]
    assert [(line.accepted_change_g, line.amount_fen) for line in told.lines] == [(1000, 400)]


def test_nothing_of_a_fresh_settlement_is_paid() -> None:
    """It is open with all of its amount, the cooperative's part apart; what gives nobody anything is none."""
    entries = {
        Account(Kind.SCHOOL, "s1"): Booked(-100, 500),
        Account(Kind.HOUSEHOLD, "h-1"): Booked(70, 350),
        Account(Kind.COOPERATIVE, "c1"): Booked(30, 150),
    }
    made = domain.settlement_of(a_transaction(entries), an_order(), MONDAY)
    assert made is not None
    assert (made.amount_fen, made.cooperative_fen) == (100, 30)
    assert (made.paid_fen, made.held_fen, made.passed_fen, made.open, made.paid_on) == (0, 0, 0, True, None)
    grams = {Account(Kind.SCHOOL, "s1"): Booked(0, -5), Account(Kind.COOPERATIVE, "c1"): Booked(0, -5)}
    assert domain.settlement_of(a_transaction(grams), an_order(), MONDAY) is None


@pytest.mark.parametrize(
    "account",
    [
        Account(Kind.SCHOOL, "s1"),
        Account(Kind.SCHOOL, "s1", part=f"{FOOD_MONEY}/central"),
        Account(Kind.SCHOOL, "s1", part=DISPUTED),
        Account(Kind.COOPERATIVE, "c1"),
        Account(Kind.COOPERATIVE, "c1", part="held"),
        Account(Kind.HOUSEHOLD, "h1", True),
    ],
)
def test_an_account_is_found_by_its_name(account: Account) -> None:
    """The name says all but whether the household is poor."""
    assert Account.of(account.name, poor=account.poor) == account
