"""The master of planning with the farms, on small instances whose menus are all known."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.procurement.joint.composing import Program
from services.procurement.joint.master import SMOOTHED, first_prices, premium_of, step
from services.procurement.joint.steps import Column, Next, Step, Task
from services.procurement.joint.supply import Supply, market_of, ranges_of
from services.procurement.sourcing.problem import Offer, Terms

MONDAY = date(2026, 11, 30)
DAYS = tuple(MONDAY + timedelta(days=number) for number in range(7))
SEEDS = st.integers(0, 10**6)


@dataclass(frozen=True)
class County:
    """A made county: what can be bought, and every menu each of its canteens could cook (round 0)."""

    supplies: tuple[Supply, ...]
    menus: Mapping[str, Sequence[Column]]


def made_county(seed: int) -> County:
    """Return two to four canteens with two to five menus each of up to five foods, some scarce and some on offer."""
    luck = random.Random(seed)
    foods = [f"food-{number}" for number in range(luck.randint(2, 5))]
    supplies = []
    for code in foods:
        market = luck.randint(200, 1000)
        supplies.append(Supply(((code, 0),), market))
        for _ in range(luck.randint(0, 2)):
            poor = luck.random()
            price = round(market * luck.uniform(0.7, 1.1))
            supplies.append(Supply(((code, 0),), price, luck.uniform(1, 80), poor, poor))
    menus = {}
    for canteen in (f"school-{number}" for number in range(luck.randint(2, 4))):
        menus[canteen] = [
            Column(
                draft_id=f"{canteen}-{number}",
                canteen_id=canteen,
                round=0,
                kg={(code, 0): luck.uniform(1, 40) for code in luck.sample(foods, luck.randint(1, len(foods)))},
                points_fen=luck.uniform(0, 20_000),
                shortfall=luck.random(),
                bound_fen=None,
            )
            for number in range(luck.randint(2, 5))
        ]
    return County(tuple(supplies), menus)


def drafted(county: County, number: int, prices: Mapping[str, int]) -> list[Column]:
    """Return each canteen's best menu at these prices, which is proved to be that."""
    best = [min(menus, key=lambda one: one.comes_to(prices)) for menus in county.menus.values()]
    return [
        replace(one, round=number, draft_id=f"{one.draft_id}-{number}", bound_fen=int(one.comes_to(prices)))
        for one in best
    ]


def played(county: County, terms: Terms, rounds: int) -> tuple[Task, Step]:
    """Play rounds until the choice; returns the last task and what followed."""
    prices: Mapping[str, Next] = first_prices(county.supplies)
    told, columns = list[dict[str, int]](), list[Column]()
    for number in range(1, rounds + 1):
        told.append({code: one.fen for code, one in prices.items()})
        columns += drafted(county, number, told[-1])
        task = Task(county.supplies, tuple(told), tuple(columns), terms, last=number == rounds)
        found = step(task, lambda _: None)
        if found.choice is not None:
            return task, found
        prices = found.prices
    raise AssertionError("the last round chooses")


@given(seed=SEEDS, tolerance=st.integers(0, 50))
@settings(max_examples=60)
def test_the_bound_holds_for_every_week_and_the_choice_is_no_worse_than_menus_first(seed: int, tolerance: int) -> None:
    """No composition of all menus there are comes to less than the bound at the premium that is told; what is chosen is
    one draft for each canteen, never comes to more than everybody's first, and the gap is what lies between.
    """
    county = made_county(seed)
    task, found = played(county, Terms(tolerance_permille=tolerance, target_tolerance_permille=tolerance), 6)
    assert found.choice is not None
    assert found.objective is not None
    assert found.bound is not None
    everything = Program([one for menus in county.menus.values() for one in menus], county.supplies)
    best = everything.solve(found.premium).objective
    assert found.bound <= best + 1
    assert best <= found.objective + 1e-3
    assert found.objective <= found.choice.weighed.objective + 1e-3
    assert found.choice.weighed.objective <= found.choice.first.objective + 1e-3
    canteen_of = {one.draft_id: one.canteen_id for one in task.columns}
    assert sorted(canteen_of[draft] for draft in found.choice.draft_ids) == sorted(county.menus)


@given(seed=SEEDS)
@settings(max_examples=60)
def test_prices_stay_between_the_cheapest_offer_and_the_market(seed: int) -> None:
    """Every price told lies between what the cheapest offer is worth at the premium and what the market takes."""
    county = made_county(seed)
    task = Task(county.supplies, [], [], Terms(), last=False)
    prices = {code: one.fen for code, one in first_prices(county.supplies).items()}
    task = replace(task, told=[prices], columns=drafted(county, 1, prices))
    found = step(task, lambda _: None)
    for code, (low, high) in ranges_of(county.supplies, found.premium).items():
        assert low - 0.5 <= found.prices[code].fen <= high + 0.5


