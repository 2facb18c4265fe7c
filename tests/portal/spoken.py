"""What pages say, in their own language: tests name words by msgids and look for what the catalogs make of them."""

import re
from typing import Any

from playwright.sync_api import Locator, Page

from services.portal.formats import Formats
from services.portal.languages import Words, words

Where = Page | Locator
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def language_of(where: Where) -> str:
    """Return the language a page says it is in: `zh` or `en`."""
    page = where.page if isinstance(where, Locator) else where
    return (page.locator("html").get_attribute("lang") or "").partition("-")[0]


def words_of(where: Where) -> Words:
    """Return the words of a page's language."""
    return words(language_of(where))


def formats_of(where: Where) -> Formats:
    """Return how a page's language writes."""
    return Formats(language_of(where))


def said(where: Where, message: str, **parts: str) -> re.Pattern[str]:
    """Return what finds a sentence: each placeholder is what a part's pattern says, or anything."""
    texts = _PLACEHOLDER.split(words_of(where).gettext(message))
    found = [parts.get(text, ".+") if place % 2 else re.escape(text) for place, text in enumerate(texts)]
    return re.compile("".join(found))


def named(where: Where, names: tuple[str, str] | dict[str, Any]) -> str:
    """Return the name, of a Chinese and an English one, or of what has `name_zh` and `name_en`, that a page uses."""
    chinese = language_of(where) == "zh"
    if isinstance(names, dict):
        return str(names["name_zh" if chinese else "name_en"])
    return names[0 if chinese else 1]


def tap(where: Where, message: str, role: Any = "link") -> None:
    """Tap the first link or button whose name begins so, in the page's language."""
    where.get_by_role(role, name=re.compile(f"^{said(where, message).pattern}")).first.click()
