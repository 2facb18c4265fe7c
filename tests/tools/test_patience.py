"""A test that hangs fails, and says where."""

import asyncio
import threading

import pytest

from tests.patience import no_longer_than


def test_who_waits_for_a_lock_is_interrupted() -> None:
    """What hangs without a loop fails after its time, and the line that waits is named; so is another thread's."""
    never = threading.Event()
    other = threading.Thread(target=waits_elsewhere, args=(never,), daemon=True)
    other.start()
    with pytest.raises(pytest.fail.Exception) as failed, no_longer_than(0.2):
        never.wait()
    assert "not done after 0.2 s" in str(failed.value)
    assert "never.wait()" in str(failed.value)
    assert "in waits_elsewhere" in str(failed.value)
    never.set()
    other.join()


def waits_elsewhere(never: threading.Event) -> None:
    """Wait in another thread."""
    never.wait()


def test_who_waits_in_a_loop_is_named() -> None:
    """A loop's thread only waits for events: it is the tasks that say what for."""
    with pytest.raises(pytest.fail.Exception) as failed, no_longer_than(0.2):
        asyncio.run(waits_for_nothing())
    assert "await asyncio.Event().wait()" in str(failed.value)


async def waits_for_nothing() -> None:
    """Wait for what nobody does, further down."""
    await comes_never()


async def comes_never() -> None:
    """Wait for what nobody does."""
    await asyncio.Event().wait()


def test_who_is_quick_hears_nothing() -> None:
    """What ends in time is not disturbed, neither then nor later; an outer limit stays."""
    with pytest.raises(pytest.fail.Exception), no_longer_than(0.3):
        is_quick_and_then_hangs()


def is_quick_and_then_hangs() -> None:
    """Keep to one limit, and then not to the one around it."""
    with no_longer_than(0.1):
        pass
    threading.Event().wait(5)
