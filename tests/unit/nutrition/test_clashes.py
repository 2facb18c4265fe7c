"""When no menu is possible: which rules clash, proved, none of them idle, in words with numbers."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.nutrition.planning import clashes
from services.nutrition.planning.checking import broken_rules
from services.nutrition.planning.clash_sets import ClashSet, Kind, clash_set, least, rules_of, with_only
from services.nutrition.planning.clashing import Clash, Clashing
from services.nutrition.planning.glance import refuse_the_impossible, yuan
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.possible import Oracle, Verdict
from services.nutrition.planning.problem import Problem
from tests.unit.nutrition.handmade import Dish, a_problem
from tests.unit.nutrition.problems import a_random_problem, every_menu

MOST = 5000
QUICK = PlanOptions(moves_per_slot=400, mendings=False, alternatives=0)


def nobody(_: float) -> None:
    """Takes no notice of progress."""


def clashes_of(problem: Problem) -> list[Clash]:
    """The clashes of a problem without a menu, all proved."""
    with pytest.raises(Clashing) as raised:
        plan_menu(problem, QUICK, nobody)
    assert all(clash.proved for clash in raised.value.clashes)
    return list(raised.value.clashes)


def test_a_dish_that_may_not_come_again() -> None:
    """One staple that may come every other day leaves the second day empty: gap, places and dish are named."""
    dishes = {"rice": Dish("staple", gap=2), "tofu": Dish(gap=1)}
    (clash,) = clashes_of(a_problem(dishes, ["staple", "main"], 4))
    assert (clash.rule, clash.field) == ("gap", "slots[0]")
    assert clash.detail == (
        "a dish may come again after 2 school days at the earliest: "
        "for staple of lunch on 2026-11-30, 2026-12-01 there is 1 dish: rice"
    )


def test_a_budget_that_only_repeats_could_keep() -> None:
    """The cheapest dish twice would do, but it may not come twice: budget and gap clash, the least cost is told."""
    dishes = {"cheap": Dish(yuan=3.1, gap=2), "dear": Dish(yuan=6.15, gap=2), "dearer": Dish(yuan=9, gap=2)}
    problem = a_problem(dishes, ["main"], 2, budget_mfen=820_000)
    budget, gap = clashes_of(problem)
    assert (budget.rule, budget.field) == ("budget", "budget_mfen")
    assert budget.detail == "budget ¥4.10 a child and day; the cheapest menu that keeps everything else costs ¥4.63"
    assert (gap.rule, gap.detail) == ("gap", "a dish may come again after 2 school days at the earliest")


def test_a_budget_too_small_at_a_glance() -> None:
    """Where not even the cheapest dish of every place can be paid, no search is needed to say so."""
    problem = a_problem({"rice": Dish("staple", 0.5), "tofu": Dish(yuan=2.0)}, ["staple", "main"], 2, budget_mfen=10)
    with pytest.raises(Clashing) as raised:
        refuse_the_impossible(problem)
    (clash,) = raised.value.clashes
    assert clash.detail == "budget ¥0.00 a child and day; the cheapest dish of every place comes to ¥2.50"


def test_a_main_food_on_two_days_running() -> None:
    """Two mains of pork cannot stand on two days running."""
    dishes = {"pork": Dish(main=0), "ribs": Dish(main=0)}
    (clash,) = clashes_of(a_problem(dishes, ["main"], 3))
    assert clash.rule == "main-food"
    assert clash.detail.endswith(": main of lunch on 2026-11-30, 2026-12-01 can be made of pork")


def test_a_steamer_for_one() -> None:
    """Two steamed dishes need the steamer twice where one finds room: the meal and what it needs are named."""
    dishes = {"buns": Dish("staple", steamed=True), "fish": Dish(steamed=True), "tea": Dish("drink")}
    problem = a_problem(dishes, ["staple", "main", "drink"], 2, equipment_limit=np.array([1]))
    (clash,) = clashes_of(problem)
    assert (clash.rule, clash.field) == ("equipment", "equipment.steamer")
    assert clash.detail == (
        "steamer: 1 dish of a meal can use it, staple, main of lunch on 2026-11-30 cannot do with less than 2"
    )


def test_a_food_there_is_too_little_of() -> None:
    """Rice for two days of three: what there is and what a menu needs at least are told in grams."""
    dishes = {"rice": Dish("staple"), "tofu": Dish()}
    problem = a_problem(dishes, ["staple", "main"], 3, food_cap_g=np.array([250.0, np.inf]))
    (clash,) = clashes_of(problem)
    assert (clash.rule, clash.field) == ("food-cap", "food_cap_g.rice")
    assert clash.detail == "rice: 250 g a child can be had for all the days, a menu needs 300 g at least"


def test_pins_that_clash_with_a_rule() -> None:
    """A pin that cannot stand beside another is named with it; a pin that is in nobody's way is not."""
    dishes = {"pork": Dish(main=0), "ribs": Dish(main=0), "tofu": Dish(), "egg": Dish()}
    problem = a_problem(dishes, ["main"], 4)
    pinned = problem.allowed.copy()
    for slot, dish in ((0, 0), (1, 1), (3, 2)):
        pinned[slot] = np.arange(4) == dish
    unpinned = {slot: problem.allowed[slot] for slot in (0, 1, 3)}
    found = clashes_of(replace(problem, allowed=pinned, unpinned=unpinned))
    assert [(clash.rule, clash.field) for clash in found] == [
        ("pin", "slots[1]"),
        ("pin", "slots[0]"),
        ("main-food", "slots[0]"),
    ]
    assert found[0].detail == "ribs is pinned to main of lunch on 2026-12-01"


