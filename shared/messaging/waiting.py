"""How long whoever cannot reach the bus or the database waits before the next try."""

LONGEST_S = 5.0
"""What is back again is found so soon; half a minute of waiting would be half a minute more without."""


def pause_s(first_s: float, failures: int) -> float:
    """Return how many seconds to wait after so many failures in a row: doubled with each, up to `LONGEST_S`."""
    return min(first_s * 2.0 ** min(failures, 20), LONGEST_S)
