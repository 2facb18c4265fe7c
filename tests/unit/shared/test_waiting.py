"""Waiting for what is away."""

from shared.messaging.waiting import pause_s


def test_what_is_back_is_found_soon() -> None:
    """However long it was away: a broker that is back after an hour is tried again within five seconds."""
    pauses = [pause_s(0.5, failures) for failures in range(1, 2_000)]
    assert pauses[:3] == [1.0, 2.0, 4.0]
    assert max(pauses) == 5.0
