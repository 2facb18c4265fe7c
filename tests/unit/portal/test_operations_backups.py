"""What the page of operations says of backups."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.portal.operations.backups import shown
from services.portal.upstream import Away

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


def told(hours: float | None, failed: float | None = None) -> dict[str, Any]:
    """What a service tells whose last backup, and last failure, were so many hours ago."""

    def ago(before: float | None) -> str | None:
        return None if before is None else (NOW - timedelta(hours=before)).isoformat()

    failure = None if failed is None else "No space left on device"
    return {"backup": {"last_at": ago(hours), "failed_at": ago(failed), "failure": failure}}


@pytest.mark.parametrize(
    ("answer", "tone", "said"),
    [
        (told(26), "ok", "within 26 hours"),
        (told(26.01), "warn", "no backup of the last 26 hours"),
        (told(None), "warn", "no backup of the last 26 hours"),
        (told(25, 1), "bad", "failed"),
        (told(None, 1), "bad", "failed"),
        (Away("farmers"), "warn", "Not every part says"),
        ({"backup": None}, "warn", "Not every part says"),
        ({}, "warn", "Not every part says"),
    ],
)
def test_the_worst_database_decides(answer: Any, tone: str, said: str) -> None:
    """A failure is worse than an old backup, that worse than not knowing; a release before this one tells nothing."""
    found = shown({"farmers": answer, "nutrition": told(1)}, NOW)
    assert found.tone == tone
    assert said in found.text


def test_each_database_is_told() -> None:
    """When, how long ago, and why the last one failed; in the order services have on the page."""
    farmers, away = shown({"logistics": Away("logistics"), "farmers": told(25, 1)}, NOW).databases
    assert (farmers.service, farmers.age_s) == ("farmers", 25 * 3600)
    assert farmers.failed_at == NOW - timedelta(hours=1)
    assert farmers.failure == "No space left on device"
    assert (away.service, away.away, away.old) == ("logistics", True, False)


def test_a_clock_that_is_ahead_makes_no_negative_age() -> None:
    """The machine that makes backups may be a minute ahead of ours."""
    (found,) = shown({"farmers": told(-0.02)}, NOW).databases
    assert found.age_s == 0
