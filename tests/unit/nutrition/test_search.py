"""What a dish is found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.dishes.search import AFTER_ALL, LONGEST_TERM, found_by, query_words, terms, words

PEPPERS = terms("X03", "青椒肉丝", "Shredded pork with green pepper")


@pytest.mark.parametrize(
    "query",
    ["青椒", "肉丝", "椒", "qingjiao", "qingj", "rousi", "qjrs", "jrs", "QJ", "green", "GREEN Pepper", "shred", "x03"],
)
def test_found(query: str) -> None:
    """Any part of the Chinese name, pinyin and initials from any syllable, English words, the code."""
    assert all(found_by(word, PEPPERS) for word in query_words(query))


@pytest.mark.parametrize("query", ["辣椒", "ingjiao", "reen", "beef", "x3", "qjjx"])
def test_not_found(query: str) -> None:
    """Not in the middle of a syllable or word."""
    assert not all(found_by(word, PEPPERS) for word in query_words(query))


def test_words() -> None:
    """Width, case and accents do not matter; punctuation parts, and so do scripts."""
    assert words("ＡＢ青椒（虚构）Café-Soup, 2kg") == ("ab", "青椒", "虚构", "cafe", "soup", "2kg")
    assert query_words("a b a c") == ("a", "b", "c")
    assert len(query_words(" ".join(map(str, range(50))))) == 8
    assert words("%_'\\ --") == ()


def test_characters_read_in_their_word() -> None:
    """长 is chang in 长豆, 重 is chong in 重庆; ü is v."""
    assert {"chongqing", "lvdou"} <= terms("重庆", "绿豆")


@given(st.text(max_size=200), st.text(max_size=200))
def test_terms_fit_their_column(one: str, other: str) -> None:
    """No term is empty or too long, and a text is found by each of its words, whatever is in it."""
    found = terms(one, other)
    assert all(0 < len(term) <= LONGEST_TERM for term in found)
    for word in words(one):
        assert found_by(word, found)


@given(st.text(min_size=1, max_size=9), st.text(max_size=9))
def test_what_begins_with_a_word_lies_in_its_range(word: str, more: str) -> None:
    """The range the index is asked for holds every continuation of the word."""
    assert word <= word + more < word + AFTER_ALL or AFTER_ALL in more
