"""The terms a name is found by: Chinese, pinyin, its initials, English; a query's word is the beginning of a term.

A term begins at every character, syllable or English word of the name, so that beginnings are all that is looked up: an
index answers it, the same on SQLite and PostgreSQL.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST_TERM = 64
MOST_WORDS = 8
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
AFTER_ALL = "\U0010ffff"
"""Sorts behind every character: what begins with a word lies between the word and the word followed by this."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded, Latin and other scripts apart: "青椒 Egg-Soup" → 青椒, egg, soup."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    latin = "".join(char for char in unicodedata.normalize("NFD", folded) if not unicodedata.combining(char))
    return tuple(run[:LONGEST_TERM] for run in _RUN.findall(latin))


def query_words(text: str) -> tuple[str, ...]:
    """Return the words of a query, each once, the first eight."""
    return tuple(dict.fromkeys(words(text)))[:MOST_WORDS]


@lru_cache(maxsize=4096)
def terms(*names: str) -> frozenset[str]:
    """Return the terms of names (or codes), 64 characters each at most.

    青椒 is found by 青椒, 椒, qingjiao, jiao, qj, j; "Green pepper" by green, pepper. ü is written v, as keyboards do.
    """
    # 55 MB of syllables, for those who write dishes only.
    from pypinyin import Style, lazy_pinyin

    found: set[str] = set()
    for name in names:
        for run in words(name):
            if run.isascii():
                found.add(run)
                continue
            syllables = lazy_pinyin(run, style=Style.NORMAL)
            initials = [syllable[0] for syllable in syllables]
            for start in range(len(run)):
                found.add(run[start:])
            for start in range(len(syllables)):
                found.add("".join(syllables[start:])[:LONGEST_TERM])
                found.add("".join(initials[start:]))
    return frozenset(found)


def found_by(word: str, of: frozenset[str]) -> bool:
    """Whether one of the terms begins with the word."""
    return any(term.startswith(word) for term in of)
