"""The portal's words: gettext catalogs, a file per slice and language (`locales/<language>/<slice>.po`), merged.

Msgids are English sentences. In templates `_("…")` and `ngettext("{n} order", "{n} orders", n)`; in code
`N_("…")` marks what a template will translate. Placeholders are `{name}`, filled by `_("… {name}").format(name=…)`.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Self

from services.portal.po import Message, read

LOCALES = Path(__file__).parent / "locales"
COOKIE = "cloud-language"
DEFAULT = "zh"
PSEUDO = "xx"
"""A language for tests: every word of ours is in brackets, what is not translated is bare."""
CATALOGS = {"zh": "zh_Hans_CN", "en": "en"}
"""The languages people choose from, and the folders of their words."""
TAGS = {"zh": "zh-CN", "en": "en", PSEUDO: "en-XA"}
"""What browsers and screen readers are told."""
NAMES = {"zh": "中文", "en": "English"}
"""Each as its own speakers call it."""
_PLACEHOLDER = re.compile(r"(\{[^}]*\})")


def N_(message: str) -> str:
    """Mark a sentence to be translated where it is shown; returns it as it is."""
    return message


class Holed(str):
    """A sentence (msgid) that travels with what stands in its holes: `Holed(N_("At most {n}."), n=3)`."""

    holes: dict[str, object]

    def __new__(cls, message: str, **holes: object) -> Self:
        """Return the sentence."""
        made = super().__new__(cls, message)
        made.holes = holes
        return made


def filled(message: str, told: str) -> str:
    """Return what is said for a message, with its holes filled."""
    return told.format(**message.holes) if isinstance(message, Holed) else told


class Words:
    """The words of one language."""

    def __init__(self, language: str, messages: Iterable[Message]) -> None:
        self.language = language
        self._said = {each.key: each for each in messages}

    def gettext(self, message: str) -> str:
        """Return a sentence in this language; one that is missing is shown as it is."""
        found = self._said.get((None, message))
        return filled(message, found.told[0] if found and found.told[0] else message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return a sentence that depends on a number, which it says itself (`{n}`)."""
        found = self._said.get((None, one))
        if found is None or not all(found.told):
            return (one if n == 1 else many).replace("{n}", str(n))
        form = 0 if len(found.told) == 1 or n == 1 else 1  # Chinese has one form, English two
        return found.told[form].replace("{n}", str(n))

    def pgettext(self, context: str, message: str) -> str:
        """Return a sentence that means something else in another place."""
        found = self._said.get((context, message))
        return found.told[0] if found and found.told[0] else message


class _Pseudo(Words):
    def gettext(self, message: str) -> str:
        return filled(message, stretched(message))

    def ngettext(self, one: str, many: str, n: int) -> str:
        return stretched((one if n == 1 else many).replace("{n}", str(n)))

    def pgettext(self, context: str, message: str) -> str:
        return stretched(message)


def stretched(message: str) -> str:
    """Return a sentence in brackets and a third longer, as words of other languages may be; placeholders stay."""
    parts = _PLACEHOLDER.split(message)
    longer = "".join(part if part.startswith("{") else part.replace("e", "éé").replace("o", "öö") for part in parts)
    return f"⟦{longer}⟧"


@cache
def words(language: str) -> Words:
    """Return the words of a language, read once."""
    if language == PSEUDO:
        return _Pseudo(PSEUDO, ())
    files = sorted((LOCALES / CATALOGS[language]).glob("*.po"))
    return Words(language, [message for file in files for message in read(file.read_text("utf-8"))])


def language_of(asked: str | None, cookie: str | None, accepted: str) -> str:
    """Return the language of a page: what was asked for (`?lang=`), the cookie's, the browser's, else Chinese.

    zh, zh-CN, zh-Hans and zh-TW are all our one Chinese.
    """
    for wanted in (asked, cookie):
        if wanted in CATALOGS or wanted == PSEUDO:
            return str(wanted)
    for tag in _preferred(accepted):
        if tag in CATALOGS:
            return tag
    return DEFAULT


def _preferred(accepted: str) -> list[str]:
    """Return the primary subtags of an Accept-Language header, the most wanted first (RFC 9110 §12.5.4)."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:1000].split(",")):
        tag, _, parameters = part.strip().partition(";")
        match = re.search(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameters)
        weight = float(match[1]) if match else 1.0
        if weight > 0:
            weighed.append((-weight, place, tag.strip().lower().partition("-")[0]))
    return [tag for _, _, tag in sorted(weighed)]
