"""What has to be kept cold is ordered only where a vehicle comes that keeps it so."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from services.procurement.sourcing.against import Against
from services.procurement.sourcing.allocation import allocate, explain
from services.procurement.sourcing.checking import check
from services.procurement.sourcing.columns import columns_of
from services.procurement.sourcing.problem import Allocation, Piece, Problem, Terms
from services.procurement.sourcing.reasons.limits import OfferLimit
from services.procurement.sourcing.repairing import allocate_few
from tests.unit.procurement.markets import a_line, a_problem, an_offer, problems

PLAIN = Terms(stop_cost_fen=0, freight_fen_per_tonne_km=0)
CLASSES = ("ambient", "chilled", "frozen")


def test_frozen_food_comes_from_where_a_frozen_vehicle_goes() -> None:
    """The cheaper cooperative has only a chilled one; what any vehicle carries comes from it all the same."""
    offers = [
        an_offer("cheap", 300, vehicle_classes=frozenset({"chilled"})),
        an_offer("dear", 500, vehicle_classes=frozenset({"chilled", "frozen"})),
        an_offer("unsaid", 600),
    ]
    for kind, taken in (("frozen", 1), ("chilled", 0), ("ambient", 0)):
        problem = a_problem([replace(a_line(), temperature_class=kind)], offers, terms=PLAIN)
        for allocation in (allocate(problem, lambda _done: None), allocate_few(problem, 0.0)):
            assert check(problem, allocation) == []
            assert [piece.offer for piece in allocation.pieces] == [taken]


def test_nobody_s_vehicle_is_a_reason() -> None:
    """Where no vehicle comes the line is unmet; offer and shortfall say why, and the checker knows."""
    lines, offers = [replace(a_line(), temperature_class="frozen")], [an_offer(vehicle_classes=frozenset({"ambient"}))]
    problem = a_problem(lines, offers, terms=PLAIN)
    (short,) = allocate(problem, lambda _done: None).shortfalls
    assert short.why == {Against.VEHICLE_CLASS: 1}
    assert explain(columns_of(problem), lambda _done: None).offers.limit == [OfferLimit.VEHICLE_CLASS]
    (fault,) = check(problem, Allocation((Piece(0, 0, 10_000, 1, None),), ()))
    assert "vehicle-class" in fault


@settings(max_examples=25, deadline=None)
@given(problems(), st.lists(st.sampled_from(CLASSES), min_size=12, max_size=12))
def test_no_answer_needs_a_vehicle_that_does_not_come(problem: Problem, kinds: list[str]) -> None:
    """Whatever is said of vehicles, the checker proves the answer of the optimiser and that for a few lines."""
    said = [None, frozenset({"ambient"}), frozenset({"chilled"}), frozenset({"chilled", "frozen"})]
    told = replace(
        problem,
        lines=tuple(replace(line, temperature_class=kind) for line, kind in zip(problem.lines, kinds, strict=False)),
        offers=tuple(
            replace(offer, vehicle_classes=said[place % len(said)]) for place, offer in enumerate(problem.offers)
        ),
    )
    assert check(told, allocate(told, lambda _done: None)) == []
    assert check(told, allocate_few(told, 0.0)) == []
