"""Paying households, without a database: whatever clerks do, every fen is settled, waiting or paid, and never twice."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.farmers.income.domain import paid_since
from services.farmers.payouts.domain import Asked, Part, Payout, Reversal, choose, paid, reversed_by, taken_back
from shared.errors import DomainError
from shared.fields import PayoutMethod
from tests.world import START

TODAY = date(2026, 11, 23)
HOUSEHOLDS = ("hh-1", "hh-2", "hh-3")
SETTLEMENTS = ("s-1", "s-2", "s-3", "s-4")
parts_of = st.dictionaries(
    st.tuples(st.sampled_from(HOUSEHOLDS), st.sampled_from(SETTLEMENTS)),
    st.tuples(st.integers(-300, 900).filter(bool), st.none() | st.integers(0, 40)),
    min_size=1,
)
requests = st.lists(
    st.tuples(
        st.none() | st.lists(st.sampled_from(HOUSEHOLDS), min_size=1, unique=True).map(tuple),
        st.none() | st.frozensets(st.sampled_from(SETTLEMENTS), min_size=1),
        st.none() | st.integers(0, 5),
    ),
    max_size=6,
)


@dataclass
class Books:
    """Parts, by which payout each is paid, and all payouts with their lines."""

    parts: dict[tuple[str, str], Part]
    paid_by: dict[tuple[str, str], str] = field(default_factory=dict)
    payouts: list[tuple[Payout, list[Part]]] = field(default_factory=list)

    def pay(self, households: tuple[str, ...] | None, of_payment: frozenset[str] | None) -> None:
        """Pay as the use case does."""
        asked = Asked(f"p-{len(self.payouts)}", "coop-1", None, households, TODAY, PayoutMethod.BANK)
        unpaid = [part for key, part in self.parts.items() if key not in self.paid_by]
        chosen = choose(asked, unpaid, of_payment, TODAY)
        self.payouts.append((paid(asked, chosen, START), chosen))
        self.paid_by |= {(part.household_id, part.settlement_id): asked.payout_id for part in chosen}

    def take_back(self, number: int, households: tuple[str, ...] | None) -> None:
        """Take a payout back as the use case does."""
        known, _ = self.payouts[number % len(self.payouts)]
        standing = [self.parts[key] for key, payout_id in self.paid_by.items() if payout_id == known.payout_id]
        reversal = Reversal(f"p-{len(self.payouts)}", known.payout_id, households, TODAY, "mistake")
        parts = taken_back(reversal, known, standing, TODAY)
        self.payouts.append((reversed_by(reversal, known, parts, START), parts))
        for part in parts:
            del self.paid_by[part.household_id, part.settlement_id]


@given(parts_of, requests)
def test_every_fen_is_waiting_or_paid_and_never_twice(
    drawn: dict[tuple[str, str], tuple[int, int | None]],
    asked: list[tuple[tuple[str, ...] | None, frozenset[str] | None, int | None]],
) -> None:
    """Payouts and reversals in any order: their lines sum to what is paid, part by part; nobody is paid below zero."""
    parts = {
        key: Part(*key, fen, None if days is None else TODAY - timedelta(days=days))
        for key, (fen, days) in drawn.items()
    }
    books = Books(parts)
    for households, of_payment, back in asked:
        try:
            if back is None or not books.payouts:
                books.pay(households, of_payment)
            else:
                books.take_back(back, households)
        except DomainError:
            continue
    for key, part in parts.items():
        lines = [one for _, own in books.payouts for one in own if (one.household_id, one.settlement_id) == key]
        assert sum(one.amount_fen for one in lines) == (part.amount_fen if key in books.paid_by else 0)
        assert key not in books.paid_by or part.cooperative_paid_on is not None
    settled = sum(part.amount_fen for part in parts.values())
    waiting = sum(part.amount_fen for key, part in parts.items() if key not in books.paid_by)
    assert settled == waiting + sum(payout.amount_fen for payout, _ in books.payouts)
    for payout, own in books.payouts:
        for household_id in {part.household_id for part in own}:
            got = sum(part.amount_fen for part in own if part.household_id == household_id)
            assert got >= 0 if payout.reverses is None else got <= 0


def test_a_settlement_is_paid_when_all_of_it_came() -> None:
    """Parts add up; a deduction counts when all of it was deducted; nothing was paid of what no payment names."""
    monday = date(2026, 11, 16)
    later = monday + timedelta(days=2)
    assert paid_since(500, []) is None
    assert paid_since(500, [(monday, 499)]) is None
    assert paid_since(500, [(later, 1), (monday, 499)]) == later
    assert paid_since(-500, [(monday, -499)]) is None
    assert paid_since(-500, [(monday, -500)]) == monday
    assert paid_since(0, []) is None
    assert paid_since(0, [(monday, 0)]) == monday


def test_what_is_paid_with_a_payment_is_less_every_correction_that_waits() -> None:
    """Where corrections come to more than the payment's parts, all that waits is taken together."""
    asked = Asked("p-1", "coop-1", "pay-1", None, TODAY, PayoutMethod.CASH)
    plus, minus, other = (Part("hh-1", name, fen, TODAY) for name, fen in (("s-1", 100), ("s-2", -300), ("s-3", 250)))
    assert choose(asked, [plus, replace(minus, amount_fen=-30), other], frozenset({"s-1"}), TODAY) == [
        plus,
        replace(minus, amount_fen=-30),
    ]
    assert choose(asked, [plus, minus, other], frozenset({"s-1"}), TODAY) == [plus, minus, other]


def test_a_payout_is_taken_back_once_and_only_it() -> None:
    """A reversal is not reversed; its day lies between the payout and today; who was not paid gives nothing back."""
    part = Part("hh-1", "s-1", 500, TODAY)
    known = paid(Asked("p-1", "coop-1", None, None, TODAY, PayoutMethod.BANK), [part], START)
    back = Reversal("p-2", "p-1", None, TODAY, "mistake")
    assert taken_back(back, known, [part], TODAY) == [Part("hh-1", "s-1", -500)]
    for reversal, payout, standing, today, rule in (
        (back, replace(known, reverses="p-0"), [part], TODAY, "reversal-of-reversal"),
        (back, known, [part], TODAY - timedelta(days=1), "reversal-day"),
        (replace(back, reversed_on=TODAY - timedelta(days=1)), known, [part], TODAY, "reversal-day"),
        (back, known, [], TODAY, "payout-reversed"),
        (replace(back, household_ids=("hh-2",)), known, [part], TODAY, "not-in-payout"),
    ):
        with pytest.raises(DomainError) as refusal:
            taken_back(reversal, payout, standing, today)
        assert refusal.value.rule == rule


def test_who_is_not_paid_is_told_why() -> None:
    """Its cooperative waits for the money itself, or nothing is due at all: two different answers."""
    asked = Asked("p-1", "coop-1", None, ("hh-1",), TODAY, PayoutMethod.BANK)
    for unpaid, rule in (
        ([Part("hh-1", "s-1", 500)], "cooperative-not-paid"),
        ([], "nothing-due"),
        ([Part("hh-1", "s-1", -500, TODAY)], "nothing-due"),
        ([Part("hh-1", "s-1", -500, TODAY), Part("hh-1", "s-2", 100)], "nothing-due"),
    ):
        with pytest.raises(DomainError) as refusal:
            choose(asked, unpaid, None, TODAY)
        assert (refusal.value.rule, refusal.value.field) == (rule, "household_ids.0")
