"""Everything that pages say is there in every language."""

from pathlib import Path

import pytest

from services.portal import languages
from services.portal.languages import CATALOGS, PSEUDO, language_of, stretched, words
from services.portal.po import read
from tools import words as tool

FEWEST = 90
"""Sentences there are at least: where fewer are found it is the search that is wrong."""


def test_every_sentence_is_in_every_language() -> None:
    """What is said is translated in each slice that says it, not in doubt, with the same placeholders."""
    wanted = tool.said()
    assert sum(map(len, wanted.values())) >= FEWEST
    assert {"common", "home", "sessions"} <= wanted.keys()
    assert [fault for language in CATALOGS for fault in tool.faults(language, wanted)] == []


@pytest.mark.parametrize("language", CATALOGS)
def test_catalogs_read_as_gettext_reads_them(language: str) -> None:
    """Our reader of catalogs finds what Babel's finds, and neither finds a sentence in doubt."""
    from babel.messages.pofile import read_po

    for file in sorted((languages.LOCALES / CATALOGS[language]).glob("*.po")):
        ours = {each.key: tuple(each.told) for each in read(file.read_text("utf-8"))}
        with file.open("rb") as text:
            theirs = {
                (each.context, each.id if isinstance(each.id, str) else each.id[0]): (
                    (each.string,) if isinstance(each.string, str) else tuple(each.string or ())
                )
                for each in read_po(text, locale=CATALOGS[language])
                if each.id
            }
        assert ours == theirs
        assert not any(each.fuzzy for each in read(file.read_text("utf-8")))


def test_what_po_files_may_hold() -> None:
    """Contexts, plurals, lines that are continued, comments and doubts are read; what is no catalog is refused."""
    text = """
    # a comment
    #, fuzzy
    msgctxt "list"
    msgid ""
    "to "
    "open"
    msgstr "öffnen"

    msgid "{n} order"
    msgid_plural "{n} orders"
    msgstr[0] "一"
    msgstr[1] "二"
    """
    first, second = read(text)
    assert (first.context, first.one, first.told, first.fuzzy) == ("list", "to open", ["öffnen"], True)
    assert (second.one, second.many, second.told, second.fuzzy) == ("{n} order", "{n} orders", ["一", "二"], False)
    for wrong in ("msgid no quotes", 'msgfoo "x"', '"before everything"'):
        with pytest.raises(ValueError, match="line 1"):
            read(wrong)


@pytest.mark.parametrize(
    ("asked", "cookie", "accepted", "language"),
    [
        ("en", "zh", "zh", "en"),
        (None, "en", "zh", "en"),
        (None, None, "en-GB,en;q=0.9,zh;q=0.8", "en"),
        (None, None, "zh-Hans-CN", "zh"),
        (None, None, "zh-TW,en;q=0.1", "zh"),
        (None, None, "de, en;q=0.5, zh;q=0.7", "zh"),
        (None, None, "en;q=0, fr", "zh"),
        (None, None, "", "zh"),
        ("xh", "klingon", ";;;q=q,,", "zh"),
    ],
)
def test_which_language_a_page_is_in(asked: str | None, cookie: str | None, accepted: str, language: str) -> None:
    """What was asked for counts first, then what was chosen before, then the browser, and at the end Chinese."""
    assert language_of(asked, cookie, accepted) == language


SAID_OTHERWISE = {"千克": "公斤", "千米": "公里", "公尺": "米"}
"""Words for what has one, and the one that kitchens, cooperatives and drivers use."""


def test_weights_and_ways_have_one_word_in_chinese() -> None:
    """Pages, reasons, papers and messages of all services call a kilogram 公斤 and a kilometre 公里."""
    root = Path(__file__).parents[3]
    files = [
        file
        for folder in ("services", "shared", "data")
        for file in (root / folder).rglob("*")
        if file.suffix in {".py", ".html", ".po", ".js", ".json", ".csv"} and "node_modules" not in file.parts
    ]
    texts = {str(file.relative_to(root)): file.read_text("utf-8") for file in files}
    assert sum("公斤" in text for text in texts.values()) >= 10
    said = [f"{file}: {word}" for file, text in texts.items() for word in SAID_OTHERWISE if word in text]
    assert said == []


def test_plurals_and_what_is_missing() -> None:
    """Chinese has one form; what nobody translated is shown in English rather than not at all."""
    one = languages.Words("en", read('msgid "{n} order"\nmsgid_plural "{n} orders"\nmsgstr[0] "a"\nmsgstr[1] "{n} b"'))
    assert (one.ngettext("{n} order", "{n} orders", 1), one.ngettext("{n} order", "{n} orders", 2)) == ("a", "2 b")
    zh = languages.Words("zh", read('msgid "{n} order"\nmsgid_plural "{n} orders"\nmsgstr[0] "{n} 单"'))
    assert [zh.ngettext("{n} order", "{n} orders", n) for n in (1, 2)] == ["1 单", "2 单"]
    assert (zh.gettext("unheard of"), zh.ngettext("{n} x", "{n} xs", 3)) == ("unheard of", "3 xs")


def test_the_pseudo_language_brackets_and_lengthens() -> None:
    """Placeholders stay what they are, so that pages of it can be made; it is nobody's by accident."""
    assert words(PSEUDO).gettext("Close {name}") == "⟦Clöoséé {name}⟧".replace("öo", "öö")
    assert stretched("a").startswith("⟦")
    assert language_of(None, None, PSEUDO) == "zh"
