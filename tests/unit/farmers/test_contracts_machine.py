"""Contracts against plain sums: signed, amended, called off, offered under and drawn on by orders in whatever order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.farmers.contracts import domain
from services.farmers.contracts.domain import Contract, ContractStatus, ContractTerms, Delivery, Drawn
from services.farmers.contracts.pricing import Priced, PriceKind, PriceRule
from services.farmers.contracts.schedule import Schedule
from services.farmers.offers.domain import Offer, OfferStatus, Terms
from services.farmers.offers.room import Room
from shared.errors import Conflict
from tests.api.farmers.builders import COOP
from tests.machines import tried
from tests.world import START

MONDAY = date(2026, 11, 30)
WEEKS = [MONDAY + timedelta(weeks=n) for n in range(4)]
PRICE = PriceRule(PriceKind.FIXED, 400, None, floor_at_market_mean=False)
_PRICED = Priced(400, None, floored=False, reference=None)
FOODS = st.sampled_from(("rice", "pork"))
AGREED = st.lists(st.sampled_from((0, 0, 1, 2, 5)), min_size=len(WEEKS), max_size=len(WEEKS)).filter(any)
EDGES = st.sampled_from(((0, 6), (0, 6), (0, 3), (3, 6)))
"""Small numbers: what is just enough and just too much is drawn often."""


def terms_of(food_code: str, grams: list[int], edges: tuple[int, int]) -> ContractTerms:
    """Return terms of so many grams in each of the weeks; the season begins in the first with any."""
    deliveries = tuple(Delivery(week, each) for week, each in zip(WEEKS, grams, strict=True) if each)
    begins, ends = (timedelta(days=days) for days in edges)
    season = deliveries[0].week_start + begins, deliveries[-1].week_start + ends
    return ContractTerms(food_code, *season, sum(grams), "A", PRICE, deliveries)


class Contracts(RuleBasedStateMachine):
    """One cooperative. The model: by contract what is agreed in each week, and what orders hold for each week."""

    def __init__(self) -> None:
        super().__init__()
        self.contracts: dict[str, Contract] = {}
        self.agreed: dict[str, list[int]] = {}
        self.held: dict[str, list[int]] = {}
        self.offers: dict[str, Offer] = {}
        self._ids = count(1)

    @initialize(grams=st.lists(st.integers(1, 5), min_size=len(WEEKS), max_size=len(WEEKS)), data=st.data())
    def begin(self, grams: list[int], data: st.DataObject) -> None:
        """A contract over all the weeks, and an offer of some of it: most of what goes wrong begins there."""
        self.sign("rice", grams, (0, 6))
        self._offer("contract-1", WEEKS[1], data.draw(st.integers(1, sum(grams))))

    @precondition(lambda self: len(self.contracts) < 5)
    @rule(food=FOODS, grams=AGREED, edges=EDGES)
    def sign(self, food: str, grams: list[int], edges: tuple[int, int]) -> None:
        """A contract is signed where no open one for the food shares a day with it."""
        key, terms = f"contract-{next(self._ids)}", terms_of(food, grams, edges)
        domain.check_terms(terms, MONDAY)
        if self._meets(key, terms):
            with pytest.raises(Conflict, match="runs from"):
                domain.check_overlap(key, terms, self.contracts.values())
            return
        domain.check_overlap(key, terms, self.contracts.values())
        self.contracts[key] = Contract(key, COOP, terms, ContractStatus.OPEN, 1, START, START)
        self.agreed[key], self.held[key] = grams, [0] * len(WEEKS)

    @precondition(lambda self: self.contracts)
    @rule(data=st.data(), edges=EDGES)
    def amend(self, data: st.DataObject, edges: tuple[int, int]) -> None:
        """It is amended, but never below what is offered under it or held by orders up to any week."""
        key = self._one(data)
        before = self.contracts[key]
        grams = data.draw(st.permutations(self.agreed[key]) | AGREED)
        terms = terms_of(before.terms.food_code, grams, edges)
        if not self._may_be(key, terms, grams):
            with pytest.raises(Conflict):
                self._amended(before, terms)
            return
        self.contracts[key] = self._amended(before, terms)
        self.agreed[key] = grams
        assert self.contracts[key].version == before.version + 1

    @precondition(lambda self: len(self.contracts) > 2)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """A cancelled contract is cancelled once, and what is offered under it stands."""
        key = self._one(data)
        self.contracts[key] = domain.cancel(self.contracts[key], "no rain", START)
        assert domain.cancel(self.contracts[key], "again", START) is self.contracts[key]

    @precondition(lambda self: self.contracts)
    @rule(data=st.data(), quantity_g=st.integers(1, 8))
    def offer(self, data: st.DataObject, quantity_g: int) -> None:
        """Under an open contract as much is offered as is left of it, within its season."""
        contract = self.contracts[self._one(data)]
        day = contract.terms.season_from + timedelta(days=data.draw(st.integers(-1, 21)))
        of_contract = contract.contract_id
        terms = self._terms(of_contract, day, quantity_g)
        room = self._room(contract)
        left = sum(self.agreed[of_contract]) - self._drawn(of_contract).offered_g
        season = contract.terms.season_from <= day <= contract.terms.season_until
        if contract.status == ContractStatus.CANCELLED or not season or quantity_g > left:
            with pytest.raises(Conflict):
                room.take(COOP, terms, None)
            return
        room.take(COOP, terms, None)
        assert room.left_under[of_contract] == left - quantity_g
        self._offer(of_contract, day, quantity_g)

    @precondition(lambda self: self.offers)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        """What was not promised of a withdrawn offer can be offered again."""
        key = data.draw(st.sampled_from(sorted(self.offers)))
        self.offers[key] = replace(self.offers[key], status=OfferStatus.WITHDRAWN)

    @precondition(lambda self: self.offers)
    @rule(data=st.data(), wanted_g=st.integers(0, 8))
    def order(self, data: st.DataObject, wanted_g: int) -> None:
        """An order gets what the offer has and what its week may draw, and takes nothing of a later week's orders."""
        offer = self.offers[data.draw(st.sampled_from(sorted(self.offers)))]
        key, place = str(offer.terms.contract_id), data.draw(st.integers(0, len(WEEKS) - 1))
        left_g = offer.terms.quantity_g - offer.promised_g if offer.status == OfferStatus.OPEN else 0
        taken = self._schedule(key).take(WEEKS[place] + timedelta(days=4), min(wanted_g, left_g))
        assert taken == max(0, min([wanted_g, left_g, *list(self._balances(key))[place:]]))
        self.held[key][place] += taken
        self.offers[offer.offer_id] = replace(offer, promised_g=offer.promised_g + taken)

    @precondition(lambda self: any(offer.promised_g for offer in self.offers.values()))
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        """An order that is called off gives its grams back to its offer and its week."""
        offer = data.draw(st.sampled_from([each for each in self.offers.values() if each.promised_g]))
        key = str(offer.terms.contract_id)
        place = data.draw(st.sampled_from([n for n, grams in enumerate(self.held[key]) if grams]))
        grams = data.draw(st.integers(1, min(offer.promised_g, self.held[key][place])))
        self.held[key][place] -= grams
        self.offers[offer.offer_id] = replace(offer, promised_g=offer.promised_g - grams)

    @invariant()
    def no_day_has_two_contracts(self) -> None:
        """On no day two open contracts are about one food."""
        days = [
            (contract.terms.food_code, contract.terms.season_from + timedelta(days=n))
            for contract in self.contracts.values()
            if contract.status == ContractStatus.OPEN
            for n in range((contract.terms.season_until - contract.terms.season_from).days + 1)
        ]
        assert len(days) == len(set(days))

    @invariant()
    def orders_hold_no_more_than_is_offered_and_agreed(self) -> None:
        """Promised ≤ offered ≤ agreed; up to the end of any week orders hold no more than is agreed up to then."""
        for key in self.contracts:
            drawn = self._drawn(key)
            assert sum(self.held[key]) == drawn.promised_g <= drawn.offered_g <= sum(self.agreed[key])
            balances = list(self._balances(key))
            assert min(balances) >= 0
            left = self._schedule(key).left_by_week(*WEEKS)
            assert [left[week] for week in WEEKS] == [min(balances[n:]) for n in range(len(WEEKS))]

    def _terms(self, key: str, day: date, quantity_g: int) -> Terms:
        return Terms(self.contracts[key].terms.food_code, day, day, quantity_g, 400, 7, 1, contract_id=key)

    def _offer(self, contract_id: str, day: date, quantity_g: int) -> None:
        key = f"offer-{next(self._ids)}"
        terms = self._terms(contract_id, day, quantity_g)
        self.offers[key] = Offer(key, COOP, terms, 0, 0, OfferStatus.OPEN, 1, START)

    def _one(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.contracts)))

    def _meets(self, key: str, terms: ContractTerms) -> bool:
        return any(
            other.contract_id != key
            and (other.status, other.terms.food_code) == (ContractStatus.OPEN, terms.food_code)
            and max(other.terms.season_from, terms.season_from) <= min(other.terms.season_until, terms.season_until)
            for other in self.contracts.values()
        )

    def _may_be(self, key: str, terms: ContractTerms, grams: list[int]) -> bool:
        drawn, cancelled = self._drawn(key), self.contracts[key].status == ContractStatus.CANCELLED
        outside = drawn.first is not None and drawn.first < terms.season_from
        outside |= drawn.last is not None and drawn.last > terms.season_until
        short = any(sum(self.held[key][: n + 1]) > sum(grams[: n + 1]) for n in range(len(WEEKS)))
        return not (cancelled or outside or short or sum(grams) < drawn.offered_g or self._meets(key, terms))

    def _amended(self, before: Contract, terms: ContractTerms) -> Contract:
        key = before.contract_id
        amended = domain.amend(before, terms, self._drawn(key), "agreed anew", MONDAY, START)
        domain.check_overlap(key, terms, self.contracts.values())
        Schedule.of(terms, self._promised(key)).require_kept()
        return amended

    def _drawn(self, key: str) -> Drawn:
        offers = [offer for offer in self.offers.values() if offer.terms.contract_id == key]
        drawing = [offer.terms.available_from for offer in offers if offer.drawn_g(MONDAY)]
        offered, promised = sum(each.drawn_g(MONDAY) for each in offers), sum(each.promised_g for each in offers)
        return Drawn(offered, promised, min(drawing, default=None), max(drawing, default=None))

    def _room(self, contract: Contract) -> Room:
        key = contract.contract_id
        left = contract.terms.quantity_g - self._drawn(key).offered_g
        prices = {(key, week + timedelta(days=n)): _PRICED for week in WEEKS for n in range(-1, 28)}
        return Room(MONDAY, self.contracts, {key: left}, prices, {}, {})

    def _promised(self, key: str) -> list[tuple[date, int]]:
        return list(zip(WEEKS, self.held[key], strict=True))

    def _schedule(self, key: str) -> Schedule:
        return Schedule.of(self.contracts[key].terms, self._promised(key))

    def _balances(self, key: str) -> Iterator[int]:
        return (sum(self.agreed[key][: n + 1]) - sum(self.held[key][: n + 1]) for n in range(len(WEEKS)))


TestContracts = tried(Contracts, examples=60)
