"""Python's garbage collector, in a process that serves."""

import gc


def collect_seldom() -> None:
    """Look for cycles after 50,000 new objects instead of 700, and no more among what is there now.

    Nearly everything is freed by its reference count; on a stream of events the search took a seventh of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
