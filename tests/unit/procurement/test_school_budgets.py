"""What a school may spend in a week is a limit where a county says so: what it does not buy is unmet, and said so."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.procurement.demand.domain import Menu, budgets
from services.procurement.sourcing.against import Against
from services.procurement.sourcing.allocation import allocate, explain
from services.procurement.sourcing.checking import check
from services.procurement.sourcing.columns import columns_of
from services.procurement.sourcing.problem import Allocation, Line, Piece, Problem, Terms
from services.procurement.sourcing.reasons.limits import LineLimit, OfferLimit
from services.procurement.sourcing.repairing import allocate_few
from tests.unit.procurement.markets import MONDAY, a_line, a_problem, an_offer, ruled_problems

PLAIN = Terms(stop_cost_fen=0, freight_fen_per_tonne_km=0)
WEEK = ("school", MONDAY)


def solved(problem: Problem) -> Allocation:
    """Return a checked allocation."""
    allocation = allocate(problem, lambda _done: None)
    assert check(problem, allocation) == []
    return allocation


def got(problem: Problem) -> dict[tuple[str, str], int]:
    """Return the grams of each school from each offer."""
    grams: dict[tuple[str, str], int] = {}
    for piece in solved(problem).pieces:
        key = problem.lines[piece.line].canteen_id, problem.offers[piece.offer].offer_id
        grams[key] = grams.get(key, 0) + piece.quantity_g
    return grams


def rice(school: str = "school", day: date = MONDAY) -> Line:
    """Return 10 kg of rice for a school."""
    return a_line(demand_id=f"{school}-{day}", school=school, day=day)


@settings(max_examples=25, deadline=None)
@given(ruled_problems(), st.integers(0, 4000))
def test_no_school_spends_more_than_it_has(problem: Problem, fen: int) -> None:
    """Whatever else a county asks, orders of a school's week cost no more than its budget, by hand or by program."""
    problem = replace(problem, budget_room_fen={WEEK: fen, ("other school", MONDAY): fen // 2})
    for allocation in (solved(problem), allocate_few(problem, 0.0)):
        assert check(problem, allocation) == []
        spent = sum(
            piece.quantity_g * problem.offers[piece.offer].price_fen_per_kg
            for piece in allocation.pieces
            if problem.lines[piece.line].canteen_id == "school"
        )
        assert spent <= fen * 1000


def test_a_budget_nobody_reaches_changes_nothing() -> None:
    """With more money than all food costs, the cheap rice goes where it goes without the rule."""
    offers = [an_offer("cheap", 400, 10_000), an_offer("dear", 600)]
    problem = a_problem([rice(), rice("other")], offers, terms=PLAIN)
    rich = replace(problem, budget_room_fen={WEEK: 10**9, ("other", MONDAY): 10**9})
    assert sum(got(rich).values()) == 20_000
    assert solved(rich).figures == solved(problem).figures


def test_who_has_less_money_gets_the_cheaper_food() -> None:
    """A school that could not pay the dear rice gets the cheap, one that can pays more: all are fed."""
    offers = [an_offer("cheap", 400, 10_000), an_offer("dear", 600)]
    problem = a_problem([rice(), rice("other")], offers, terms=PLAIN)
    assert len(got(problem)) == 2
    for poor, rich in (("school", "other"), ("other", "school")):
        limited = replace(problem, budget_room_fen={(poor, MONDAY): 4_000})
        assert got(limited) == {(poor, "cheap"): 10_000, (rich, "dear"): 10_000}


def test_what_a_school_cannot_pay_is_unmet_and_told() -> None:
    """As much as the money buys is ordered, the dearest food left first; line, offer and shortfall name the budget."""
    pork = replace(a_line(demand_id="pork", food="pork"), need_g=1_000)
    offers = [an_offer("rice", 400), an_offer("pork", 3_000, food_code="pork")]
    problem = replace(a_problem([rice(), pork], offers, terms=PLAIN), budget_room_fen={WEEK: 5_500})
    assert got(problem) == {("school", "rice"): 10_000, ("school", "pork"): 500}
    (short,) = solved(problem).shortfalls
    assert (short.unmet_g, short.why) == (500, {Against.BUDGET: 1})
    why = explain(columns_of(problem), lambda _done: None)
    assert why.lines.limit == [LineLimit.CHEAPEST, LineLimit.BUDGET]
    assert why.offers.limit == [OfferLimit.SERVED, OfferLimit.BUDGET]


def test_a_budget_is_one_of_a_week() -> None:
    """Days of a week share what there is, the next week has its own; a school nobody told of has no limit."""
    next_week = MONDAY + timedelta(days=7)
    offer = an_offer("o", 400, available_until=next_week)
    lines = [rice(), rice(day=MONDAY + timedelta(days=1)), rice(day=next_week), rice("other")]
    budget = {WEEK: 6_000, ("school", next_week): 4_000}
    problem = replace(a_problem(lines, [offer], terms=PLAIN), budget_room_fen=budget)
    assert got(problem) == {("school", "o"): 25_000, ("other", "o"): 10_000}


def test_the_checker_finds_a_school_that_spends_too_much() -> None:
    """A fen beyond the budget is a fault, and so is hunger while there is money."""
    problem = replace(a_problem([rice()], [an_offer("o", 400)], terms=PLAIN), budget_room_fen={WEEK: 3_999})
    (fault,) = check(problem, Allocation((Piece(0, 0, 10_000, 1, None),), ()))
    assert fault == f"school would pay 1.0 fen more than it has for the week of {MONDAY}"


def test_a_menu_that_was_withdrawn_keeps_the_days_it_served() -> None:
    """Of a menu taken back on Wednesday the first days count, the others are those of the menu that follows."""
    days = [MONDAY + timedelta(days=number) for number in range(4)]
    old = Menu("m1", "school", "c", MONDAY, 1, 2, days[2], {day.isoformat(): 100 for day in days})
    new = Menu("m2", "school", "c", MONDAY, 1, budget_fen={day.isoformat(): 70 for day in days[2:]})
    assert list(budgets([new, old]).values()) == [100, 100, 70, 70]
    back = replace(old, demand_version=3)
    assert sum(budgets([back]).values()) == 400
