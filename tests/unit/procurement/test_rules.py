"""What a county may ask beyond offers and days: few suppliers, whole packs, short ways for what is cold."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.procurement.sourcing.against import Against
from services.procurement.sourcing.allocation import allocate, explain
from services.procurement.sourcing.checking import check
from services.procurement.sourcing.columns import columns_of
from services.procurement.sourcing.problem import Allocation, Piece, Problem, Shortfall, Terms
from services.procurement.sourcing.reasons.limits import LineLimit, OfferLimit
from services.procurement.sourcing.repairing import allocate_few, allocate_plainly
from tests.unit.procurement.markets import MONDAY, a_line, a_problem, an_offer, ruled_problems

PLAIN = Terms(stop_cost_fen=0, freight_fen_per_tonne_km=0)
CABBAGE: dict[str, Any] = {"food_code": "cabbage"}


def by_offer(problem: Problem, allocation: Allocation) -> dict[str, int]:
    """Return the grams each offer gives in an allocation, which is checked."""
    assert check(problem, allocation) == []
    grams: dict[str, int] = {}
    for piece in allocation.pieces:
        name = problem.offers[piece.offer].offer_id
        grams[name] = grams.get(name, 0) + piece.quantity_g
    return grams


def all_ways(problem: Problem) -> dict[str, int]:
    """Return the grams each offer gives: the same by the optimiser and when a few lines are sourced at once."""
    by_optimiser = by_offer(problem, allocate(problem, lambda _done: None))
    assert by_offer(problem, allocate_few(problem, 0.0)) == by_optimiser
    return by_optimiser


@settings(max_examples=60, deadline=None)
@given(ruled_problems(), st.integers(0, 1))
def test_few_lines_sourced_at_once_keep_all_rules(problem: Problem, premium: int) -> None:
    """What is sourced again in between, and what the greedy finds where flows fail, passes the same checker."""
    few = allocate_few(problem, float(premium))
    assert check(problem, few) == []
    assert allocate_few(problem, float(premium)) == few
    assert check(problem, allocate_plainly(problem, lambda _done: None)) == []


def two_foods(**terms: Any) -> Problem:
    """Return a market where rice and cabbage are cheapest at two cooperatives, and a third has both."""
    offers = [
        an_offer("rice", 400, cooperative_id="one"),
        an_offer("cabbage", 400, cooperative_id="two", **CABBAGE),
        an_offer("both-rice", 450, cooperative_id="both"),
        an_offer("both-cabbage", 450, cooperative_id="both", **CABBAGE),
    ]
    return a_problem([a_line(), a_line(demand_id="e", food="cabbage")], offers, terms=replace(PLAIN, **terms))


def test_a_school_has_no_more_suppliers_than_allowed() -> None:
    """With one supplier a week the one that has both foods is asked; who brings already in that week is among them."""
    assert all_ways(two_foods()) == {"rice": 10_000, "cabbage": 10_000}
    assert all_ways(two_foods(suppliers_per_week=2)) == {"rice": 10_000, "cabbage": 10_000}
    assert all_ways(two_foods(suppliers_per_week=1)) == {"both-rice": 10_000, "both-cabbage": 10_000}
    friday = MONDAY.replace(month=12, day=4)
    known = replace(two_foods(suppliers_per_week=1), standing=frozenset([("school", "one", friday)]))
    assert all_ways(known) == {"rice": 10_000}
    next_week = replace(known, standing=frozenset([("school", "one", friday.replace(day=7))]))
    assert all_ways(next_week) == {"both-rice": 10_000, "both-cabbage": 10_000}


def test_a_stop_that_is_made_anyway_costs_nothing() -> None:
    """Who brings to the school that day already is asked before one that is cheaper by less than a stop."""
    offers = [an_offer("cheap", 400), an_offer("there", 440)]
    problem = a_problem([a_line()], offers, terms=replace(PLAIN, stop_cost_fen=2000))
    assert all_ways(problem) == {"cheap": 10_000}
    coming = replace(problem, standing=frozenset([("school", "coop-there", MONDAY)]))
    assert all_ways(coming) == {"there": 10_000}
    figures = allocate(coming, lambda _done: None).figures
    assert figures is not None
    assert figures.cost_fen == figures.food_fen == 4_400
    tomorrow = replace(problem, standing=frozenset([("school", "coop-there", MONDAY.replace(month=12, day=1))]))
    assert all_ways(tomorrow) == {"cheap": 10_000}


def test_lines_are_split_where_packs_end() -> None:
    """What an offer cannot bring in whole packs its neighbour brings; a need that is no whole pack breaks only one."""
    packed, loose = an_offer("packed", 400, 9_000, pack_g=2_500), an_offer("loose", 500)
    problem = a_problem([a_line()], [packed, loose], terms=replace(PLAIN, whole_packs=True))
    assert all_ways(problem) == {"packed": 7_500, "loose": 2_500}
    without = replace(problem, terms=PLAIN)
    assert all_ways(without) == {"packed": 9_000, "loose": 1_000}
    alone = replace(problem, offers=(replace(packed, remaining_g=50_000),), lines=(a_line(9_000),))
    assert all_ways(alone) == {"packed": 9_000}


def test_what_is_cold_travels_no_farther_than_its_class_may() -> None:
    """A line's food has a reach of its own, in its county too; beyond it offers do not count."""
    near, far = an_offer("near", 500, place=(28.16, 109.2)), an_offer("far", 400, place=(28.5, 109.2))
    problem = a_problem([replace(a_line(), reach_m=20_000)], [near, far], terms=PLAIN)
    assert all_ways(problem) == {"near": 10_000}
    found = explain(columns_of(problem), lambda _done: None).offers
    assert found.limit == [OfferLimit.SERVED, OfferLimit.CLASS_REACH]
    assert 18_000 < found.missing_m[1] < 20_000
    (short,) = allocate(replace(problem, offers=(far,)), lambda _done: None).shortfalls
    assert short.why == {Against.CLASS_REACH: 1}


