"""A week judged by a standard: the arrays say what a child with pencil and paper would."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.analysis.judging import Judgement, food_present, judge, layout_of, miss_of, spending
from services.nutrition.analysis.plates import Plates
from services.nutrition.standards.domain import Equivalent, Per, Requirement, Target, TargetKind
from shared.fields import AgeBand, Meal
from tests.unit.nutrition import weeks as w

LUNCH, DINNER = Meal.LUNCH, Meal.DINNER
FOODS = (
    w.a_food("rice", "cereal", composition=w.per_100g(energy_kcal=350, fat_g=1, carbohydrate_g=80, protein_g=7)),
    w.a_food("spinach", dark_vegetable=True, composition=w.per_100g(energy_kcal=25, calcium_mg=100)),
    w.a_food("cabbage", dark_vegetable=False, composition=w.per_100g(energy_kcal=20, calcium_mg=50)),
    w.a_food("gourd", composition=w.per_100g(energy_kcal=15)),
    w.a_food("milk", "dairy", composition=w.per_100g(energy_kcal=60, fat_g=3, calcium_mg=110)),
    w.a_food("oil", "oil", composition=w.per_100g(energy_kcal=900, fat_g=100)),
)
DISHES = (
    w.a_recipe("steamed-rice", {"rice": 100}),
    w.a_recipe("greens", {"spinach": 60, "cabbage": 40, "oil": 5}),
    w.a_recipe("gourd-soup", {"gourd": 100, "oil": 2}),
    w.a_recipe("milk", {"milk": 200}),
)
RICE, GREENS, SOUP, MILK = range(4)


def judged(target: Target, week: list[int], places: list[tuple[int, Meal]], days: int, **other: object) -> Judgement:
    """One week judged by one target."""
    requirement = w.a_requirement(target, **other)
    plates = w.plates_for(DISHES, FOODS, requirement)
    return judge(plates, requirement, layout_of(places, days), np.array([week]))


def value(
    target: Target, week: list[int], places: list[tuple[int, Meal]], days: int = 2, **other: object
) -> list[float]:
    """The values of a target in one week, by unit."""
    (values,) = judged(target, week, places, days, **other).values
    return [float(one) for one in values[0]]


TWO_DAYS = [(0, LUNCH), (0, LUNCH), (1, LUNCH), (1, LUNCH)]


def test_nutrient_of_the_mean_day() -> None:
    """A nutrient is the week's sum over the school days planned, an empty slot and an empty day giving nothing."""
    calcium = w.a_target(TargetKind.NUTRIENT, "calcium_mg")
    assert value(calcium, [RICE, MILK, GREENS, -1], TWO_DAYS) == [pytest.approx((220 + 80) / 2)]
    assert value(calcium, [RICE, MILK], TWO_DAYS[:2]) == [pytest.approx(110)]


def test_energy_share_is_a_ratio_of_sums() -> None:
    """Fat's share of energy is 9 kcal per g of the week's fat over its energy, in 1/1000; of nothing, nothing."""
    fat = w.a_target(TargetKind.ENERGY_SHARE, "fat_g")
    assert value(fat, [RICE, GREENS, RICE, -1], TWO_DAYS) == [pytest.approx(1000 * 9 * 7 / (700 + 15 + 8 + 45))]
    assert value(fat, [-1, -1, -1, -1], TWO_DAYS) == [0]


def test_groups_count_equivalents() -> None:
    """A food counts in a group with the weight the standard says, a food named by itself before its food group."""
    milk = {"milk": Equivalent("dairy", 500)}
    group = w.a_target(TargetKind.GROUP_G, "dairy")
    assert value(group, [MILK, -1, MILK, MILK], TWO_DAYS, by_food=milk) == [pytest.approx(150)]
    assert value(w.a_target(TargetKind.GROUP_G, "fish"), [MILK, -1, MILK, MILK], TWO_DAYS) == [0]


def test_kinds_are_counted_once() -> None:
    """A food eaten twice is one kind, oil is none; a day counts its own, the week all of it."""
    assert value(w.a_target(TargetKind.FOOD_KINDS, per=Per.WEEK), [GREENS, SOUP, GREENS, RICE], TWO_DAYS) == [4]
    assert value(w.a_target(TargetKind.FOOD_KINDS, per=Per.DAY), [GREENS, SOUP, GREENS, GREENS], TWO_DAYS) == [3, 2]
    vegetables = w.a_target(TargetKind.GROUP_KINDS, "vegetable", Per.DAY)
    assert value(vegetables, [GREENS, RICE, RICE, SOUP], TWO_DAYS) == [2, 1]


def test_unknown_darkness_is_not_dark() -> None:
    """The dark share is by weight; a vegetable nobody has called dark counts as light, a day without any as 0."""
    dark = w.a_target(TargetKind.DARK_SHARE, "vegetable", Per.DAY)
    assert value(dark, [GREENS, SOUP, RICE, MILK], TWO_DAYS) == [pytest.approx(300), 0]


