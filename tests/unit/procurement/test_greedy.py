"""The greedy by itself: re-sourcing uses it, and runs fall back on it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings

from services.procurement.sourcing.against import Against
from services.procurement.sourcing.checking import check
from services.procurement.sourcing.geography import distance_m
from services.procurement.sourcing.greedy import allocate_greedily as allocate
from services.procurement.sourcing.problem import Allocation, Piece, Problem, Shortfall, Terms
from tests.unit.procurement.markets import HOME, MONDAY, a_line, a_problem, an_offer, problems


def solve(problem: Problem) -> dict[str, int]:
    """Return grams by offer of a checked allocation."""
    allocation = allocate(problem, lambda _done: None)
    assert check(problem, allocation) == []
    return {problem.offers[piece.offer].offer_id: piece.quantity_g for piece in allocation.pieces}


@settings(max_examples=150, deadline=None)
@given(problems())
def test_every_allocation_passes_its_checker(problem: Problem) -> None:
    """Grams are conserved, only eligible pairs meet, no offer overflows, nobody goes short beside a full offer."""
    allocation = allocate(problem, lambda _done: None)
    assert check(problem, allocation) == []
    assert allocate(problem, lambda _done: None) == allocation


def test_the_checker_finds_what_is_wrong() -> None:
    """An allocation that overdraws, starves or strays is named as such."""
    problem = a_problem([a_line(10_000), a_line(5_000, "e", "pork")], [an_offer(remaining_g=4_000)])
    assert any("more than it has" in fault for fault in check(problem, Allocation((Piece(0, 0, 10_000, 1, 0),), ())))
    assert any("goes short while" in fault for fault in check(problem, _nothing_of(problem)))
    assert any("another-food" in fault for fault in check(problem, Allocation((Piece(1, 0, 5_000, 1, 0),), ())))
    assert any("gets 0" in fault for fault in check(problem, Allocation((), ())))


def _nothing_of(problem: Problem) -> Allocation:
    return Allocation((), tuple(Shortfall(i, line.need_g, {}) for i, line in enumerate(problem.lines)))


def test_within_two_percent_poor_households_come_first() -> None:
    """A greater share of poor households wins inside the price tolerance, the price outside it."""
    cheap = an_offer("cheap", 1000, poor_share_permille=100)
    near = an_offer("near", 1020, poor_share_permille=900)
    dear = an_offer("dear", 1021, poor_share_permille=1000)
    free_stops = replace(a_problem([a_line()], [cheap, near, dear]), terms=Terms(stop_cost_fen=0))
    assert solve(free_stops) == {"near": 10_000}
    assert solve(replace(free_stops, offers=(cheap, dear))) == {"cheap": 10_000}


def test_who_delivers_to_the_school_anyway_may_be_dearer_by_the_cost_of_a_stop() -> None:
    """A second cooperative is asked only when it saves more than another stop costs."""
    cabbage: dict[str, Any] = {"food_code": "cabbage", "poor_share_permille": 500}
    rice = an_offer("rice", 400)
    here = an_offer("here", 440, cooperative_id="coop-rice", **cabbage)
    there = an_offer("there", 400, **cabbage)
    lines = [a_line(), a_line(demand_id="e", food="cabbage")]
    assert set(solve(a_problem(lines, [rice, here, there]))) == {"rice", "here"}
    assert set(solve(replace(a_problem(lines, [rice, here, there]), terms=Terms(stop_cost_fen=300)))) == {
        "rice",
        "there",
    }


def test_the_own_county_comes_first_and_far_ones_not_at_all() -> None:
    """An offer of another county serves what the own county cannot, as long as it is within reach."""
    own = an_offer("own", 900, 4_000)
    other = an_offer("other", 100, county_code="county-b")
    far = an_offer("far", 50, county_code="county-b", place=(26.0, 106.0))
    unknown = an_offer("unknown", 50, county_code="county-b", place=None)
    assert solve(a_problem([a_line()], [far, other, own, unknown])) == {"own": 4_000, "other": 6_000}


def test_small_lots_are_left_where_another_can_bring_them() -> None:
    """A piece below the minimum lot is ordered from somebody who takes it; only when nobody does, from whom is left."""
    big = an_offer("big", 100, minimum_lot_g=20_000)
    small = an_offer("small", 300, minimum_lot_g=1_000)
    assert solve(a_problem([a_line(10_000)], [big, small])) == {"small": 10_000}
    assert solve(a_problem([a_line(10_000)], [big])) == {"big": 10_000}


def test_what_was_declined_is_not_asked_again_and_the_reason_says_so() -> None:
    """An excluded offer is passed over; the shortfall tells which offers there were."""
    late = an_offer("late", available_from=MONDAY + timedelta(days=3))
    problem = a_problem([a_line()], [an_offer("o"), late, an_offer("gone", remaining_g=0)], ("d", "o"))
    (short,) = allocate(problem, lambda _done: None).shortfalls
    assert short.why == {Against.GIVEN_UP: 1, Against.NOT_THAT_DAY: 1, Against.USED_UP: 1}
    (nobody,) = allocate(a_problem([a_line()], []), lambda _done: None).shortfalls
    assert nobody.why == {Against.NOT_OFFERED: 0}


def test_a_day_that_is_too_near_is_not_sourced() -> None:
    """Lines before the earliest day go short with that reason."""
    problem = Problem((a_line(),), (an_offer(),), frozenset(), MONDAY + timedelta(days=1))
    allocation = allocate(problem, lambda _done: None)
    assert (allocation.pieces, allocation.shortfalls[0].why) == ((), {Against.DAY_TOO_NEAR: 0})


def test_a_county_week_reports_its_progress() -> None:
    """4,000 lines against 600 offers are matched while somebody watches; progress only grows."""
    foods = [f"food-{i}" for i in range(20)]
    days = [MONDAY + timedelta(days=i) for i in range(5)]
    lines = [a_line(3_000, f"d{i}", foods[i % 20], days[i % 5], f"school-{i // 100}") for i in range(4_000)]
    offers = [an_offer(f"o{i}", 300 + i % 50, 25_000, food_code=foods[i % 20]) for i in range(600)]
    seen: list[float] = []
    problem = a_problem(lines, offers)
    allocation = allocate(problem, seen.append)
    assert sum(piece.quantity_g for piece in allocation.pieces) == 12_000_000
    assert seen == sorted(seen)
    assert len(seen) >= 4


def test_distance_is_the_great_circle() -> None:
    """Guiyang to Tongren is about 275 km as the crow flies."""
    assert 260_000 < distance_m((26.65, 106.63), (27.72, 109.19)) < 290_000
    assert distance_m(HOME, HOME) == 0
