"""Settings that would break a promise are refused at the start."""

import pytest
from pydantic import ValidationError

from shared.settings import Settings


@pytest.mark.parametrize("inbox_days", [6, 7])
def test_an_inbox_forgets_nothing_that_a_topic_still_tells(inbox_days: int) -> None:
    """An event read once more after its id was forgotten would have its effect twice."""
    with pytest.raises(ValidationError, match="inbox_days must be more than topic_days"):
        Settings(topic_days=7, inbox_days=inbox_days)
    assert Settings(topic_days=7, inbox_days=8).inbox_days == 8