def test_groups_in_a_meal() -> None:
    """A meal is asked for its families of groups by itself; two dishes of one family count once."""
    groups = w.a_target(TargetKind.GROUPS_IN_MEAL, per=Per.MEAL, low=3.0)
    places = [(0, LUNCH), (0, LUNCH), (0, LUNCH), (0, DINNER)]
    assert value(groups, [RICE, GREENS, SOUP, MILK], places, days=1) == [2, 1]
    assert judged(groups, [RICE, GREENS, SOUP, MILK], places, 1).shortfall == pytest.approx((1 / 3 + 2 / 3) / 2)


def test_grams_of_one_food() -> None:
    """Grams of a food or food group are raw edible grams of an average child's portion."""
    oil = w.a_target(TargetKind.FOOD_G, "oil", Per.DAY, high=5.0)
    assert value(oil, [GREENS, SOUP, RICE, RICE], TWO_DAYS) == [pytest.approx(7), 0]
    assert judged(oil, [GREENS, SOUP, RICE, RICE], TWO_DAYS, 2).shortfall == pytest.approx(0.4 / 2)


def test_grams_of_a_set_of_foods() -> None:
    """A set of foods is all of them together: liver is pork liver and chicken liver."""
    requirement = w.a_requirement(w.a_target(TargetKind.FOOD_G, "liver", Per.WEEK), food_sets={"liver": {"a", "b"}})
    plates = w.plates_for([w.a_recipe("d", {"a": 20, "b": 5, "c": 100})], [w.a_food(n) for n in "abc"], requirement)
    judgement = judge(plates, requirement, layout_of([(0, Meal.LUNCH)], 1), np.array([[0]]))
    assert judgement.values[0] == pytest.approx(25)


@pytest.mark.parametrize(
    ("low", "high", "amount", "miss"),
    [(10, None, 5, 0.5), (10, 20, 15, 0), (10, 20, 25, 0.25), (None, 0, 3, 3), (0, None, 0, 0), (None, None, 9, 0)],
)
def test_miss(low: float | None, high: float | None, amount: float, miss: float) -> None:
    """A miss is the part of the bound that is wanting or too much; between the bounds there is none."""
    target = w.a_target(TargetKind.NUTRIENT, "iron_mg", low=low, high=high)
    assert miss_of(target, np.array([[float(amount)]])) == pytest.approx(miss)


def test_average_child() -> None:
    """Portions follow age: of a child of 6 and one of 17 the average gets (0.85 + 1.3) / 2 of the recipe."""
    requirement = w.a_requirement(w.a_target(TargetKind.NUTRIENT, "calcium_mg"))
    eaters = {AgeBand.FROM_6_TO_8: 1, AgeBand.FROM_15_TO_17: 1}
    plates = w.plates_for(DISHES, FOODS, requirement, eaters=eaters)
    found = judge(plates, requirement, layout_of([(0, LUNCH)], 1), np.array([[MILK]]))
    assert found.values[0][0, 0] == pytest.approx(220 * 1.075)


def test_spending_by_day() -> None:
    """A day costs the sum of its dishes as bought, and says what of it stays in the county and reaches the poor."""
    requirement = w.a_requirement()
    plates = w.plates_for(DISHES, FOODS, requirement, [w.a_quote("rice", 500, local=1000, poor=300)])
    spent = spending(plates, layout_of(TWO_DAYS, 2), np.array([[RICE, MILK, RICE, -1]]))
    assert spent.cost_mfen.tolist() == [[50_000 + 80_000, 50_000]]
    assert (spent.local_mfen.tolist(), spent.poor_mfen.tolist()) == ([[50_000, 50_000]], [[15_000, 15_000]])


def test_wrong_arrays_are_refused() -> None:
    """A dish nobody has and a slot on no day are mistakes of the caller, not menus."""
    requirement = w.a_requirement()
    plates = w.plates_for(DISHES, FOODS, requirement)
    with pytest.raises(ValueError, match="one of 4 dishes"):
        judge(plates, requirement, layout_of([(0, LUNCH)], 1), np.array([[4]]))
    with pytest.raises(ValueError, match="one of 1 days"):
        layout_of([(1, LUNCH)], 1)


TARGETS = (
    *(w.a_target(TargetKind.NUTRIENT, "calcium_mg", per, low=180.0, high=250.0) for per in Per),
    *(w.a_target(TargetKind.ENERGY_SHARE, of, low=200.0, high=300.0) for of in ("fat_g", "carbohydrate_g")),
    *(w.a_target(TargetKind.FOOD_KINDS, per=per, low=4.0) for per in Per),
    *(w.a_target(TargetKind.GROUP_KINDS, "vegetable", per, low=2.0) for per in Per),
    *(w.a_target(TargetKind.GROUP_G, "vegetable", per, low=120.0, weight=3.0) for per in Per),
    w.a_target(TargetKind.DARK_SHARE, "vegetable", Per.DAY, low=500.0),
    w.a_target(TargetKind.GROUPS_IN_MEAL, per=Per.MEAL, low=3.0),
    w.a_target(TargetKind.FOOD_G, "oil", Per.DAY, high=4.0),
)
dishes = st.integers(-1, len(DISHES) - 1)
places = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Meal)), min_size=1, max_size=8)


