"""Reasons are read in the language of who reads them."""

import pytest

from services.portal.languages import words
from services.portal.reasons import DECLINED, REFUSED, joined, reread


@pytest.mark.parametrize("sentence", [DECLINED["road"], REFUSED["warm"]])
@pytest.mark.parametrize("given", ["zh", "en"])
@pytest.mark.parametrize("read", ["zh", "en"])
def test_what_was_tapped_is_read_in_ones_own_language(sentence: str, given: str, read: str) -> None:
    """Whoever tapped it, in whichever language; what was written beside it stays as it is."""
    tapped, seen = words(given).gettext(sentence), words(read).gettext(sentence)
    assert reread(tapped, read) == seen
    assert reread(joined(tapped, "桥断了: 5 km"), read) == joined(seen, "桥断了: 5 km")


@pytest.mark.parametrize("said", ["", "桥断了", "the bridge: gone", "：", "道路不通吗：是"])
def test_what_was_written_is_nobodys_to_change(said: str) -> None:
    """Words of one's own, and what only looks like a sentence of ours."""
    assert reread(said, "en") == said
    assert reread(None, "zh") == ""
