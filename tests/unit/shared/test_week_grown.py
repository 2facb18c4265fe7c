"""How the cost of a province's week grows is reckoned by stage from two sizes."""

import pytest

from benchmarks.province_week import Lived, grown
from benchmarks.week.stages import Stage


def _lived(schools: int, **cpu_s: float) -> Lived:
    return Lived(schools, 1, 1, {name: Stage(cpu_s={"nutrition": spent}) for name, spent in cpu_s.items()}, {}, {})


def test_growth_is_the_power_of_the_size() -> None:
    """Four times the schools: as much is 0, four times as much 1, sixteen times as much 2; n log n lies above 1."""
    found = grown(_lived(4, fixed=3.0, linear=1.0, square=0.5), _lived(16, fixed=3.0, linear=4.0, square=8.0))
    assert found["growth"] == {"fixed": 0.0, "linear": 1.0, "square": 2.0}
    assert found["n_log_n"] == pytest.approx(1.5)


def test_a_school_costs_what_is_not_loaded_once() -> None:
    """Loading what stays is no part of a week, nor is the process that asks in people's names."""
    week = _lived(10, loading=100.0, meals=20.0)
    week.stages["meals"].cpu_s["people"] = 5.0
    assert week.cpu_s_a_school == 2.0