@given(places.flatmap(lambda where: st.tuples(st.just(where), st.lists(st.tuples(*[dishes] * len(where)), min_size=1))))
def test_many_weeks_are_judged_like_one(drawn: tuple[list[tuple[int, Meal]], list[tuple[int, ...]]]) -> None:
    """Thousands of weeks at once get the values each gets by itself, and those a plain count of plates gives."""
    where, menus = drawn
    requirement = w.a_requirement(*TARGETS)
    plates = w.plates_for(DISHES, FOODS, requirement)
    layout = layout_of(where, 3)
    together = judge(plates, requirement, layout, np.array(menus))
    for number, menu in enumerate(menus):
        alone = judge(plates, requirement, layout, np.array([menu]))
        assert alone.shortfall[0] == pytest.approx(together.shortfall[number])
        assert together.shortfall[number] == pytest.approx(by_hand(plates, requirement, where, menu))


def by_hand(plates: Plates, requirement: Requirement, where: list[tuple[int, Meal]], menu: tuple[int, ...]) -> float:
    """The shortfall of a week, counted plate by plate."""
    shortfall = 0.0
    for target in requirement.targets:
        units: Sequence[Sequence[int]] = {
            Per.MEAN_DAY: [list(range(len(menu)))],
            Per.WEEK: [list(range(len(menu)))],
            Per.DAY: [[s for s, place in enumerate(where) if place[0] == day] for day in range(3)],
            Per.MEAL: [[s for s, place in enumerate(where) if place == meal] for meal in sorted(set(where))],
        }[target.per]
        misses = []
        for slots in units:
            amount = counted(target, [[menu[s] for s in slots]])
            if target.per is Per.MEAN_DAY and target.kind in (TargetKind.FOOD_KINDS, TargetKind.GROUP_KINDS):
                amount = sum(
                    counted(target, [[menu[s] for s in slots if where[s][0] == day]]) for day in range(3)
                ) / Fraction(3)
            elif target.per is Per.MEAN_DAY and target.kind is not TargetKind.ENERGY_SHARE:
                amount /= 3
            low = max(0.0, 1 - float(amount) / target.low) if target.low else 0.0
            high = max(0.0, float(amount) / target.high - 1) if target.high else 0.0
            misses.append(low + high)
        shortfall += target.weight * sum(misses) / len(misses)
    return shortfall


def counted(target: Target, plates: list[list[int]]) -> Fraction:
    """What one unit of a week holds of a target."""
    grams: dict[str, int] = {}
    for dish in (dish for plate in plates for dish in plate if dish >= 0):
        for part in DISHES[dish].ingredients:
            grams[part.food_code] = grams.get(part.food_code, 0) + part.portion_mg // 1000
    foods = {food.food_code: food for food in FOODS}
    nutrient = {
        name: sum(Fraction(g * foods[code].composition.get(name, 0), 100_000) for code, g in grams.items())
        for name in foods["rice"].composition.keys() | foods["milk"].composition.keys()
    }
    greens = {code: g for code, g in grams.items() if foods[code].food_group == "vegetable"}
    match target.kind:
        case TargetKind.NUTRIENT:
            return Fraction(next(amount for name, amount in nutrient.items() if name == target.of))
        case TargetKind.ENERGY_SHARE:
            of = {name.value: amount for name, amount in nutrient.items()}
            kcal = {"fat_g": 9, "carbohydrate_g": 4}[target.of]
            return 1000 * kcal * of[target.of] / of["energy_kcal"] if of["energy_kcal"] else Fraction(0)
        case TargetKind.FOOD_KINDS:
            return Fraction(len(grams.keys() - {"oil"}))
        case TargetKind.GROUP_KINDS:
            return Fraction(len(greens))
        case TargetKind.GROUP_G:
            return Fraction(sum(greens.values()))
        case TargetKind.DARK_SHARE:
            return Fraction(1000 * greens.get("spinach", 0), max(1, sum(greens.values())))
        case TargetKind.GROUPS_IN_MEAL:
            return Fraction(len({foods[code].food_group for code in grams} - {"oil"}))
        case TargetKind.FOOD_G:
            return Fraction(grams.get("oil", 0))


def test_more_foods_than_a_word_has_bits() -> None:
    """Foods beyond the 64th count like any other."""
    foods = [w.a_food(f"f{number}") for number in range(150)]
    recipes = [w.a_recipe(f"d{number}", {f"f{number}": 10}) for number in range(150)]
    kinds = w.a_target(TargetKind.FOOD_KINDS, per=Per.WEEK)
    requirement = w.a_requirement(kinds)
    plates = w.plates_for(recipes, foods, requirement)
    layout = layout_of([(0, LUNCH)] * 150, 1)
    week = np.arange(150)[None, :]
    assert judge(plates, requirement, layout, week).values[0][0, 0] == 150
    assert food_present(plates, layout, week[:, ::-1], Per.WEEK).all()
    assert food_present(plates, layout, np.where(week < 70, -1, week), Per.WEEK).sum() == 80
