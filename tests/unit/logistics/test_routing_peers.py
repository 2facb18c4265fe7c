"""The benchmarks of routing: peers plan the same day and are proven by the same checker; standard files are read."""

from pathlib import Path

import pytest

from benchmarks.harness import Options
from benchmarks.made_counties import Size, made_county
from benchmarks.routing_peers import by_nearest, by_or_tools, by_vroom
from benchmarks.routing_standard import best_known, made, optimum, read, route_standard
from services.logistics.trips.budget import Budget
from services.logistics.trips.routing import Improve, check, planned_by

_COLUMNS = "CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME"


@pytest.mark.parametrize("peer", [by_nearest, by_or_tools, by_vroom])
@pytest.mark.parametrize("points", [0, 1])
def test_a_peer_plans_the_same_day(peer: Improve, points: int) -> None:
    """Each peer plans directly and through a point, and what it plans passes the checker."""
    if peer is by_vroom:
        pytest.importorskip("vroom", reason="there is no wheel of it for every platform")
    problem = made_county(Size(schools=6, cooperatives=4, suppliers=2), 1, points)
    plan = planned_by(problem, Budget(1.0), lambda _done: None, peer)
    assert check(problem, plan) == []
    assert plan.trips


def test_a_standard_instance_is_held_against_the_best_known(tmp_path: Path) -> None:
    """Instances in Solomon's format are read as DIMACS counts them; the gap is to the value beside the file."""
    path = tmp_path / "made.txt"
    path.write_text(made(8, seed=1))
    alone = route_standard(Options(scale=0.01, file=path))
    assert alone.reference == "nearest neighbour"
    assert alone.reference_value is not None
    assert alone.value <= alone.reference_value
    path.with_suffix(".sol").write_text(f"Route #1: 1 2\nCost {alone.value}\n")
    beside = route_standard(Options(scale=0.01, file=path))
    assert (beside.reference, beside.details["gap"]) == ("best known value", 0.0)
    assert best_known(tmp_path / "other.txt") is None


def test_a_folder_of_standard_instances_is_held_against_their_best_known_in_the_mean(tmp_path: Path) -> None:
    """Each instance with its best known value beside it counts; a folder without one is refused."""
    with pytest.raises(ValueError, match=r"best known value \(NAME\.sol\)"):
        route_standard(Options(scale=0.01, file=tmp_path))
    for number, times in ((1, 1.0), (2, 0.5)):
        path = tmp_path / f"made-{number}.txt"
        path.write_text(made(8, seed=number))
        cost = route_standard(Options(scale=0.01, file=path)).value
        path.with_suffix(".sol").write_text(f"Cost {times * cost:.1f}\n")
    (tmp_path / "unknown.txt").write_text(made(8, seed=3))
    found = route_standard(Options(scale=0.01, file=tmp_path))
    assert found.details["gap_of_hundreds"] == pytest.approx(0.5, abs=1e-3)
    assert list(found.details["instances"]) == ["made-1", "made-2"]


def test_whole_distances_are_counted_where_the_format_says_so(tmp_path: Path) -> None:
    """VRPLIB's EUC_2D rounds to whole numbers: 3, 4, 5 there and back are 10."""
    path = tmp_path / "tiny.vrp"
    head = ["NAME : tiny", "TYPE : CVRP", "DIMENSION : 2", "EDGE_WEIGHT_TYPE : EUC_2D", "CAPACITY : 10"]
    body = ["NODE_COORD_SECTION", "1 0 0", "2 3 4", "DEMAND_SECTION", "1 0", "2 5", "DEPOT_SECTION", "1", "-1", "EOF"]
    path.write_text("\n".join([*head, *body]))
    assert route_standard(Options(scale=0.01, file=path)).value == 10


def test_an_instance_of_appointments_has_its_optimum_beside_it(tmp_path: Path) -> None:
    """Two customers one after the other on one way cost the way there and back; two at once cost two ways."""
    path = tmp_path / "two.txt"
    head = ["TWO", "", "VEHICLE", "NUMBER CAPACITY", "2 2", "", "CUSTOMER", _COLUMNS, ""]
    for second, cost in ((200, 120), (100, 180)):
        rows = ["0 0 0 0 0 1000 0", "1 30 0 1 100 100 10", f"2 60 0 1 {second} {second} 10"]
        path.write_text("\n".join([*head, *rows, ""]))
        assert optimum(read(path)[0]) == 10 * cost
    alone = route_standard(Options(scale=0.05))
    assert alone.reference_value is not None
    assert alone.value >= alone.reference_value - 1e-9
