"""What is still wanted of a food, and what to sow for it."""

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.farmers.guidance.domain import (
    Advice,
    Crop,
    Guidance,
    Needed,
    Supply,
    area,
    check_first_week,
    weekly_yield_g,
)
from shared.errors import DomainError
from tests.api.farmers.counted_once import Agreed, Expected, Offered, by_week
from tests.api.farmers.counted_once import supplies_by_hand as supplies
from tests.unit.farmers.guided_by_hand import guide, guided_by_hand

MONDAY = date(2027, 3, 1)
CABBAGE = Crop(
    "cabbage", "莲花白", growing_weeks=10, harvest_weeks=1, yield_kg_per_mu=3000, sow_from_month=1, sow_until_month=12
)
WEEKS = [MONDAY + timedelta(weeks=number) for number in range(30)]


def needs(*grams: int, first: int = 10) -> dict[tuple[str, date], Needed]:
    """Cabbage needed in weeks one after the other, from the week of this number on."""
    return {("cabbage", WEEKS[first + number]): Needed(0, each) for number, each in enumerate(grams)}


def one(grams: int, supply: Supply, crop: Crop | None = CABBAGE, today: date = MONDAY, week: int = 10) -> Guidance:
    """The guidance of a single week."""
    crops = {} if crop is None else {"cabbage": crop}
    (found,) = guide(needs(grams, first=week), {("cabbage", WEEKS[week]): supply}, crops, today)
    return found


def test_what_nobody_will_bring_is_wanted_and_sown_for() -> None:
    """1,000 kg less 300 kg of contracts, 150 of offers, 50 of forecasts: 500 kg, a sixth of a mu, ten weeks before."""
    found = one(1_000_000, Supply(300_000, 150_000, 50_000))
    assert (found.wanted_g, found.surplus_g, found.advice) == (500_000, 0, Advice.SOW)
    assert (found.sowing_week, found.mu_hundredths) == (MONDAY, 17)


def test_more_than_is_needed_is_a_surplus_and_nothing_is_sown() -> None:
    """A week that has enough wants nothing."""
    found = one(100, Supply(offers_g=150))
    assert (found.wanted_g, found.surplus_g, found.advice, found.mu_hundredths) == (0, 50, Advice.COVERED, 0)


def test_there_is_time_until_the_sowing_week_is_over() -> None:
    """On the Sunday of the sowing week it may still be sown, on the Monday after it may not."""
    assert one(100, Supply(), today=MONDAY + timedelta(days=6)).advice is Advice.SOW
    assert one(100, Supply(), today=MONDAY + timedelta(days=7)).advice is Advice.TOO_LATE


def test_a_crop_is_sown_in_its_months_only() -> None:
    """From October until February goes over the new year; a week counts with the first of its days that fits."""
    winter = Crop("cabbage", "莲花白", 10, 1, 3000, 10, 2)
    sown = [date(2026, 9, 28), date(2026, 10, 5), date(2027, 1, 4), date(2026, 9, 21), MONDAY]
    assert [winter.sown_in(day) for day in sown] == [True, True, True, False, False]
    assert one(100, Supply(), winter).advice is Advice.OUT_OF_SEASON


def test_of_what_is_no_crop_only_the_quantity_is_told() -> None:
    """Pork is wanted, too, but not sown."""
    found = one(100, Supply(), None)
    assert (found.wanted_g, found.advice, found.sowing_week, found.mu_hundredths) == (100, Advice.NO_CROP, None, 0)


def test_an_area_goes_on_bearing_in_the_weeks_after() -> None:
    """What is sown for the first of three weeks yields a third of its harvest in each; only the rest is sown later."""
    tomato = Crop("cabbage", "莲花白", 10, 3, 3000, 1, 12)
    first, second, third, fourth = guide(needs(100_000, 150_000, 20_000, 10_000), {}, {"cabbage": tomato}, MONDAY)
    assert (first.mu_hundredths, second.planned_g, second.mu_hundredths) == (10, 100_000, 5)
    assert (third.planned_g, third.advice, third.mu_hundredths) == (20_000, Advice.COVERED, 0)
    assert (fourth.planned_g, fourth.advice) == (10_000, Advice.COVERED)


def test_what_is_too_late_to_sow_bears_nothing_later() -> None:
    """The area of a missed week is not counted on in the next."""
    tomato = Crop("cabbage", "莲花白", 10, 3, 3000, 1, 12)
    late, timely = guide(needs(100_000, 100_000), {}, {"cabbage": tomato}, MONDAY + timedelta(days=7))
    assert (late.advice, timely.advice, timely.planned_g) == (Advice.TOO_LATE, Advice.SOW, 0)


def test_no_gram_is_counted_twice() -> None:
    """An offer fills its contract's week, the forecast of who is bound by a contract counts beyond that only."""
    sunday = WEEKS[1] - timedelta(days=1)
    found = supplies(
        [Agreed("c", "coop-1", "cabbage", WEEKS[0], 500), Agreed("d", "coop-2", "cabbage", WEEKS[0], 40)],
        [Offered("cabbage", WEEKS[0], sunday, 200, "c"), Offered("cabbage", WEEKS[0], sunday, 30, None)],
        [Expected("coop-1", "cabbage", WEEKS[0], 350), Expected("coop-3", "cabbage", WEEKS[0], 7)],
    )
    assert found == {("cabbage", WEEKS[0]): Supply(contracts_g=340, offers_g=230, forecasts_g=57)}


