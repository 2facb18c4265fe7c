"""The simulation of queues agrees with what can be computed of simple ones."""

import pytest

from benchmarks.queueing import Costs, closed, mean_wait_s, opened, poisson


def test_one_loop_waits_as_long_as_erlang_says() -> None:
    """Replicas without a database are queues with one server: the mean time in them is wait and service of M/M/1."""
    service_s, per_second = 0.01, 70.0
    # Three turns at the loop, one after the other, wait three times: the queue of turns is M/M/1 with a third of each.
    costs = Costs(service_s=service_s, database_s=0.0)
    served = opened(costs, poisson(per_second), replicas=1, seconds=400, seed=1)
    turn_s = service_s / 3
    expected_s = 3 * (turn_s + mean_wait_s(3 * per_second, turn_s, 1))
    assert sum(served.took_s) / len(served.took_s) == pytest.approx(expected_s, rel=0.08)


def test_a_closed_queue_is_as_fast_as_its_narrowest_part() -> None:
    """Many clients at few cores get what the cores have to give, no more (the utilisation law)."""
    costs = Costs(service_s=0.004, database_s=0.003, broker_s=0.001)
    served = closed(costs, replicas=2, clients=16, cores=2, seconds=20, seed=1)
    assert served.per_second == pytest.approx(2 / costs.cpu_s, rel=0.05)


def test_one_loop_is_the_narrowest_where_there_are_cores_enough() -> None:
    """One event loop answers one over its CPU a second, however many cores are idle; a second one doubles that."""
    costs = Costs(service_s=0.004, database_s=0.001)
    one = closed(costs, replicas=1, clients=16, cores=8, seconds=20, seed=1)
    two = closed(costs, replicas=2, clients=16, cores=8, seconds=20, seed=1)
    assert one.per_second == pytest.approx(1 / costs.service_s, rel=0.05)
    assert two.per_second == pytest.approx(2 / costs.service_s, rel=0.1)


def test_the_same_seed_gives_the_same_queue() -> None:
    """Nothing of a simulation hangs on the machine it is computed on."""
    costs = Costs(service_s=0.004, database_s=0.001, sync_s=0.002)
    first, second = (closed(costs, replicas=1, clients=4, cores=2, seconds=5, seed=7) for _ in range(2))
    assert first.took_s == second.took_s


def test_more_work_than_servers_waits_for_ever() -> None:
    """Where more comes than can be served there is no mean wait."""
    assert mean_wait_s(11.0, 0.1, 1) == float("inf")
    assert mean_wait_s(8.0, 0.1, 1) == pytest.approx(0.4)  # ρ/(1-ρ) · service