def test_a_dish_once_in_a_meal() -> None:
    """Two places of a meal and one dish for both clash whatever rule is lifted."""
    (clash,) = clashes_of(a_problem({"tofu": Dish(gap=0)}, ["main", "main"]))
    assert (clash.rule, clash.field) == ("once-in-a-meal", "slots[0]")
    assert "only tofu may stand there, once in a meal" in clash.detail


def a_small_clash(seed: int) -> tuple[Problem, ClashSet]:
    """A small random problem without a menu, and the rules that are said to clash."""
    problem = a_random_problem(seed, dishes=6, days=2, meals=1)
    oracle = Oracle(nobody)
    assume(problem.allowed.any(axis=1).all())
    assume(every_menu(with_only(problem, []), at_most=MOST) is not None)
    assume(oracle.ask(problem) is Verdict.IMPOSSIBLE)
    return problem, clash_set(problem, oracle)


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_clash_sets_clash_and_none_is_idle(seed: int) -> None:
    """Of all menus none keeps the rules said to clash, and without any one of them some do."""
    problem, found = a_small_clash(seed)
    assert every_menu(with_only(problem, found.rules), at_most=MOST) == []
    for rule in found.rules:
        others = [other for other in found.rules if other != rule]
        assert every_menu(with_only(problem, others), at_most=MOST)


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_the_oracle_is_right(seed: int) -> None:
    """A menu is possible exactly where it is said so, and the one shown keeps every rule; the least cost is true."""
    problem = a_random_problem(seed, dishes=6, days=2, meals=1)
    menus, cost = every_menu(problem, at_most=MOST), problem.plates.cost_mfen
    assume(menus is not None)
    costs = [sum(int(cost[dish]) for dish in dishes if dish >= 0) for dishes in menus or ()]
    answer = Oracle(nobody).least(problem, cost.astype(np.float64))
    assert answer.verdict is (Verdict.POSSIBLE if costs else Verdict.IMPOSSIBLE)
    if answer.dishes is not None:
        assert broken_rules(problem, answer.dishes.tolist()) == []
        assert answer.least == pytest.approx(min(costs), abs=2)


def test_a_menu_that_annealing_misses_is_found() -> None:
    """Twelve dishes that all must stand once: hardly a random choice keeps the rules, HiGHS finds what does."""
    problem = a_problem({f"d{n}": Dish(gap=12) for n in range(12)}, ["main"], 12)
    plan = plan_menu(problem, replace(QUICK, moves_per_slot=1), nobody)
    assert sorted(plan.best.dishes) == list(range(12))


