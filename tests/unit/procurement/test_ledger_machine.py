"""The ledger against plain sums: receipts, corrections, payments and payouts in whatever order, sealed as they come."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.procurement.ledger import chain
from services.procurement.ledger.chain import Content, Link
from services.procurement.ledger.domain import HELD, PAID, Account, Booked, Kind, Transaction
from services.procurement.orders.domain import Order, Status
from services.procurement.payments import domain as paying
from services.procurement.payments.domain import Asked
from services.procurement.settlement import domain as settling
from services.procurement.settlement.domain import Settlement
from shared.errors import Conflict
from shared.ids import derived_id
from tests.machines import tried

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
COUNTY, SCHOOL, COOP = "520628", "s1", "c1"
OWN = Account(Kind.COOPERATIVE, COOP)
HOUSEHOLDS = {"hh-1": Account(Kind.HOUSEHOLD, "hh-1", poor=True), "hh-2": Account(Kind.HOUSEHOLD, "hh-2")}
ORDERS = {
    key: Order(key, SCHOOL, COOP, COUNTY, MONDAY, Status.SETTLED, 1, "r1", NOW, NOW, lines=()) for key in ("o1", "o2")
}


class Money(RuleBasedStateMachine):
    """Two orders of one cooperative. The model: what each last receipt gives whom, what was paid, who got what."""

    def __init__(self) -> None:
        super().__init__()
        self.due: dict[str, Mapping[Account, Booked]] = {}
        self.transferred_fen = 0
        self.passed_fen: Counter[str] = Counter()
        self.settlements: dict[str, Settlement] = {}
        self.booked: list[Transaction] = []
        self.links: list[Link] = []

    @rule(order_id=st.sampled_from(sorted(ORDERS)), fen=st.tuples(*[st.integers(0, 5)] * 3))
    def receive(self, order_id: str, fen: tuple[int, int, int]) -> None:
        """A receipt gives the cooperative and its households their parts; a later version books the difference."""
        parts = dict(zip((OWN, *HOUSEHOLDS.values()), fen, strict=True))
        due = {key: Booked(part, part) for key, part in parts.items() if part}
        due[Account(Kind.SCHOOL, SCHOOL)] = Booked(-sum(fen), sum(fen))
        entries = settling.correction(due, self.due.get(order_id, {}))
        self.due[order_id] = due
        if entries:
            version = len(self.booked) + 1
            transaction_id = derived_id("settlement", order_id, version)
            booking = Transaction(
                transaction_id, f"receipt-{order_id}", version, order_id, COUNTY, MONDAY, NOW, entries
            )
            self.booked.append(booking)
            made = settling.settlement_of(booking, ORDERS[order_id], MONDAY)
            assert made is not None
            self.settlements[made.settlement_id] = made

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        """What is due is paid, whole or in parts; more than is due, less than nothing and half a mixture are not."""
        due = data.draw(st.lists(st.sampled_from(self._open()), min_size=1, max_size=3, unique_by=_id_of))
        whole = data.draw(st.booleans())
        amounts = {each.settlement_id: self._amount(data, each, whole=whole) for each in due}
        if not self._may_be_paid(due, amounts):
            with pytest.raises(Conflict):
                self._paid(due, None if whole else amounts)
            return
        for settlement, transaction in self._paid(due, None if whole else amounts):
            self.settlements[settlement.settlement_id] = settlement
            self.booked.append(transaction)
        self.transferred_fen += sum(amounts.values())

    @precondition(lambda self: self.settlements)
    @rule(data=st.data())
    def pass_on(self, data: st.DataObject) -> None:
        """A cooperative pays its households, also before it was paid itself: then it advances the money."""
        due = data.draw(st.sampled_from(list(self.settlements.values())))
        parts = {key: data.draw(st.integers(0, 5)) for key in HOUSEHOLDS}
        payout_id = f"payout-{len(self.booked)}"
        self.settlements[due.settlement_id], transaction = paying.pass_on(due, parts, payout_id, NOW)
        if transaction.entries:
            self.booked.append(transaction)
        self.passed_fen.update(parts)

    @rule()
    def seal(self) -> None:
        """What was booked since gets its place in the county's chain."""
        waiting = [_content(each) for each in self.booked[len(self.links) :]]
        self.links += chain.seal(self.links[-1] if self.links else None, COUNTY, waiting)

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def forge(self, data: st.DataObject) -> None:
        """A fen moved from one account to another, in any sealed booking, is found where it was moved."""
        place = data.draw(st.integers(0, len(self.links) - 1))
        contents = {each.transaction_id: _content(each) for each in self.booked}
        forged = contents[self.links[place].transaction_id]
        (first, poor, fen, grams), (other, also, more, some), *rest = forged.entries
        moved = ((first, poor, fen - 1, grams), (other, also, more + 1, some), *rest)
        broken = chain.check(None, self.links, contents | {forged.transaction_id: replace(forged, entries=moved)})
        assert broken is not None
        assert (broken.number, broken.rule) == (place + 1, "hash-differs")

    @invariant()
    def every_fen_is_somewhere(self) -> None:
        """The ledger sums to zero; what was earned is either still due, or paid, or held, or with its household."""
        accounts = _sums(self.booked)
        earned = Counter[Account]()
        for due in self.due.values():
            earned.update({account: booked.amount_fen for account, booked in due.items()})
        held, own_paid = accounts[replace(OWN, part=HELD)], accounts[replace(OWN, part=PAID)]
        assert sum(accounts.values()) == 0
        assert accounts[Account(Kind.SCHOOL, SCHOOL)] == earned[Account(Kind.SCHOOL, SCHOOL)]
        assert accounts[OWN] + own_paid == earned[OWN]
        assert own_paid + held + self.passed_fen.total() == self.transferred_fen
        still_due = sum(accounts[household] for household in HOUSEHOLDS.values())
        assert still_due + held + self.passed_fen.total() == sum(earned[each] for each in HOUSEHOLDS.values())
        for key in HOUSEHOLDS:
            assert accounts[Account(Kind.HOUSEHOLD, key, part=PAID)] == self.passed_fen[key]

    @invariant()
    def settlements_say_what_was_booked(self) -> None:
        """Of no settlement more is paid than is due, and what it says of itself is what its bookings sum to."""
        for settlement in self.settlements.values():
            accounts = _sums(self._of(settlement))
            left = settlement.amount_fen - settlement.paid_fen
            assert left == accounts[OWN] + sum(accounts[household] for household in HOUSEHOLDS.values())
            assert min(0, settlement.amount_fen) <= settlement.paid_fen <= max(0, settlement.amount_fen)
            assert settlement.open or not left
            assert accounts[replace(OWN, part=HELD)] == settlement.held_fen - settlement.passed_fen

    @invariant()
    def the_chain_holds(self) -> None:
        """However it was sealed in pieces, every link of the chain is what was booked."""
        contents = {each.transaction_id: _content(each) for each in self.booked}
        assert chain.check(None, self.links, contents) is None

    def _open(self) -> list[Settlement]:
        return [settlement for settlement in self.settlements.values() if settlement.open]

    def _of(self, settlement: Settlement) -> list[Transaction]:
        key = settlement.settlement_id
        return [each for each in self.booked if key in (each.transaction_id, each.settlement_id)]

    def _left(self, settlement: Settlement) -> dict[Account, Booked]:
        return {account: Booked(fen, 0) for account, fen in _sums(self._of(settlement)).items()}

    def _amount(self, data: st.DataObject, settlement: Settlement, *, whole: bool) -> int:
        left = settlement.amount_fen - settlement.paid_fen
        return left if whole else data.draw(st.integers(min(0, left) - 1, max(0, left) + 1))

    def _may_be_paid(self, due: Iterable[Settlement], amounts: Mapping[str, int]) -> bool:
        for each in due:
            amount, left = amounts[each.settlement_id], each.amount_fen - each.paid_fen
            parts = [self._left(each).get(account, Booked(0, 0)).amount_fen for account in (OWN, *HOUSEHOLDS.values())]
            mixed = min(parts) < 0 < max(parts)
            if amount != left and (mixed or not min(0, left) <= amount <= max(0, left) or not amount):
                return False
        return sum(amounts.values()) >= 0

    def _paid(self, due: list[Settlement], amounts: Mapping[str, int] | None) -> list[tuple[Settlement, Transaction]]:
        payment = paying.make_payment(Asked(COOP, MONDAY, f"bank-{len(self.booked)}", None, amounts), due, NOW)
        return [paying.pay(each, payment.amounts_fen[each.settlement_id], self._left(each), payment) for each in due]


def _id_of(settlement: Settlement) -> str:
    return settlement.settlement_id


def _sums(booked: Iterable[Transaction]) -> Counter[Account]:
    accounts = Counter[Account]()
    for transaction in booked:
        accounts.update({account: each.amount_fen for account, each in transaction.entries.items()})
    return accounts


def _content(booked: Transaction) -> Content:
    entries = tuple((key.name, key.poor, each.amount_fen, each.accepted_g) for key, each in booked.entries.items())
    return Content(
        booked.transaction_id,
        booked.receipt_id,
        booked.receipt_version,
        booked.order_id,
        booked.county_code,
        booked.delivery_day,
        booked.booked_at,
        booked.kind,
        booked.settlement_id,
        booked.source_id,
        entries,
    )


TestMoney = tried(Money)
