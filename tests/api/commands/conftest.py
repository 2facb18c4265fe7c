"""Commands look at the clock of the worlds they are asked in."""

from datetime import timedelta

import pytest

from shared.clock import ManualClock
from tests.world import START


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be an hour after the worlds began whenever a command asks."""
    for module in ("opening", "status", "backup"):
        monkeypatch.setattr(f"services.commands.{module}.SystemClock", lambda: ManualClock(START + timedelta(hours=1)))
