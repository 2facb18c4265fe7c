"""The schedule of faults: what a seed says, and that nothing is left out."""

from itertools import islice

from tests.faults.messages import POISON, Poison
from tests.faults.schedule import CLUSTER_DRAWS, DRAWS, SERVERS, by_hand, each_once, endless


def test_the_same_seed_is_the_same_schedule() -> None:
    """A run that failed can be run again: all that is drawn hangs on its seed."""
    assert each_once(7) == each_once(7) != each_once(8)
    again = [list(islice(endless(7, cluster=True), 300)) for _ in range(2)]
    assert again[0] == again[1]


def test_no_kind_of_fault_is_left_out() -> None:
    """The short run breaks everything once; a long one on a cluster, the brokers of it instead of the only one."""
    assert sorted(planned.fault.kind for planned in each_once(7)) == sorted(DRAWS)
    (poison,) = [planned.fault for planned in each_once(7) if isinstance(planned.fault, Poison)]
    assert len(set(poison.poisons)) == len(POISON) == 10
    drawn = {planned.fault.kind for planned in islice(endless(7, cluster=True), 1000)}
    assert drawn == (DRAWS.keys() - {"broker"}) | CLUSTER_DRAWS.keys()


def test_no_hand_waits_for_a_server_that_another_breaks() -> None:
    """Of several hands the first breaks servers, the others services, each in an order of its own; together all."""
    first, *others = ([one.fault.kind for one in islice(hand, 1000)] for hand in by_hand(7, 3, cluster=True))
    assert set(first) <= set(SERVERS)
    assert others[0] != others[1]
    assert all(set(SERVERS).isdisjoint(kinds) for kinds in others)
    assert {*first, *others[0]} == (DRAWS.keys() - {"broker"}) | CLUSTER_DRAWS.keys()
    assert {one.fault.kind for one in islice(by_hand(7, 1, cluster=False)[0], 1000)} == DRAWS.keys()