def test_an_offer_beyond_its_contract_lowers_no_other() -> None:
    """What a contract has too much of leaves its own delivery at nothing, not below."""
    offered = [Offered("cabbage", WEEKS[0], WEEKS[0], 900, "c")]
    agreed = [Agreed("c", "a", "cabbage", WEEKS[0], 500), Agreed("d", "b", "cabbage", WEEKS[0], 10)]
    assert supplies(agreed, offered, []) == {("cabbage", WEEKS[0]): Supply(contracts_g=10, offers_g=900)}


def test_a_week_begins_on_a_monday() -> None:
    """Guidance from another day on is refused."""
    check_first_week(MONDAY)
    with pytest.raises(DomainError, match="Monday"):
        check_first_week(MONDAY + timedelta(days=1))


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 10**12))
def test_a_window_is_shared_out_to_its_weeks_exactly(first: int, days: int, grams: int) -> None:
    """No part is negative, they sum to the whole, and every week of the window is there once."""
    begin = MONDAY + timedelta(days=first)
    parts = list(by_week(begin, begin + timedelta(days=days), grams))
    assert sum(each for _, each in parts) == grams
    assert min(each for _, each in parts) >= 0
    assert parts[0][0] <= begin <= parts[0][0] + timedelta(days=6)
    assert parts[-1][0] <= begin + timedelta(days=days) <= parts[-1][0] + timedelta(days=6)
    assert all(b[0] - a[0] == timedelta(days=7) for a, b in pairwise(parts))


@given(st.integers(1, 10**12), st.integers(1, 52), st.integers(1, 50_000))
def test_an_area_yields_what_it_is_sown_for(grams: int, weeks: int, kilograms: int) -> None:
    """It is enough in each week of the harvest, and a hundredth of a mu less would not be."""
    mu = area(grams, weeks, kilograms)
    assert weekly_yield_g(mu, weeks, kilograms) >= grams
    assert weekly_yield_g(mu - 1, weeks, kilograms) < grams


@given(st.randoms(use_true_random=False))
def test_demand_is_what_is_covered_and_wanted_whatever_comes(luck: random.Random) -> None:
    """demand = supply + wanted - surplus, nothing negative, and the order facts come in changes nothing."""
    foods = ["cabbage", "egg"]
    needed = {
        (luck.choice(foods), luck.choice(WEEKS)): Needed(luck.randint(0, 90), luck.randint(0, 90)) for _ in range(9)
    }
    agreed = [
        Agreed(f"c{n % 3}", f"p{n % 2}", luck.choice(foods), luck.choice(WEEKS[:9]), luck.randint(1, 90))
        for n in range(9)
    ]
    offered = []
    for number in range(9):
        begin = luck.choice(WEEKS) + timedelta(days=luck.randint(0, 6))
        last = begin + timedelta(days=luck.randint(0, 40))
        under = luck.choice([None, f"c{number % 3}"])
        offered.append(Offered(luck.choice(foods), begin, last, luck.randint(1, 500), under))
    expected = [
        Expected(f"p{luck.randint(0, 3)}", luck.choice(foods), luck.choice(WEEKS[:9]), luck.randint(0, 90))
        for _ in range(9)
    ]
    crops = {
        "cabbage": Crop(
            "cabbage", "莲花白", luck.randint(1, 20), luck.randint(1, 9), luck.randint(1, 9), 3, luck.randint(1, 12)
        )
    }
    today = luck.choice(WEEKS)
    supply = supplies(agreed, offered, expected)
    found = guide(needed, supply, crops, today)
    assert {(each.food_code, each.week_start) for each in found} == needed.keys()
    for each in found:
        parts = (each.supply.contracts_g, each.supply.offers_g, each.supply.forecasts_g, each.wanted_g, each.surplus_g)
        assert min(*parts, each.planned_g, each.mu_hundredths) >= 0
        assert each.needed.demand_g == each.supply.supply_g + each.wanted_g - each.surplus_g
        assert min(each.wanted_g, each.surplus_g) == 0
        assert each.planned_g <= each.wanted_g
    offers: dict[str, int] = defaultdict(int)
    for (food, _), each_supply in supply.items():
        offers[food] += each_supply.offers_g
    assert sum(offers.values()) == sum(each.quantity_g for each in offered)
    for facts in (agreed, offered, expected):
        luck.shuffle(facts)
    assert guide(needed, supplies(agreed, offered, expected), crops, today) == found


@given(st.randoms(use_true_random=False))
def test_all_foods_at_once_are_guided_as_one_after_the_other(luck: random.Random) -> None:
    """Arrays of a province give for every food and week what going through its weeks one by one gives."""
    foods = ["cabbage", "egg", "tomato", "pork"]
    crops = {
        food: Crop(food, "", luck.randint(1, 30), luck.randint(1, 12), luck.randint(1, 99), *_months(luck))
        for food in foods[:3]
    }
    cells = [(food, week) for food in foods for week in WEEKS if luck.random() < 0.7]
    needed = {cell: Needed(luck.randint(0, 10**6), luck.randint(0, 10**6)) for cell in cells}
    coming = {
        cell: Supply(luck.randint(0, 10**6), luck.randint(0, 10**6), luck.randint(0, 10**6))
        for cell in cells
        if luck.random() < 0.6
    }
    today = luck.choice(WEEKS) + timedelta(days=luck.randint(0, 6))
    assert guide(needed, coming, crops, today) == guided_by_hand(needed, coming, crops, today)


def _months(luck: random.Random) -> tuple[int, int]:
    return luck.randint(1, 12), luck.randint(1, 12)
