"""The optimiser: what it must keep, what it must reach, and what it proves."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.procurement.sourcing.against import Against
from services.procurement.sourcing.allocation import allocate
from services.procurement.sourcing.checking import check
from services.procurement.sourcing.columns import columns_of
from services.procurement.sourcing.geography import distance_m
from services.procurement.sourcing.greedy import allocate_greedily
from services.procurement.sourcing.problem import Allocation, Figures, Problem, Terms, barrier
from services.procurement.sourcing.solving import solve
from shared.workers import Cancelled
from tests.unit.procurement.markets import HOME, MONDAY, a_line, a_problem, an_offer, problems

FREE_STOPS = Terms(stop_cost_fen=0, freight_fen_per_tonne_km=0)
LEAST_COST = replace(FREE_STOPS, tolerance_permille=0, share_target_permille=0, target_tolerance_permille=0)


def solved(problem: Problem) -> Allocation:
    """Return a checked allocation."""
    allocation = allocate(problem, lambda _done: None)
    assert check(problem, allocation) == []
    return allocation


def by_offer(problem: Problem) -> dict[str, int]:
    """Return the grams each offer gives in a checked allocation."""
    grams: dict[str, int] = {}
    for piece in solved(problem).pieces:
        name = problem.offers[piece.offer].offer_id
        grams[name] = grams.get(name, 0) + piece.quantity_g
    return grams


def figures_of(allocation: Allocation) -> Figures:
    """Return the figures, which the optimiser always gives."""
    assert allocation.figures is not None
    return allocation.figures


@settings(max_examples=200, deadline=None)
@given(problems())
def test_every_allocation_passes_its_checker(problem: Problem) -> None:
    """Grams are conserved, only eligible pairs meet, no offer overflows, and no more is unmet than with the greedy."""
    allocation = solved(problem)
    greedy = allocate_greedily(problem, lambda _done: None)
    assert sum(each.unmet_g for each in allocation.shortfalls) <= sum(each.unmet_g for each in greedy.shortfalls)
    figures = figures_of(allocation)
    assert figures.bound_fen <= figures.objective_fen
    assert figures.cost_fen <= figures.least_cost_fen * 1.02 + 1


@settings(max_examples=20, deadline=None)
@given(problems())
def test_the_same_problem_gets_the_same_answer(problem: Problem) -> None:
    """Nothing is left to chance or to the clock."""
    assert allocate(problem, lambda _done: None) == allocate(problem, lambda _done: None)


_grams, _prices = st.integers(1, 3), st.integers(1, 9)


@st.composite
def tiny_problems(draw: st.DrawFn) -> Problem:
    """Draw up to three lines of two schools and up to three offers, all of rice, a few grams each."""
    lines = [
        a_line(draw(_grams), f"d{number}", school=draw(st.sampled_from(["one", "other"])))
        for number in range(draw(st.integers(1, 3)))
    ]
    offers = [
        an_offer(f"o{number}", draw(_prices) * 1000, draw(_grams), county_code=draw(st.sampled_from(["county-a", "b"])))
        for number in range(draw(st.integers(1, 3)))
    ]
    return a_problem(lines, offers, terms=LEAST_COST)


def every_allocation(problem: Problem) -> Iterator[tuple[int, int, float, int]]:
    """Return for everything that could be ordered: unmet grams, grams from outside, cost (fen) and stops."""
    pairs = [
        (line, offer)
        for line, here in enumerate(problem.lines)
        for offer, there in enumerate(problem.offers)
        if barrier(problem, here, there, _metres(problem, line, offer)) is None
    ]
    most = [range(min(problem.lines[line].need_g, problem.offers[offer].remaining_g) + 1) for line, offer in pairs]
    for grams in product(*most):
        given_g = [0] * len(problem.offers)
        got = [0] * len(problem.lines)
        for (line, offer), amount in zip(pairs, grams, strict=True):
            got[line] += amount
            given_g[offer] += amount
        if any(amount > each.need_g for amount, each in zip(got, problem.lines, strict=True)):
            continue
        if any(amount > each.remaining_g for amount, each in zip(given_g, problem.offers, strict=True)):
            continue
        used = [(pair, amount) for pair, amount in zip(pairs, grams, strict=True) if amount]
        outside = sum(amount for (_, offer), amount in used if problem.offers[offer].county_code != "county-a")
        cost = sum(amount * problem.offers[offer].price_fen_per_kg / 1000 for (_, offer), amount in used)
        stops = {(problem.lines[line].canteen_id, problem.offers[offer].cooperative_id) for (line, offer), _ in used}
        yield sum(each.need_g for each in problem.lines) - sum(got), outside, cost, len(stops)


def _metres(problem: Problem, line: int, offer: int) -> int | None:
    here, there = problem.lines[line].place, problem.offers[offer].place
    return distance_m(here, there) if here and there else None


@settings(max_examples=60, deadline=None)
@given(tiny_problems())
def test_without_stops_nothing_is_cheaper(problem: Problem) -> None:
    """Of all that could be ordered the least is unmet, then the least comes from outside, then it is the cheapest."""
    allocation = solved(problem)
    unmet, outside, cost, _ = min(every_allocation(problem), key=lambda each: (each[0], each[1], round(each[2], 6)))
    assert sum(each.unmet_g for each in allocation.shortfalls) == unmet
    pieces = [(piece.quantity_g, problem.offers[piece.offer]) for piece in allocation.pieces]
    assert sum(grams for grams, offer in pieces if offer.county_code != "county-a") == outside
    assert sum(grams * offer.price_fen_per_kg for grams, offer in pieces) / 1000 == pytest.approx(cost)


def objective_fen(problem: Problem, premium: float, cost: float, stops: int) -> float:
    """Return what an allocation of tiny offers, all with the same share for the poor, weighs at a premium, in fen."""
    poor = problem.offers[0].poor_share_permille / 1000
    return cost * (1 - premium * poor) + problem.terms.stop_cost_fen * stops


@settings(max_examples=40, deadline=None)
@given(tiny_problems(), st.integers(1, 30))
@example(
    a_problem(
        [a_line(1, "d0", school="other"), a_line(1, "d1", school="one"), a_line(1, "d2", school="one")],
        [an_offer("o0", 1000, 2), an_offer("o1", 2000, 2)],
        terms=LEAST_COST,
    ),
    5,
)
def test_what_is_proved_is_never_above_what_can_be_reached(problem: Problem, stop_fen: int) -> None:
    """The bound with stops is below the best of all that could be ordered at the premium published, the answer not."""
    problem = replace(problem, terms=replace(LEAST_COST, stop_cost_fen=stop_fen))
    figures = figures_of(solved(problem))
    unmet, outside, _, _ = min(every_allocation(problem))
    best = min(
        objective_fen(problem, figures.premium, cost, stops)
        for *order, cost, stops in every_allocation(problem)
        if order == [unmet, outside]
    )
    assert figures.bound_fen <= best + 1
    assert figures.objective_fen >= best - 1


def test_a_kilogram_of_a_lot_too_small_does_not_outweigh_what_is_proved() -> None:
    """Where a minimum lot sends a kilogram to another county that flows would not, the rest is proved all the same."""
    lines = [a_line(9_000, "d1"), a_line(5_000, "d2", school="other school")]
    lot, far = an_offer("lot", 400, 10_000, minimum_lot_g=3_000), an_offer("loose", 500, 4_000)
    other = an_offer("other county", 450, county_code="county-b")
    problem = a_problem(lines, [lot, far, other], ("d1", "loose"))
    assert by_offer(problem) == {"lot": 9_000, "loose": 4_000, "other county": 1_000}
    figures = figures_of(solved(problem))
    assert 0.6 * figures.objective_fen < figures.bound_fen <= figures.objective_fen


def test_poor_households_come_first_as_far_as_the_tolerance_goes() -> None:
    """Within 2 % above the least cost most reaches poor households, and the premium paid for that is published."""
    cheap = an_offer("cheap", 1000, poor_share_permille=100)
    near = an_offer("near", 1015, poor_share_permille=900)
    dear = an_offer("dear", 1030, poor_share_permille=1000)
    assert by_offer(a_problem([a_line()], [cheap, near, dear], terms=FREE_STOPS)) == {"near": 10_000}
    assert by_offer(a_problem([a_line()], [cheap, dear], terms=FREE_STOPS)) == {"cheap": 10_000}
    figures = figures_of(solved(a_problem([a_line()], [cheap, near], terms=FREE_STOPS)))
    assert (figures.least_cost_fen, figures.cost_fen, figures.poor_fen) == (10_000, 10_150, 9_135)
    assert 0 < figures.premium <= 1


def test_a_missed_target_allows_more_and_no_premium_is_above_what_it_reaches() -> None:
    """Below the share target the wider tolerance holds; what each fen that reaches them may cost bounds it."""
    cheap, dear = an_offer("cheap", 1000, poor_share_permille=0), an_offer("dear", 1050, poor_share_permille=300)
    wide = replace(FREE_STOPS, target_tolerance_permille=60)
    assert by_offer(a_problem([a_line()], [cheap, dear], terms=wide)) == {"dear": 10_000}
    little = replace(wide, most_premium_permille=100)
    assert by_offer(a_problem([a_line()], [cheap, dear], terms=little)) == {"cheap": 10_000}
    assert by_offer(a_problem([a_line()], [cheap, dear], terms=replace(wide, share_target_permille=0))) == {
        "cheap": 10_000
    }


def test_stops_are_saved_where_that_costs_less() -> None:
    """Whoever comes anyway may be dearer by what a stop costs."""
    cabbage: dict[str, Any] = {"food_code": "cabbage"}
    rice = an_offer("rice", 400, cooperative_id="coop-rice")
    here = an_offer("here", 440, cooperative_id="coop-rice", **cabbage)
    there = an_offer("there", 400, **cabbage)
    lines = [a_line(), a_line(demand_id="e", food="cabbage")]
    assert set(by_offer(a_problem(lines, [rice, here, there]))) == {"rice", "here"}
    assert set(by_offer(a_problem(lines, [rice, here, there], terms=Terms(stop_cost_fen=300)))) == {"rice", "there"}


def test_a_scarce_offer_goes_to_whom_it_saves_most() -> None:
    """A far school without another choice near by gets what a near school can replace."""
    scarce = an_offer("scarce", 400, 10_000, place=HOME)
    other = an_offer("other", 410, 10_000)
    only = an_offer("late", 900, 10_000, available_from=MONDAY.replace(day=30), available_until=MONDAY)
    late = a_line(demand_id="late", day=MONDAY.replace(month=12, day=1))
    problem = a_problem([a_line(), late], [scarce, replace(other, available_until=MONDAY), only], terms=LEAST_COST)
    taken = {
        problem.lines[piece.line].demand_id: problem.offers[piece.offer].offer_id for piece in solved(problem).pieces
    }
    assert taken == {"late": "scarce", "d": "other"}


def test_what_is_not_fresh_on_arrival_is_not_ordered() -> None:
    """Harvest day and shelf life bound the days of delivery; the shortfall says so."""
    early, old = MONDAY.replace(day=28), MONDAY.replace(month=12, day=1)
    spoilt = an_offer("spoilt", 100, harvest_day=early, shelf_life_days=1)
    unripe = an_offer("unripe", 100, harvest_day=old)
    fresh = an_offer("fresh", 400, 4_000, harvest_day=early, shelf_life_days=2)
    problem = a_problem([a_line()], [spoilt, unripe, fresh])
    assert by_offer(problem) == {"fresh": 4_000}
    (short,) = solved(problem).shortfalls
    assert short.why == {Against.NOT_FRESH: 2, Against.USED_UP: 1}


def test_nothing_to_buy_is_an_answer_too() -> None:
    """Lines without offers, offers without lines and neither are solved."""
    assert [each.unmet_g for each in solved(a_problem([a_line()], [])).shortfalls] == [10_000]
    assert solved(a_problem([], [an_offer()])).pieces == ()
    assert solved(a_problem([], [])).shortfalls == ()


def test_a_run_that_is_no_longer_wanted_stops() -> None:
    """Progress is reported between steps, grows, and is where a cancelled run ends."""
    lines = [a_line(3_000, f"d{number}", school=f"school-{number}") for number in range(40)]
    problem = a_problem(lines, [an_offer(f"o{number}", 300 + number, 25_000) for number in range(8)])
    seen: list[float] = []
    solve(columns_of(problem), seen.append)
    assert seen == sorted(seen)
    assert len(seen) > 5

    def stop(_done: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        solve(columns_of(problem), stop)


def test_out_of_time_there_is_still_an_answer() -> None:
    """A run whose time is over gives the plan it has, with its proof."""
    lines = [a_line(3_000, f"d{number}", school=f"school-{number}") for number in range(10)]
    terms = Terms(seconds=0.0)
    allocation = solved(a_problem(lines, [an_offer(remaining_g=100_000)], terms=terms))
    assert sum(piece.quantity_g for piece in allocation.pieces) == 30_000
    assert figures_of(allocation).gap >= 0


def test_problems_and_answers_cross_to_a_worker_process() -> None:
    """Columns, answers and problems are plain data that pickle."""
    problem = a_problem([a_line()], [an_offer()])
    assert pickle.loads(pickle.dumps(problem)) == problem  # noqa: S301
    answer = solve(pickle.loads(pickle.dumps(columns_of(problem))), lambda _done: None)  # noqa: S301
    assert pickle.loads(pickle.dumps(answer)).figures == answer.figures  # noqa: S301
