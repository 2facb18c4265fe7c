"""Tolerance and disputes: what is outside is held back, what is undisputed is paid, every fen goes somewhere."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.disputes import domain
from services.procurement.disputes.domain import Decision, Dispute, Side, Status
from services.procurement.ledger.domain import Account, Kind
from services.procurement.orders.domain import Order
from services.procurement.settlement import domain as settling
from services.procurement.settlement.domain import Lot
from services.procurement.terms import domain as terms
from services.procurement.terms.domain import Fund, Shares, Terms, Tolerance
from shared.errors import Conflict, DomainError, StaleVersion
from tests.unit.procurement.test_settlement import MONDAY, NOW, a_receipt, an_order

STRICT = Terms("52", date(2026, 9, 1), payment_days=15, dispute_days=7, tolerance=Tolerance(20, 500))
LOTS = {"lot-1": Lot(4000, (("poor-1", True, 1000), ("h-2", False, 2000)))}
TODAY = date(2026, 12, 1)


def judged(
    accepted_g: int, known: dict[str, Dispute] | None = None, agreed: Terms = STRICT, dispatched_g: int = 10_000
) -> tuple[Order, list[Dispute]]:
    """Return what becomes of an order of 10 kg at 400 fen/kg of which so much was accepted."""
    receipt = a_receipt(dispatched_g, {"lot-1": accepted_g} if accepted_g else {})
    weighed = settling.match(an_order(dispatched_g, 400), receipt)
    return domain.judge(weighed, receipt, LOTS, agreed, known or {}, NOW, TODAY)


@pytest.mark.parametrize(
    ("accepted_g", "tolerated"),
    [(10_000, True), (9_800, True), (9_799, True), (8_749, True), (8_748, False), (0, False)],
)
def test_either_tolerance_is_enough(accepted_g: int, tolerated: bool) -> None:
    """Two per cent of the weight or 500 fen of the line: within either it settles as weighed, else it is disputed."""
    _, changed = judged(accepted_g)
    assert (changed == []) is tolerated


def test_without_agreement_everything_settles_as_weighed() -> None:
    """A county that agreed on no tolerance has no disputes."""
    assert judged(0, agreed=terms.UNSAID)[1] == []


def test_a_dispute_says_what_is_paid_and_what_is_held_back() -> None:
    """The undisputed part is paid, the rest is held until it is decided, within the agreed days."""
    order, (dispute,) = judged(5_000)
    assert order.lines[0].amount_fen == dispute.weighed_fen == 2_000
    assert (dispute.ordered_fen, dispute.held_fen, dispute.decide_by) == (4_000, 2_000, date(2026, 12, 8))
    assert dispute.reason == "5000 g accepted of 10000 g dispatched"
    assert dispute.shares == (("", False, 1_250), ("h-2", False, 2_500), ("poor-1", True, 1_250))
    due = settling.owed(order, a_receipt(10_000, {"lot-1": 5_000}), LOTS, dispute.held_fen)
    assert due[Account(Kind.SCHOOL, "s1")].amount_fen == -4_000
    assert due[Account(Kind.SCHOOL, "s1", part="disputed")].amount_fen == 2_000
    assert sum(booked.amount_fen for booked in due.values()) == 0


@given(st.integers(0, 10_000), st.sampled_from(Decision), st.integers(0, 1000))
def test_a_decision_pays_between_weighed_and_ordered(accepted_g: int, decision: Decision, place: int) -> None:
    """Whatever is decided, the line is paid at least as weighed and at most as ordered, and every fen has an owner."""
    _, changed = judged(accepted_g)
    for dispute in changed:
        amount = dispute.weighed_fen + (dispute.ordered_fen - dispute.weighed_fen) * place // 1000
        given_amount = amount if decision is Decision.AMOUNT else None
        decided = domain.decide(dispute, decision, given_amount, "official-1", "seen", NOW, None)
        expected = {Decision.AS_WEIGHED: dispute.weighed_fen, Decision.AS_ORDERED: dispute.ordered_fen}
        assert decided.amount_fen == expected.get(decision, amount)
        assert decided.held_fen == 0
        parts = domain.more_paid(decided)
        assert sum(parts.values()) == decided.amount_fen - dispute.weighed_fen
        assert all(fen >= 0 for fen in parts.values())


def test_what_was_decided_holds_for_a_corrected_receipt() -> None:
    """A corrected weight is paid as it was decided; an open dispute is brought up to date, or void."""
    _, (dispute,) = judged(5_000)
    ordered = domain.decide(dispute, Decision.AS_ORDERED, None, "o", "seen", NOW, None)
    assert judged(4_000, {"l1": ordered})[0].lines[0].amount_fen == 4_000
    some = domain.decide(dispute, Decision.AMOUNT, 3_000, "o", "seen", NOW, None)
    assert judged(9_000, {"l1": some})[0].lines[0].amount_fen == 3_600
    assert judged(1_000, {"l1": some})[0].lines[0].amount_fen == 3_000
    stated = domain.state(dispute, Side.SCHOOL, "rotten", None)
    _, (again,) = judged(4_000, {"l1": stated})
    assert (again.held_fen, again.school_statement, again.version) == (2_400, "rotten", 3)
    _, (void,) = judged(9_900, {"l1": again})
    assert (void.status, void.held_fen) == (Status.WITHDRAWN, 0)


def test_a_dispute_is_decided_once_and_by_whoever_has_read_it() -> None:
    """A decided dispute takes neither statements nor decisions; an old version is refused; an amount may be a bound."""
    _, (dispute,) = judged(5_000)
    decided = domain.decide(dispute, Decision.AS_WEIGHED, None, "o", "seen", NOW, 1)
    with pytest.raises(Conflict) as refusal:
        domain.state(decided, Side.COOPERATIVE, "no", None)
    assert refusal.value.rule == "dispute-over"
    with pytest.raises(StaleVersion):
        domain.decide(dispute, Decision.AS_WEIGHED, None, "o", "seen", NOW, 2)
    for decision, amount in ((Decision.AMOUNT, None), (Decision.AS_WEIGHED, 1), (Decision.AMOUNT, 1_999)):
        with pytest.raises(DomainError) as wrong:
            domain.decide(dispute, decision, amount, "o", "seen", NOW, None)
        assert wrong.value.rule == "amount"
    for amount in (dispute.weighed_fen, dispute.ordered_fen):
        assert domain.decide(dispute, Decision.AMOUNT, amount, "o", "seen", NOW, None).amount_fen == amount


def test_what_a_food_costs_comes_out_of_the_funds_that_pay_it() -> None:
    """Each fund pays its part, to the fen and the gram; the nearest that has said something, and the newest, counts."""
    shares = Shares("region:52", MONDAY, {Fund.CENTRAL: 500, Fund.LOCAL: 300, Fund.PARENTS: 200})
    order, _ = judged(9_999)
    side = settling.school_side(order, 0, shares)
    parts = {account.name: (booked.amount_fen, booked.accepted_g) for account, booked in side.items()}
    assert parts == {
        "school/s1/food-money/central": (-2_000, 4_999),
        "school/s1/food-money/local": (-1_200, 3_000),
        "school/s1/food-money/parents": (-800, 2_000),
    }
    assert set(parts) <= set(settling.accounts_of_school("s1"))
    own = replace(shares, scope="school:s1", valid_from=date(2026, 12, 1))
    later = replace(shares, valid_from=date(2026, 12, 2))
    known = [shares, own, later]
    found = [terms.shares_holding(known, "s1", "520628", date(2026, month, 3)) for month in (10, 12)]
    assert found == [None, own]
    assert terms.shares_holding(known, "s2", "520628", date(2026, 12, 1)) == shares
    assert terms.shares_holding(known, "s2", "530000", date(2026, 12, 1)) is None


def test_the_nearest_and_newest_terms_hold() -> None:
    """A county's own terms go before its province's, the newest of them counts, and before the first the usual ones."""
    county = replace(STRICT, region_code="520628", valid_from=date(2026, 10, 1))
    newer = replace(county, valid_from=date(2026, 11, 1), payment_days=3)
    known = [STRICT, county, newer]
    held = [terms.holding(known, "520628", date(2026, month, 15)) for month in (8, 9, 10, 11)]
    assert held == [terms.UNSAID, STRICT, county, newer]
    assert terms.holding(known, "520602", date(2026, 12, 1)) == STRICT
    assert newer.due_on(MONDAY) == date(2026, 12, 3)
