"""Demand: what is cooked, bought and taken from the store adds up."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.canteens.domain import Canteen
from services.nutrition.dishes.domain import PORTION_PERMILLE, Ingredient, Recipe
from services.nutrition.menus.demand import Line, Need, cover, plan
from services.nutrition.menus.domain import Wish
from services.nutrition.servings.domain import advance
from services.nutrition.stocks.domain import Free
from shared.errors import DomainError
from shared.fields import AgeBand, Meal, TemperatureClass

MONDAY = date(2026, 11, 30)
FOODS = ("rice", "cabbage", "pork")
ROOM = TemperatureClass.AMBIENT
EDIBLE = {"rice": 1000, "cabbage": 853, "pork": 937}

portions = st.dictionaries(st.sampled_from(FOODS), st.integers(1, 200_000), min_size=1)
heads = st.dictionaries(st.sampled_from(AgeBand), st.integers(1, 500), min_size=1)
needs = st.lists(
    st.tuples(st.sampled_from(FOODS), st.integers(0, 4), st.integers(1, 10_000)),
    max_size=12,
    unique_by=lambda need: need[:2],
).map(lambda rows: [Need(food, MONDAY + timedelta(days=day), ROOM, grams) for food, day, grams in rows])
grams_by_food = st.dictionaries(st.sampled_from(FOODS), st.integers(0, 30_000))
lots_by_food = st.dictionaries(
    st.sampled_from(FOODS),
    st.lists(st.tuples(st.integers(-1, 5), st.integers(1, 9_000)), max_size=3).map(
        lambda rows: [Free(MONDAY + timedelta(days=day), grams) for day, grams in rows]
    ),
)


def keeping(grams: Mapping[str, int]) -> dict[str, list[Free]]:
    """Food in the store that keeps longer than the week."""
    return {food: [Free(MONDAY + timedelta(days=99), quantity_g)] for food, quantity_g in grams.items()}


def a_recipe(code: str, parts: dict[str, int]) -> Recipe:
    """A dish of these milligrams."""
    made_of = (Ingredient(food, mg, EDIBLE[food], ROOM, False) for food, mg in parts.items())
    return Recipe(code, 1, tuple(made_of), "mixed")


@given(st.lists(portions, min_size=1, max_size=3), st.lists(heads, min_size=1, max_size=3))
def test_meals_sum_to_the_line(dishes: list[dict[str, int]], eaters: list[dict[AgeBand, int]]) -> None:
    """A line is the day's net grams over the edible fraction, rounded up once; the day's meals share it exactly."""
    recipes = {f"d{number}": a_recipe(f"d{number}", parts) for number, parts in enumerate(dishes)}
    wishes = [
        Wish(n, MONDAY, meal, tuple(recipes), who) for n, (meal, who) in enumerate(zip(Meal, eaters, strict=False))
    ]
    canteen = Canteen("sch-1", "520628", frozenset(Meal), {AgeBand.FROM_9_TO_11: 10_000})
    meals, lines = plan(wishes, canteen, recipes)
    size = sum(n * PORTION_PERMILLE[band] for who in eaters for band, n in who.items())
    for line in lines:
        net = size * sum(parts.get(line.food_code, 0) for parts in dishes)
        edible = EDIBLE[line.food_code] * 1000
        assert (line.gross_g - 1) * edible < net <= line.gross_g * edible
        assert sum(meal.planned_g[line.food_code] for meal in meals) == line.gross_g
    assert {line.food_code for line in lines} == {food for parts in dishes for food in parts}


def test_a_menu_makes_so_many_lines_and_no_more() -> None:
    """Two thousand foods of a day are what a menu's event holds; one more is refused before anything is planned."""

    def lines(count: int) -> int:
        made_of = tuple(Ingredient(f"food-{n}", 1000, 1000, ROOM, False) for n in range(count))
        wish = Wish(0, MONDAY, Meal.LUNCH, ("d",))
        canteen = Canteen("sch-1", "520628", frozenset(Meal), {AgeBand.FROM_9_TO_11: 1})
        return len(plan([wish], canteen, {"d": Recipe("d", 1, made_of, "mixed")})[1])

    assert lines(2000) == 2000
    with pytest.raises(DomainError) as refused:
        lines(2001)
    assert (refused.value.rule, refused.value.field) == ("too-many-lines", "days")


@given(needs, grams_by_food)
def test_stock_is_given_once(needs: list[Need], free: dict[str, int]) -> None:
    """gross = quantity + from stock on each line; no more is given than is free, and nothing is held back."""
    lines = cover(needs, keeping(free))
    given_g = Counter[str]()
    for line in lines:
        assert line.gross_g == line.quantity_g + line.from_stock_g
        assert 0 <= line.reserved_g == line.from_stock_g <= line.gross_g
        given_g[line.food_code] += line.from_stock_g
    wanted = Counter[str]()
    for need in needs:
        wanted[need.food_code] += need.gross_g
    assert all(given_g[food] == min(wanted[food], free.get(food, 0)) for food in wanted)


@given(needs, grams_by_food)
def test_earlier_days_first(needs: list[Need], free: dict[str, int]) -> None:
    """A later day gets nothing from the store while an earlier one has to buy."""
    buying: set[str] = set()
    for line in cover(needs, keeping(free)):
        assert not (line.from_stock_g and line.food_code in buying)
        if line.quantity_g:
            buying.add(line.food_code)


@given(needs, lots_by_food)
def test_no_day_is_given_food_past_its_day(needs: list[Need], free: dict[str, list[Free]]) -> None:
    """What is given to the days up to any day could be cooked on them: for every span of days enough food keeps."""
    lines = cover(needs, free)
    for food in FOODS:
        for day in {need.delivery_day for need in needs}:
            from_then = sum(one.from_stock_g for one in lines if one.food_code == food and one.delivery_day >= day)
            assert from_then <= sum(lot.quantity_g for lot in free.get(food, ()) if lot.use_by >= day)


@given(needs, grams_by_food, st.integers(0, 12_000))
def test_accepted_food_is_not_given_twice(needs: list[Need], usable: dict[str, int], came: int) -> None:
    """What came in for a line stays ordered for it; it and what is given never exceed what lies in the store."""
    accepted = {(need.delivery_day, need.food_code): came for need in needs[:2]}
    held = Counter[str]()
    for (_, food), grams in accepted.items():
        held[food] += grams
    in_store = {food: usable.get(food, 0) + held[food] for food in FOODS}
    lines = cover(needs, keeping(in_store), accepted)
    reserved = Counter[str]()
    for line in lines:
        assert line.quantity_g >= min(line.gross_g, line.accepted_g)
        reserved[line.food_code] += line.reserved_g
    assert all(reserved[food] <= in_store[food] for food in FOODS)


@given(
    st.integers(0, 500),
    st.lists(st.integers(1, 300), min_size=1, max_size=3),
    st.integers(0, 800),
    st.data(),
)
def test_reservation_through_a_day(from_stock: int, meals: list[int], came: int, data: st.DataObject) -> None:
    """A line holds never less than nothing, never more than its coming meals need or than is left of its food."""
    gross = sum(meals)
    given_g = min(from_stock, gross)
    line = Line("rice", MONDAY, ROOM, gross, given_g, gross - given_g, came, 0, gross)
    for place, planned in enumerate(meals):
        line = advance(line, planned, data.draw(st.integers(0, 3 * planned)))
        left = sum(meals[place + 1 :])
        assert line.left_g == left
        assert 0 <= line.reserved_g <= left
        assert line.reserved_g <= max(0, given_g + came - line.used_g)
    assert line.reserved_g == 0