@given(seed=SEEDS, tolerance=st.integers(0, 50))
@settings(max_examples=60)
def test_reaching_poor_households_costs_no_more_than_the_rules_allow(seed: int, tolerance: int) -> None:
    """At the premium found, a week comes to at most the tolerated share of the food money above the least."""
    county = made_county(seed)
    terms = Terms(tolerance_permille=tolerance, target_tolerance_permille=tolerance)
    program = Program([one for menus in county.menus.values() for one in menus], county.supplies)
    least = program.solve(0.0)
    found = program.solve(premium_of(program, terms))
    assert least.plain - 1e-3 <= found.plain <= least.plain + least.bill.cost * tolerance / 1000 + 1e-3
    assert found.bill.poor >= least.bill.poor - 1e-3


@pytest.mark.parametrize("seed", range(5))
def test_rounds_come_near_to_the_best_there_is(seed: int) -> None:
    """Where menus are few and proved, the rounds end by themselves and close to the best composition of all menus."""
    county = made_county(seed)
    terms = Terms(most_premium_permille=500, tolerance_permille=1000, target_tolerance_permille=1000)
    task, found = played(county, terms, 30)
    assert len(task.told) < 30
    everything = Program([one for menus in county.menus.values() for one in menus], county.supplies)
    assert found.objective is not None
    assert found.objective <= everything.solve(found.premium).objective * 1.01


def test_a_price_moves_a_part_of_the_way() -> None:
    """All of an offer is asked for and more: the next kilogram takes the market's price, the price told is nearer."""
    supplies = (Supply((("rice", 0),), 400, 10), Supply((("rice", 0),), 600))
    column = Column("d", "school", 1, {("rice", 0): 30.0}, 0.0, 0.0, None)
    found = step(Task(supplies, [{"rice": 400}], [column], Terms(), last=False), lambda _: None)
    assert found.prices["rice"].fen == round(SMOOTHED * 600 + (1 - SMOOTHED) * 400)
    assert found.prices["rice"].left_g == 0
    assert found.bound is None
    assert found.gap is None


def an_offer(name: str, first: int, last: int, **more: int) -> Offer:
    """Return an offer of rice from the first to the last of these days of the week."""
    values: dict[str, Any] = {"remaining_g": 10_000, "price_fen_per_kg": 500, "poor_share_permille": 300} | more
    return Offer(
        offer_id=name,
        county_code="520628",
        food_code="rice",
        available_from=DAYS[first],
        available_until=DAYS[last],
        minimum_lot_g=0,
        place=None,
        cooperative_id=name,
        **values,
    )


def test_days_that_the_same_offers_serve_are_one_need() -> None:
    """An offer brings its food on its own days only, and none before the first day that can still be ordered for."""
    offers = [an_offer("a", 0, 6), an_offer("b", 2, 3), an_offer("gone", 0, 6, remaining_g=0)]
    market = market_of(offers, {"rice": 700, "egg": None}, DAYS, DAYS[1])
    needs = [market.need_of["rice", day] for day in DAYS]
    assert needs == [("rice", 0), ("rice", 1), ("rice", 2), ("rice", 2), ("rice", 1), ("rice", 1), ("rice", 1)]
    a, b, of_market = market.supplies
    assert (a.needs, b.needs) == ((("rice", 1), ("rice", 2)), (("rice", 2),))
    assert (of_market.needs, of_market.price, of_market.offered) == (
        (("rice", 0), ("rice", 1), ("rice", 2)),
        700,
        False,
    )
    assert ("egg", MONDAY) not in market.need_of


def test_an_offer_serves_all_its_needs_with_what_it_has_once() -> None:
    """10 kg for two needs of 8 kg each: 6 kg have to come from the market."""
    offers = [an_offer("a", 0, 6), an_offer("b", 0, 1, remaining_g=1)]
    market = market_of(offers, {"rice": 700}, DAYS, DAYS[0])
    kg = {market.need_of["rice", DAYS[0]]: 8.0, market.need_of["rice", DAYS[5]]: 8.0}
    assert len(kg) == 2
    found = Program([Column("d", "school", 1, kg, 0.0, 0.0, None)], market.supplies).solve(0.0)
    bought = dict(zip((one.price for one in market.supplies), found.bought, strict=True))
    assert np.isclose(found.bought.sum(), 16.0)
    assert np.isclose(bought[700], 16.0 - 10.0 - 0.001, atol=1e-6)


def test_what_the_market_does_not_know_is_dear_where_offers_are_used_up() -> None:
    """A food without a market price can be composed: beyond the offers it is reckoned at three times their price."""
    market = market_of([an_offer("a", 0, 6)], {"rice": None}, DAYS, DAYS[0])
    assert [one.price for one in market.supplies] == [500, 1500]
