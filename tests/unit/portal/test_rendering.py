"""Templates say everything in words that are translated, and macros are what docs/portal.md promises."""

import re
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI, Request
from jinja2 import ChoiceLoader, DictLoader

from services.portal import rendering
from services.portal.forms import Form
from services.portal.languages import PSEUDO
from services.portal.rendering import environment, page
from services.portal.upstream import Away

EVERYTHING = """
{% extends "base.html" %}
{% set title = _("What is next") %}
{% block content %}
{{ ui.status("ok", 1) }}{{ ui.money(1250) }}{{ ui.on_day("2026-11-30") }}{{ ui.at("2026-11-30T06:00:00Z") }}
{{ ui.at_time("2026-11-30T06:00:00Z") }}
{{ ui.icon("truck") }}
{{ ui.facts([(1, 2)]) }}{{ ui.notice("warn", 3, news=True) }}
{{ ui.empty(4, "/", 5) }}{{ ui.away(part) }}
{% call(f) ui.form(form, {"hx-post": "/a"}) %}
{{ ui.field(f, "a", 1, hint=2, unit=3) }}{{ ui.weight(f, "b", 1) }}{{ ui.area(f, "c", 1) }}
{{ ui.choice(f, "d", 1, [("x", 2), (3, 3)]) }}{{ ui.chips(f, "e", 1, [("x", 2)]) }}
{{ ui.check(f, "g", 1) }}{{ ui.photo(f, "h", 1) }}
{% call ui.bar(1) %}<a href="/">2</a>{% endcall %}{% endcall %}
{{ ui.act(new_form("/b", {"n": 1}), 1, "danger") }}
{% call ui.dialog("d1", 1, show=True, must_answer=True) %}2{% endcall %}
{% call ui.table(1, "as-cards") %}<tbody><tr><td>1</td></tr></tbody>{% endcall %}
{{ ui.progress("p1", 1, 2, 3, "/p", new_form("/c")) }}{{ ui.progress("p2", 1) }}
{{ ui.next_page("/?after=1") }}{{ ui.next_page(None) }}
{{ ui.card_link("/", 1, 2, "dish") }}
{{ ui.bar_chart("c1", 1, 2, [1, 2], [10, 20], line=15, line_label=3) }}
{{ ui.stacked_chart("c2", 1, 2, [1, 2], [3, 4], [[1, 2], [3, 4]], write=kg) }}
{{ ui.line_chart("c3", 1, 2, [1, 2, 3], [1, None, 3], line=2, line_label=3) }}
{{ ui.gauge("c4", 1, 5, 10, 2, "ok") }}{{ ui.sparkline("c5", 1, [1, 2, 3]) }}
{% endblock %}
"""


class _Texts(HTMLParser):
    """Takes what a person reads: texts, and attributes that are said."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._quiet = 0
        self.ids: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what is said of an element."""
        told = dict(attrs)
        self._quiet += tag in ("script", "style") or ("lang" in told and tag == "a")
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.found += [str(told[name]) for name in ("aria-label", "alt", "title", "placeholder") if told.get(name)]
        if tag not in ("meta", "link", "input", "line", "rect", "path", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element; elements end in the order they began."""
        if tag in ("line", "rect", "path", "polyline"):
            return
        assert self.open.pop() == tag, (tag, self.open)
        self._quiet -= bool(self._quiet) and tag in ("script", "style", "a")

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if data.strip() and not self._quiet:
            self.found.append(data.strip())


def texts_of(html: str) -> _Texts:
    """Return what a person reads on a page; ids are unique, elements nest."""
    texts = _Texts()
    texts.feed(html)
    assert texts.open == [], "something is not closed"
    assert len(texts.ids) == len(set(texts.ids)), "an id stands twice"
    return texts


def request_for(language: str, path: str = "/x") -> Request:
    """Return a request of nobody."""
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "app": FastAPI()}
    scope |= {"server": ("portal", 80), "scheme": "http", "root_path": "", "state": {"language": language}}
    return Request(scope)


@pytest.mark.parametrize("language", ["zh", "en", PSEUDO])
def test_every_macro_in_every_language(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each macro makes whole elements with ids of their own; nothing is said that is not translated."""
    monkeypatch.setattr(rendering, "asset", str)
    made = environment(language)
    monkeypatch.setitem(made.globals, "asset", str)
    assert made.loader is not None
    monkeypatch.setattr(made, "loader", ChoiceLoader([DictLoader({"everything.html": EVERYTHING}), made.loader]))
    form = Form("/a", {"a": "<&>", "d": "x"}, {"a": "Write a number."}, fault="This cannot be done.", key="k-1")
    answer = page(request_for(language), "everything.html", part=Away("logistics"), form=form)
    html = bytes(answer.body).decode()
    texts = texts_of(html)
    assert "&lt;&amp;&gt;" in html
    assert not re.search(r"<(script(?! type=\"module\" src)|style)|\bon\w+=|style=|javascript:", html)
    if language == PSEUDO:
        bare = [text for text in texts.found if "⟦" not in text and re.search(r"[A-Za-z]{3}", text)]
        assert [text for text in bare if not re.match(r"(Mon|Tue) \d", text)] == [], "not translated"


def test_what_is_not_there_is_no_empty_text() -> None:
    """A name that is misspelt fails where it stands."""
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        environment("en").from_string("{{ order.kilos }}").render(order={})
    with pytest.raises(UndefinedError):
        environment("en").from_string("{{ nobody }}").render()


MESSAGES = frozenset({"problem.html", "feedback/thanks.html", "sessions/signed_out.html"})
"""Pages that are one sentence themselves."""


def test_every_page_has_a_help_line() -> None:
    """A new user finds the next step without a manual: below its title a page says what is done there."""
    sources = {
        str(each.relative_to(rendering.TEMPLATES)): each.read_text() for each in rendering.TEMPLATES.rglob("*.html")
    }
    pages = {name for name, source in sources.items() if '{% extends "base.html" %}' in source}
    helped = {name for name in pages if re.search(r"{% set help = .*_\(", sources[name])}
    assert len(pages) > 40
    assert pages - helped == MESSAGES
