"""Rules that couple foods: what a cooperative can handle in a day, what it may earn in the season, who has priority."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings

from services.procurement.sourcing.allocation import allocate
from services.procurement.sourcing.checking import check
from services.procurement.sourcing.problem import Allocation, Offer, Problem, Terms
from tests.unit.procurement.markets import MONDAY, a_line, a_problem, an_offer, ruled_problems

PLAIN = Terms(stop_cost_fen=0, freight_fen_per_tonne_km=0)


def by_offer(problem: Problem) -> dict[str, int]:
    """Return the grams each offer gives in a checked allocation."""
    allocation = solved(problem)
    grams: dict[str, int] = {}
    for piece in allocation.pieces:
        name = problem.offers[piece.offer].offer_id
        grams[name] = grams.get(name, 0) + piece.quantity_g
    return grams


def solved(problem: Problem) -> Allocation:
    """Return a checked allocation."""
    allocation = allocate(problem, lambda _done: None)
    assert check(problem, allocation) == []
    return allocation


@settings(max_examples=60, deadline=None)
@given(ruled_problems())
def test_every_allocation_keeps_all_rules(problem: Problem) -> None:
    """Whatever rules are on, no limit is passed, and who goes short could not have been served within them."""
    solved(problem)


def two_foods(**terms: Any) -> Problem:
    """Return a market in which one cooperative is cheapest for 10 kg of rice and 10 kg of cabbage."""
    cheap: dict[str, Any] = {"cooperative_id": "cheap"}
    dear: dict[str, Any] = {"cooperative_id": "dear"}
    offers: list[Offer] = [
        an_offer("cheap-rice", 400, **cheap),
        an_offer("dear-rice", 500, **dear),
        an_offer("cheap-cabbage", 400, food_code="cabbage", **cheap),
        an_offer("dear-cabbage", 410, food_code="cabbage", **dear),
    ]
    lines = [a_line(), a_line(demand_id="e", food="cabbage")]
    return a_problem(lines, offers, terms=replace(PLAIN, **terms))


def test_a_cooperative_delivers_no_more_in_a_day_than_it_can() -> None:
    """What it cannot handle goes where that costs least, over all foods; what it has to deliver already counts."""
    assert by_offer(two_foods()) == {"cheap-rice": 10_000, "cheap-cabbage": 10_000}
    assert by_offer(two_foods(handling_g_per_day=10_000)) == {"cheap-rice": 10_000, "dear-cabbage": 10_000}
    busy = replace(two_foods(handling_g_per_day=20_000), handled_g={("cheap", MONDAY): 10_000})
    assert by_offer(busy) == {"cheap-rice": 10_000, "dear-cabbage": 10_000}
    tomorrow = replace(busy, handled_g={("cheap", MONDAY + timedelta(days=1)): 10_000})
    assert by_offer(tomorrow) == {"cheap-rice": 10_000, "cheap-cabbage": 10_000}


def test_what_nobody_can_handle_is_unmet() -> None:
    """A limit of a day is one of hands and vans: nothing is ordered beyond it."""
    problem = two_foods(handling_g_per_day=4_000)
    assert sum(by_offer(problem).values()) == 8_000
    assert sum(short.unmet_g for short in solved(problem).shortfalls) == 12_000


def test_few_do_not_earn_all() -> None:
    """Beyond what its households may earn in a season others are asked; what nobody else has is unmet, never over."""
    capped = replace(two_foods(), income_room_fen={"cheap": 4_000})
    assert by_offer(capped) == {"cheap-rice": 10_000, "dear-cabbage": 10_000}
    alone = replace(capped, offers=(capped.offers[0], capped.offers[2]))
    assert sum(by_offer(alone).values()) == 10_000


def test_priority_groups_count_more() -> None:
    """Of two that cost and share alike, the one whose group has priority is asked; shares published stay true."""
    plain = an_offer("plain", 400, poor_share_permille=500)
    first = an_offer("first", 402, poor_share_permille=500, priority_permille=1500)
    problem = a_problem([a_line()], [plain, first], terms=PLAIN)
    assert by_offer(problem) == {"first": 10_000}
    figures = solved(problem).figures
    assert figures is not None
    assert figures.poor_fen == figures.food_fen / 2
    assert by_offer(replace(problem, offers=(plain, replace(first, priority_permille=1000)))) == {"plain": 10_000}
