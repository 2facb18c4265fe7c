"""Classes of canteens that get one menu, and what drafting one for a class means for each of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.canteens.domain import Profile
from services.nutrition.market.domain import PriceSource, Worth, quotes_at
from services.nutrition.planning.building import prepare
from services.nutrition.planning.facts import Facts, Pool, Wishes
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.model import model_of
from services.nutrition.planning.planner import PlanOptions, plan_menu
from services.nutrition.planning.problem import Plan, Problem, Weights
from services.nutrition.planning.rules import LeftOut
from services.nutrition.rounds import drafting
from services.nutrition.rounds.classes import AGE_STEPS, Member, SchoolClass, alike, classes_of, mix_of
from services.nutrition.rounds.drafting import AT_MARGINAL_PRICES, ClassDraft, Task, dishes_of, draft, meals_of
from services.nutrition.rounds.reading import quotes_of_round
from shared.fields import AgeBand, Meal, Sex
from tests.unit.nutrition.test_building import WEEK, bought_in, offered, some_facts
from tests.unit.nutrition.weeks import a_requirement

YOUNG, MIDDLE, OLD = AgeBand.FROM_6_TO_8, AgeBand.FROM_9_TO_11, AgeBand.FROM_12_TO_14
CELLS = [(band, sex) for band in (YOUNG, MIDDLE, OLD) for sex in Sex]
heads = st.dictionaries(st.sampled_from(CELLS), st.integers(1, 3000), min_size=1)
QUICK = PlanOptions(moves_per_slot=200, alternatives=0)


def a_member(number: int, counts: Mapping[tuple[AgeBand, Sex], int], **other: Any) -> tuple[Facts, Member]:
    """A canteen with so many pupils as one of its class; `other` changes its facts."""
    profile = Profile(f"sch-{number}", "520628", (Meal.LUNCH,), counts, "wst554-2017", (), {}, 500)
    own = some_facts(**{"canteen_id": f"sch-{number}", "eaters": profile.enrolled, "days": WEEK[:2]} | other)
    return alike(own, profile, mix_of(counts), a_requirement())


def nobody(_: float) -> None:
    """Takes no notice of progress."""


@given(heads)
def test_a_mix_is_of_twenty_pupils(counts: dict[tuple[AgeBand, Sex], int]) -> None:
    """Ages and sexes are rounded to a twentieth of the pupils, of which none gets lost."""
    mix, pupils = mix_of(counts), sum(counts.values())
    assert sum(mix.values()) == AGE_STEPS
    for cell, number in counts.items():
        assert abs(mix.get(cell, 0) - AGE_STEPS * number / pupils) < 1


@given(heads)
def test_what_holds_of_a_class_holds_of_its_canteens(counts: dict[tuple[AgeBand, Sex], int]) -> None:
    """Whatever the class may spend on an average child of its mix, the canteen can pay for its own, older ones; and
    they cost no less than the part of it that the bound told of the canteen counts on.
    """
    facts, member = a_member(1, counts)
    mixed, own = facts.eaters, member.canteen.enrolled
    for recipe in facts.recipes:
        theirs, ours = (
            sum(n * recipe.portion_permille[band] for band, n in of.items()) / sum(of.values()) for of in (mixed, own)
        )
        assert facts.budget_mfen * ours <= some_facts().budget_mfen * theirs * (1 + 1e-9)
        assert ours >= member.least * theirs * (1 - 1e-9)
    assert 0 < member.least <= 1


def test_who_is_in_a_class() -> None:
    """Canteens whose children are of like ages and have like money, whatever lies in their stores; a day closed, older
    children or less money make another class.
    """
    like = {(MIDDLE, Sex.MALE): 50, (MIDDLE, Sex.FEMALE): 50}
    alike_ones = [
        a_member(1, like),
        a_member(2, {(MIDDLE, Sex.MALE): 31, (MIDDLE, Sex.FEMALE): 30}, stock_g={"pork": 9000}),
        a_member(3, like, budget_mfen=some_facts().budget_mfen + 999, usual_g={"pork": 7}),
    ]
    others = [
        a_member(4, like, closed=frozenset({(WEEK[0], Meal.LUNCH)})),
        a_member(5, {(OLD, Sex.MALE): 50, (OLD, Sex.FEMALE): 50}),
        a_member(6, like, budget_mfen=some_facts().budget_mfen // 2),
        a_member(7, like, days=WEEK[1:3]),
    ]
    classes = classes_of([*others, *reversed(alike_ones)])
    assert [[member.canteen_id for member in one.members] for one in classes if len(one.members) > 1] == [
        ["sch-1", "sch-2", "sch-3"]
    ]
    assert len(classes) == 5
    assert classes[0].pupils == 261 == classes[0].facts.heads
    assert classes[0].facts.usual_g == {"pork": 7}


def a_class(*members: tuple[Facts, Member], **other: Any) -> SchoolClass:
    """One class of these canteens, with other facts."""
    (found,) = classes_of(members)
    return replace(found, facts=replace(found.facts, **other))


def drafted(task: Task) -> list[ClassDraft]:
    """Draft; every class must have a menu."""
    found = draft(task, nobody)
    assert [one.reason for one in found] == [""] * len(found)
    return found


HUNDRED = {(MIDDLE, Sex.MALE): 50, (MIDDLE, Sex.FEMALE): 50}


def test_earlier_menus_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is worse at today's prices than a menu of an earlier round; what fits no longer is passed over."""
    one = a_class(a_member(1, HUNDRED))
    best = drafted(Task((one,), AT_MARGINAL_PRICES, QUICK))[0]
    problem = prepare(one.facts, Wishes(weights=AT_MARGINAL_PRICES)).problem
    good = dishes_of(problem, best.meals)
    assert good is not None
    assert meals_of(problem, choice_of(model_of(problem), good)) == best.meals

    def unlucky(asked: Problem, options: PlanOptions, report: Callable[[float], None]) -> Plan:
        plan = plan_menu(asked, options, report)
        return replace(plan, best=replace(plan.best, objective=plan.best.objective + 1.0))

    monkeypatch.setattr(drafting, "plan_menu", unlucky)
    monkeypatch.setattr(drafting, "check", lambda *_: [])
    unknown = tuple((day, meal, ("?",) * len(dishes)) for day, meal, dishes in best.meals)
    useless = [best.meals[:1], ((WEEK[0], Meal.DINNER, ("S1",)),), unknown]
    task = Task((one,), AT_MARGINAL_PRICES, QUICK, known={"sch-1": [*useless, best.meals]})
    assert drafted(task)[0] == best


