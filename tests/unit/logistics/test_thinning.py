"""Thinning: what of an old trip stays."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.logistics.coldchain.domain import DEFAULTS
from services.logistics.tracking.thinning import Kept, superfluous

CHILLED = DEFAULTS["chilled"]
START = datetime(2026, 11, 30, tzinfo=UTC)
READINGS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 3_000), st.none() | st.floats(-20, 30)), max_size=40
)


@given(READINGS, st.integers(1, 900))
def test_what_is_warm_or_rare_stays(made: list[tuple[str, int, float | None]], every_s: int) -> None:
    """All outside the limit stay; of the others no two of a device come closer than asked; thinned again, all stay."""
    told = sorted(((device, s, temperature_c) for device, s, temperature_c in made), key=lambda one: one[:2])
    readings = [Kept(device, n, START + timedelta(seconds=s), warm) for n, (device, s, warm) in enumerate(told)]
    gone = set(superfluous(readings, CHILLED, every_s))
    stay = [one for one in readings if (one.device_id, one.sequence) not in gone]

    def outside(one: Kept) -> bool:
        return one.temperature_c is not None and CHILLED.excess(one.temperature_c) > 0

    assert all(one in stay for one in readings if outside(one))
    assert {one.device_id for one in stay} == {one.device_id for one in readings}
    for device in "ab":
        cool = [one.at for one in stay if one.device_id == device and not outside(one)]
        assert all((b - a).total_seconds() >= every_s for a, b in pairwise(cool))
    assert superfluous(stay, CHILLED, every_s) == []
