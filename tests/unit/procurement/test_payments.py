"""Paying what is due: never more, every fen from what somebody earned to where it is now."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.ledger.domain import NOTHING, Account, Booked, Booking, Kind, Transaction
from services.procurement.payments import domain
from services.procurement.payments.domain import Asked
from services.procurement.settlement.domain import Purpose, Settlement
from shared.errors import Conflict, DomainError
from shared.ids import derived_id

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
OWN = Account(Kind.COOPERATIVE, "coop-1")


def due(amount_fen: int, settlement_id: str = "s1") -> Settlement:
    """Return a settlement that is open."""
    of = ("receipt-1", "order-1", "school-1", "coop-1", "520628")
    return Settlement(settlement_id, *of, MONDAY, NOW, MONDAY, amount_fen, 0)


def asked(**amounts: int) -> Asked:
    """Return what an official says was paid."""
    return Asked("coop-1", MONDAY, "ref-1", None if amounts else "2026-11", amounts or None)


def household(number: int) -> Account:
    """Return a household's account."""
    return Account(Kind.HOUSEHOLD, f"hh-{number}", poor=number % 2 == 0)


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=6).filter(any),
    st.lists(st.integers(1, 10_000), max_size=5),
    st.sampled_from([1, -1]),
)
def test_payments_move_what_is_due_and_never_more(parts: list[int], payments: list[int], sign: int) -> None:
    """However it is paid in parts, each account gives what was in it, no more; the rest is where it was."""
    left = {(household(n) if n else OWN): Booked(fen * sign, 0) for n, fen in enumerate(parts)}
    settlement = due(sum(parts) * sign)
    where: dict[Account, int] = {}
    for fen in (*payments, 10**9):
        amount = min(fen, abs(settlement.amount_fen - settlement.paid_fen)) * sign
        if not amount:
            break
        payment = domain.make_payment(asked(s1=amount), [settlement], NOW) if sign > 0 else _set_off(settlement, amount)
        settlement, booked = domain.pay(settlement, amount, left, payment)
        for account, entry in booked.entries.items():
            where[account] = where.get(account, 0) + entry.amount_fen
            if account in left:
                left[account] = left[account] + entry
        assert all(booked.amount_fen * sign >= 0 for booked in left.values())
        assert settlement.open == (settlement.paid_fen != settlement.amount_fen)
    assert set(left.values()) == {NOTHING}
    assert not settlement.open
    own = Account(Kind.COOPERATIVE, "coop-1", part="paid")
    assert where.get(own, 0) == parts[0] * sign
    assert (
        where.get(Account(Kind.COOPERATIVE, "coop-1", part="held"), 0) == settlement.held_fen == sum(parts[1:]) * sign
    )


def _set_off(settlement: Settlement, amount_fen: int) -> domain.Payment:
    other = due(100_000, "s2")
    return domain.make_payment(asked(s1=amount_fen, s2=100_000), [settlement, other], NOW)


def test_what_gives_to_some_and_takes_from_others_is_paid_whole() -> None:
    """A correction that moved money between households can be paid, but not in part."""
    left = {household(1): Booked(-300, 0), household(2): Booked(400, 0)}
    with pytest.raises(Conflict) as refusal:
        domain.pay(due(100), 50, left, domain.make_payment(asked(s1=50), [due(100)], NOW))
    assert refusal.value.rule == "paid-whole-only"
    paid, booked = domain.pay(due(100), 100, left, domain.make_payment(asked(), [due(100)], NOW))
    assert not paid.open
    assert booked.entries == {
        household(1): Booked(300, 0),
        household(2): Booked(-400, 0),
        Account(Kind.COOPERATIVE, "coop-1", part="held"): Booked(100, 0),
    }


def test_more_than_is_due_is_refused() -> None:
    """Neither more than is due nor nothing, nor the other way round; corrections that outweigh wait."""
    for settlements, amounts, rule in (
        ([due(100)], {"s1": 101}, "more-than-due"),
        ([due(100)], {"s1": -1}, "more-than-due"),
        ([due(100)], {"s1": 0}, "more-than-due"),
        ([due(-100)], {"s1": 1}, "more-than-due"),
        ([due(-100), due(99, "s2")], {}, "negative-payment"),
        ([], {}, "nothing-due"),
    ):
        with pytest.raises(DomainError) as refusal:
            domain.make_payment(asked(**amounts), settlements, NOW)
        assert refusal.value.rule == rule
    assert domain.make_payment(asked(), [due(-100), due(100, "s2")], NOW).amount_fen == 0


def test_a_reference_is_no_account_number() -> None:
    """Sixteen to nineteen digits with a card's check digit are an account; other numbers are references."""
    for reference, refused in (
        ("6222020000000000017", False),
        ("4111111111111111", True),
        ("4111 1111 1111 1111", True),
        ("to 4000 0000 0000 0000 006 of 3", True),
        ("20261231-0007", False),
    ):
        said = Asked("coop-1", MONDAY, reference, "2026-11")
        if refused:
            with pytest.raises(DomainError) as refusal:
                domain.check_asked(said, MONDAY)
            assert refusal.value.rule == "account-number"
        else:
            domain.check_asked(said, MONDAY)


@pytest.mark.parametrize("number", ["4012888888881881", "5555555555554444", "4111111111111111"])
def test_the_check_digit_is_that_of_cards(number: str) -> None:
    """Every second digit counts double, and its digits are added (ISO/IEC 7812-1); one digit off it is no card's."""
    with pytest.raises(DomainError, match="account number"):
        domain.check_asked(replace(asked(), reference=f"to {number}"), MONDAY)
    other = number[:-1] + str((int(number[-1]) + 1) % 10)
    domain.check_asked(replace(asked(), reference=f"to {other}"), MONDAY)


def test_what_was_asked_before_is_known_again() -> None:
    """Food has no mark of its own, as before there were purposes; all that is named counts, in whatever order."""
    assert asked().fingerprint == derived_id("asked", MONDAY, "2026-11")
    assert asked(b=2, a=1).fingerprint == asked(a=1, b=2).fingerprint == derived_id("asked", MONDAY, "", "a", 1, "b", 2)
    compensation = replace(asked(), purpose=Purpose.COMPENSATION)
    assert compensation.fingerprint == derived_id("asked", MONDAY, "2026-11", "compensation")


def test_food_and_compensation_are_never_paid_together() -> None:
    """They come out of two funds: one payment of both is refused, whatever it names."""
    late = replace(due(100, "s2"), purpose=Purpose.COMPENSATION)
    with pytest.raises(DomainError) as refused:
        domain.make_payment(asked(s1=100, s2=100), [due(100), late], NOW)
    assert refused.value.rule == "two-purposes"
    assert domain.make_payment(asked(s2=100), [late], NOW).purpose == Purpose.COMPENSATION


def test_food_money_never_pays_freight() -> None:
    """The meal subsidy is for food: a transaction that mixes it with freight cannot be made."""
    entries = {Account(Kind.SCHOOL, "s1"): Booked(-1, 0), Account(Kind.CARRIER, "c1"): Booked(1, 0)}
    with pytest.raises(ValueError, match="mixes money for carrier, school"):
        Transaction("t1", "", 0, "", "520628", MONDAY, NOW, entries, Booking.FREIGHT)