def test_each_canteen_needs_food_for_its_own_children() -> None:
    """A class's menu for half as many children needs half as much and counts half; bounds lie below what is found."""
    one = a_class(a_member(1, HUNDRED), a_member(2, {(MIDDLE, Sex.MALE): 25, (MIDDLE, Sex.FEMALE): 25}))
    (found,) = drafted(Task((one,), AT_MARGINAL_PRICES, QUICK))
    whole, half = found.drafts
    assert [(need.food_code, need.gross_g) for need in whole.needs] == [
        (need.food_code, 2 * need.gross_g) for need in half.needs
    ]
    assert (whole.point_fen, whole.pupils) == (2 * half.point_fen, 2 * half.pupils)
    for member in (whole, half):
        points = (found.shortfall_millipoints + found.taste_millipoints) * member.point_fen / 1000
        assert member.bound_fen is not None
        assert member.bound_fen <= member.cost_fen + points + member.point_fen / 1000


def test_classes_share_what_is_scarce() -> None:
    """Planning alone, two classes do not both count on the same pork: what one has planned the other cannot."""
    quotes = {code: replace(quote, available_g=None) for code, quote in some_facts().quotes.items()}
    quotes |= {"pork": offered("pork", kg=9, price=1)}
    members = [a_member(1, HUNDRED, days=WEEK[:1]), a_member(2, {(OLD, Sex.MALE): 100}, days=WEEK[:1])]
    classes = tuple(a_class(member, quotes=quotes, usual_g={"pork": 5_000}) for member in members)
    pool = Pool({"pork": 9_000}, {"pork": 10_000})
    found = drafted(Task(classes, Weights(), QUICK, pool))
    pork = [sum(need.gross_g for need in one.drafts[0].needs if need.food_code == "pork") for one in found]
    assert pork[0] > 0
    assert sum(pork) <= 9_000


def test_a_class_that_cannot_do_with_its_share_buys_from_the_market() -> None:
    """Where no menu is possible with what is on offer, there is one all the same: the market has the rest."""
    quotes = dict(some_facts().quotes) | {"rice": offered("rice", kg=1), "wheat": offered("wheat", kg=1)}
    one = a_class(a_member(1, HUNDRED), quotes=quotes)
    pool = Pool({"rice": 1000, "wheat": 1000}, {"rice": 1000, "wheat": 1000})
    assert len(drafted(Task((one,), Weights(), QUICK, pool))[0].drafts) == 1


@pytest.mark.parametrize(
    ("known", "left_g", "grows"),
    [
        (bought_in("cucumber"), None, False),  # the market's, and not in season in winter
        (bought_in("cucumber"), 0, False),
        (bought_in("cucumber"), 50_000, True),  # procurement knows of an offer that has not been heard of here
        (offered("cucumber"), None, True),
        (None, None, False),
    ],
)
def test_a_price_brings_no_food_into_season(known: Any, left_g: int | None, grows: bool) -> None:
    """Procurement names a price for every food: that alone does not make cucumbers grow in winter."""
    facts = some_facts()
    before = {code: quote for code, quote in facts.quotes.items() if code != "cucumber"}
    if known is not None:
        before["cucumber"] = known
    worths = {code: Worth(390, 0, 0, None) for code in facts.foods} | {"cucumber": Worth(390, 0, 0, left_g)}
    for quotes, refused in (quotes_at(worths, before, facts.foods), quotes_of_round(worths, before, facts.foods)):
        assert refused == 0
        assert {quote.price_fen_per_kg for quote in quotes.values()} == {390}
        left_out = prepare(replace(facts, quotes=quotes, days=WEEK[:2]), Wishes()).left_out
        assert left_out.get("X1") == (None if grows else LeftOut.NOT_TO_BE_HAD)


def test_what_is_all_asked_for() -> None:
    """Within a round it still is on offer, for whoever can do least without; once settled, only the market has more."""
    facts = some_facts()
    worths = {"pork": Worth(390, 0, 0, 0)}
    in_round, _ = quotes_of_round(worths, facts.quotes, facts.foods)
    settled, _ = quotes_at(worths, facts.quotes, facts.foods)
    assert (in_round["pork"].source, in_round["pork"].available_g) == (PriceSource.MARGINAL, None)
    assert (settled["pork"].source, settled["pork"].available_g) == (PriceSource.REFERENCE, None)
    assert in_round["rice"].available_g is None
    assert settled["rice"] == facts.quotes["rice"]
