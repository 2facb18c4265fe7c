"""The schedule of faults: what a seed says, and that nothing is left out."""

from itertools import islice

from tests.faults.schedule import CLUSTER_DRAWS, DRAWS, each_once, endless


def test_the_same_seed_is_the_same_schedule() -> None:
    """A run that failed can be run again: all that is drawn hangs on its seed."""
    assert each_once(7) == each_once(7) != each_once(8)
    again = [list(islice(endless(7, cluster=True), 300)) for _ in range(2)]
    assert again[0] == again[1]


def test_no_kind_of_fault_is_left_out() -> None:
    """The short run breaks everything once; a long one on a cluster, the brokers of it instead of the only one."""
    assert sorted(planned.fault.kind for planned in each_once(7)) == sorted(DRAWS)
    drawn = {planned.fault.kind for planned in islice(endless(7, cluster=True), 1000)}
    assert drawn == (DRAWS.keys() - {"broker"}) | CLUSTER_DRAWS.keys()
