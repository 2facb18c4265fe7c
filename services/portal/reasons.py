"""Reasons that people tap, and how others read them: each in their own language.

A reason is kept in the words of whoever gave it, because statements and other programs read it, too.
"""

from collections.abc import Mapping
from functools import cache

from services.portal import languages
from services.portal.languages import N_

OTHER = N_("Another reason")
DECLINED: Mapping[str, str] = {
    "harvest": N_("The harvest is smaller than expected"),
    "weather": N_("Hail, frost or rain took a part"),
    "road": N_("The road is closed"),
    "hands": N_("Not enough hands for the harvest"),
    "other": OTHER,
}
"""Why a cooperative brings less of an order, or nothing."""
PACKED_SHORT: Mapping[str, str] = {
    "spoilt": N_("A part is spoilt"),
    "harvest": N_("The harvest is smaller than expected"),
    "other": OTHER,
}
"""Why a cooperative packs less than it promised."""
REFUSED: Mapping[str, str] = {
    "short": N_("Less than was packed"),
    "spoiled": N_("Spoiled or mouldy"),
    "damaged": N_("Crushed or damaged"),
    "warm": N_("Too warm"),
    "other-food": N_("Not what was ordered"),
    "no-certificate": N_("Certificate is missing"),
    "other": OTHER,
}
"""Why a school does not accept all of what comes."""
EXHAUSTED = N_("no more was harvested")
_MARK = "："


def joined(known: str, written: str) -> str:
    """Return a reason of two parts: one that was tapped, in the words of who tapped it, and what was written beside."""
    return f"{known}{_MARK}{written}" if known and written else known or written


def reread(reason: str | None, language: str) -> str:
    """Return a reason as somebody reads it: what was tapped in their language, what was written as it is."""
    known, mark, written = (reason or "").partition(_MARK)
    sentence = _sentences().get(known)
    return (reason or "") if sentence is None else f"{languages.words(language).gettext(sentence)}{mark}{written}"


@cache
def _sentences() -> Mapping[str, str]:
    """Return the sentences that can be tapped, by what they are in each language."""
    every = {*DECLINED.values(), *PACKED_SHORT.values(), *REFUSED.values(), EXHAUSTED}
    return {languages.words(each).gettext(sentence): sentence for each in languages.CATALOGS for sentence in every}
