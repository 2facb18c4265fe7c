"""Why something was ordered, and why nobody had it: said in both languages, with its numbers."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.sourcing.against import OF_LINES, Against
from services.procurement.sourcing.reasons.choices import about_choice, about_shortfall
from services.procurement.sourcing.reasons.limits import LineLimit, OfferLimit
from services.procurement.sourcing.reasons.sentences import (
    LineFacts,
    OfferFacts,
    Sentence,
    about_line,
    about_offer,
)

CHINESE, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")


def check(said: Sentence, numbers: Iterable[object] = ()) -> None:
    """Each language is said in its own writing, and has the numbers the other one has."""
    assert CHINESE.search(said.zh)
    assert not LATIN.search(said.zh), said.zh
    assert LATIN.search(said.en)
    assert not CHINESE.search(said.en), said.en
    for number in numbers:
        assert str(number) in said.en
        assert str(number) in said.zh


@pytest.mark.parametrize("code", Against)
def test_what_stands_against_an_offer_is_said(code: Against) -> None:
    """Every code has its words; of offers they say how many."""
    check(about_shortfall({code: 0 if code in OF_LINES else 17}), [] if code in OF_LINES else [17])


@given(st.dictionaries(st.sampled_from(sorted(set(Against) - OF_LINES)), st.integers(1, 999), min_size=1))
def test_a_shortfall_counts_every_offer(why: dict[Against, int]) -> None:
    """The total and each part are said in both languages."""
    check(about_shortfall(why), [sum(why.values()), *why.values()])


@pytest.mark.parametrize("distance_m", [None, 11_300])
@pytest.mark.parametrize("rank", [0, 3])
def test_a_choice_is_said(rank: int, distance_m: int | None) -> None:
    """Its place, price, share and distance; the market supplier has no place, no share and no distance."""
    said = about_choice(rank, 405, 625, distance_m)
    check(said, ["4.05", *([3, "62.5"] if rank else []), *(["11.3"] if rank and distance_m else [])])


@pytest.mark.parametrize("limit", OfferLimit)
def test_every_limit_of_an_offer_is_said(limit: OfferLimit) -> None:
    """A farmer reads it in Chinese as an auditor does in English."""
    facts = OfferFacts(limit, 0, 20_000, 400, 30, 50, 12_300, 2, 4, 5_000, "quarantine")
    check(about_offer(facts), [20])


@pytest.mark.parametrize("offers", [0, 3])
@pytest.mark.parametrize("limit", LineLimit)
def test_every_limit_of_a_line_is_said(limit: LineLimit, offers: int) -> None:
    """Whatever bound a line, and however many offers it had."""
    check(about_line(LineFacts(limit, 4_000, 9_000, offers, 12, 400, held=2)), [4, 9, offers])