def test_who_is_kept_back_by_a_rule_is_told_which() -> None:
    """Days that are full, a season that is earned, schools with suppliers enough; and lines that go short by it."""

    def told(problem: Problem) -> tuple[list[OfferLimit], list[LineLimit]]:
        found = explain(columns_of(problem), lambda _done: None)
        return found.offers.limit, found.lines.limit

    short = [LineLimit.RULES]
    rice = a_problem([a_line()], [an_offer("o", 400)], terms=PLAIN)
    assert told(replace(rice, income_room_fen={"coop-o": 2_000})) == ([OfferLimit.INCOME], short)
    assert told(replace(rice, terms=replace(PLAIN, handling_g_per_day=4_000))) == ([OfferLimit.HANDLING], short)
    limits, lines = told(two_foods(suppliers_per_week=1))
    assert limits[:2] == [OfferLimit.SUPPLIERS, OfferLimit.SUPPLIERS]
    assert LineLimit.RULES not in lines
    (kept,) = allocate(replace(rice, income_room_fen={"coop-o": 2_000}), lambda _done: None).shortfalls
    assert kept.why == {Against.RULES: 1}


def test_the_checker_finds_rules_that_are_broken() -> None:
    """Earning more than one may, a supplier too many, a pack broken for nothing: each is a fault."""
    rice = two_foods(suppliers_per_week=1, whole_packs=True)
    both = Allocation((Piece(0, 0, 10_000, 1, 0), Piece(1, 1, 10_000, 1, 0)), ())
    assert any("2 suppliers in a week" in fault for fault in check(rice, both))
    earned = replace(rice, income_room_fen={"one": 3_999})
    assert any("earns 1.0 fen more" in fault for fault in check(earned, both))
    packs = replace(rice, offers=(replace(rice.offers[0], pack_g=4_000), *rice.offers[1:]), terms=replace(PLAIN))
    split = Allocation((Piece(0, 0, 9_000, 1, 0), Piece(0, 2, 1_000, 2, 0)), (Shortfall(1, 10_000, {}),))
    broken = replace(packs, terms=replace(PLAIN, whole_packs=True))
    assert any("breaks a pack" in fault for fault in check(broken, split))
    assert not any("breaks a pack" in fault for fault in check(packs, split))