def test_what_is_not_proved_is_said_to_be_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is over annealing says which rule need only be lifted, and the cheapest menu it finds."""
    monkeypatch.setattr(clashes, "Oracle", partial(Oracle, seconds=0.0))
    dishes = {"cheap": Dish(yuan=3.1, gap=2), "dear": Dish(yuan=6.15, gap=2)}
    with pytest.raises(Clashing) as raised:
        plan_menu(a_problem(dishes, ["main"], 2, budget_mfen=820_000), QUICK, nobody)
    budget, gap = raised.value.clashes
    assert (
        budget.detail == "budget ¥4.10 a child and day; the cheapest menu found that keeps everything else costs ¥4.63"
    )
    assert gap.detail == "without the days between the same dish a menu was found, with it none"
    assert not budget.proved
    assert not gap.proved
    both = {"rice": Dish("staple", gap=2), "pork": Dish(main=0)}
    with pytest.raises(Clashing) as raised:
        plan_menu(a_problem(both, ["staple", "main"], 2), QUICK, nobody)
    assert [(clash.rule, clash.proved) for clash in raised.value.clashes] == [("rules", False)]


def test_what_is_not_asked_for_is_not_explained() -> None:
    """A search that only wants to know whether there is a menu is told so at once."""
    problem = a_problem({"rice": Dish("staple", gap=2)}, ["staple"], 2)
    with pytest.raises(Clashing) as raised:
        plan_menu(problem, replace(QUICK, clashes=False), nobody)
    assert [(clash.rule, clash.proved) for clash in raised.value.clashes] == [("rules", True)]


def test_all_rules_lifted_leave_a_menu() -> None:
    """Every rule of a problem can be lifted, and with all of them held it is the problem itself."""
    problem = a_random_problem(41)
    kinds = {rule.kind for rule in rules_of(problem)}
    assert kinds >= {Kind.BUDGET, Kind.GAP, Kind.MAIN_FOOD, Kind.EQUIPMENT}
    whole = with_only(problem, rules_of(problem))
    assert (whole.budget_mfen, whole.food_cap_g.tolist()) == (problem.budget_mfen, problem.food_cap_g.tolist())
    assert Oracle(nobody).ask(with_only(problem, [])) is Verdict.POSSIBLE


def test_clashes_come_back_from_a_worker() -> None:
    """What is said of a clash survives the way from one process to another."""
    clashing = Clashing([Clash("gap", "…", "slots[0]", proved=False)])
    again, (clashes_told,) = clashing.__reduce__()
    assert again(clashes_told).clashes == clashing.clashes


@pytest.mark.parametrize(
    ("mfen", "up", "text"), [(463_000, False, "¥4.63"), (463_001, True, "¥4.64"), (999, False, "¥0.00")]
)
def test_money_is_never_made_better_than_it_is(mfen: int, up: bool, text: str) -> None:
    """What there is is rounded down, what is needed up."""
    assert yuan(mfen, up=up) == text


@given(
    st.lists(st.sets(st.integers(0, 19), min_size=1, max_size=4), min_size=1, max_size=4),
    st.integers(1, 20),
)
def test_leaving_out_parts_is_leaving_out_one_by_one(clashing: list[set[int]], group: int) -> None:
    """Whole groups, then halves of halves: what is left is what asking for each member in turn leaves."""

    def ask(members: list[int]) -> Verdict:
        return Verdict.IMPOSSIBLE if any(each <= set(members) for each in clashing) else Verdict.POSSIBLE

    groups = [list(range(first, min(first + group, 20))) for first in range(0, 20, group)]
    kept = list(range(20))
    for part in [*groups, *([member] for member in range(20))]:
        rest = [member for member in kept if member not in part]
        kept = rest if ask(rest) is Verdict.IMPOSSIBLE else kept
    assert least(list(range(20)), lambda _: groups, ask) == kept


def test_few_questions_find_few_that_clash() -> None:
    """Where two of a hundred rules clash, some two dozen questions name them."""
    asked: list[int] = []

    def ask(members: list[int]) -> Verdict:
        asked.append(len(members))
        return Verdict.IMPOSSIBLE if {17, 71} <= set(members) else Verdict.POSSIBLE

    assert least(list(range(100)), lambda _: [], ask) == [17, 71]
    assert len(asked) <= 30
