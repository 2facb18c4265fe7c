"""Pages out of templates: Jinja2 that escapes everything and refuses what is not defined, an environment per language.

Every template has: `_`, `ngettext`, `pgettext`, the formats of the language (`yuan`, `kg`, `grams`, `jin`, `day`, …),
`asset`, `ui` (the macros of `templates/parts/`), `page` (who reads it and where), `is away` and `is refused`.
"""

import hashlib
import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.portal import languages, slices
from services.portal.assets import asset
from services.portal.charts import CHARTS
from services.portal.formats import Formats, machine_time
from services.portal.forms import CSRF_FIELD, KEY_FIELD, PAGE_FIELD, Form, typed_kg
from services.portal.languages import N_
from services.portal.navigation import Entry, entries_for
from services.portal.reasons import reread
from services.portal.upstream import Away

if TYPE_CHECKING:
    from jinja2 import Environment

    from services.portal.sessions.keeping import KeptForm
    from services.portal.sessions.usecases import Person

TEMPLATES = Path(__file__).parent / "templates"
_KEPT = N_("You had been signed out when you sent this. Nothing is lost: look at it, and send it again.")
FRAGMENT = "fragment"
"""The block of a template that answers htmx, where it has one."""


@dataclass(frozen=True)
class Page:
    """The page that is made at this moment: who reads it, in which language, at which path."""

    language: str
    path: str
    address: str
    person: "Person | None" = None
    is_fragment: bool = False
    entries: list[Entry] = field(default_factory=list)
    kept: "KeptForm | None" = None

    @property
    def who(self) -> str:
        """Return what names the user to scripts of this browser, and to nobody else."""
        if self.person is None:
            return ""
        return hashlib.sha256(f"who {self.person.principal.subject}".encode()).hexdigest()[:16]

    def filled(self, form: Form) -> Form:
        """Return a form, with what was typed before the session ended if it was this one."""
        if self.kept is None or self.kept.action != form.action:
            return form
        return Form(form.action, self.kept.values, fault=_KEPT, key=self.kept.key)

    @property
    def tag(self) -> str:
        """What browsers are told of the language."""
        return languages.TAGS[self.language]

    @property
    def csrf(self) -> str:
        """What forms must bring back; empty for nobody."""
        return "" if self.person is None else self.person.csrf

    def other_languages(self) -> list[tuple[str, str, str]]:
        """Return the languages this page is not in: their tags, names, and where this page is in them."""
        others = [each for each in languages.CATALOGS if each != self.language]
        joint = "&" if "?" in self.address else "?"
        return [(languages.TAGS[one], languages.NAMES[one], f"{self.address}{joint}lang={one}") for one in others]


_present: ContextVar[Page] = ContextVar("page")


class _Present:
    """Stands in templates for the page that is made: macros know it without being told."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_present.get(), name)


def page_of(request: Request) -> Page:
    """Return what a page needs to know of its request."""
    person: Person | None = getattr(request.state, "person", None)
    query = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "lang"])
    return Page(
        language=getattr(request.state, "language", languages.DEFAULT),
        path=request.url.path,
        address=f"{request.url.path}?{query}" if query else request.url.path,
        person=person,
        is_fragment=request.headers.get("hx-request") == "true",
        kept=getattr(request.state, "kept", None),
        entries=[] if person is None else entries_for(person.roles, slices.entries()),
    )


def page(
    request: Request, template: str, /, status: int = 200, headers: dict[str, str] | None = None, **told: Any
) -> HTMLResponse:
    """Return a page; htmx gets the template's block `fragment` alone, where it has one."""
    made = page_of(request)
    token = _present.set(made)
    try:
        found = environment(made.language).get_template(template)
        if made.is_fragment and FRAGMENT in found.blocks:
            context = found.new_context(told)
            body = "".join(found.blocks[FRAGMENT](context))
        else:
            body = found.render(told)
    finally:
        _present.reset(token)
    return HTMLResponse(body, status, headers)


@cache
def environment(language: str) -> "Environment":
    """Return the templates of one language, made once."""
    # Here, because who starts a service need not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    words = languages.words(language)
    made.globals |= {
        "_": words.gettext,
        "gettext": words.gettext,
        "ngettext": words.ngettext,
        "pgettext": words.pgettext,
        "page": _Present(),
        "asset": asset,
        "csrf_field": CSRF_FIELD,
        "key_field": KEY_FIELD,
        "page_field": PAGE_FIELD,
        "new_form": Form.new,
        "in_field": typed_kg,
        "machine_time": machine_time,
        "filled": lambda form: _present.get().filled(form),
        **CHARTS,
        **_written(Formats(language)),
    }
    made.tests["away"] = lambda part: isinstance(part, Away)
    made.tests["kept"] = lambda form: form.fault == _KEPT
    made.filters["apply"] = lambda value, write: write(value)
    made.filters["reread"] = lambda reason: reread(reason, language)
    made.filters["as_json"] = lambda value: json.dumps(value, ensure_ascii=False)
    made.globals["ui"] = _macros(made)
    return made


def _written(formats: Formats) -> dict[str, Any]:
    return {name: getattr(formats, name) for name in dir(formats) if not name.startswith("_")}


def _macros(made: "Environment") -> SimpleNamespace:
    """Return the macros of all parts under one name, so that pages need import nothing."""
    found = SimpleNamespace()
    made.globals["ui"] = found  # parts use one another
    for file in sorted((TEMPLATES / "parts").glob("*.html")):
        for name, value in vars(made.get_template(f"parts/{file.name}").module).items():
            if not name.startswith("_"):
                setattr(found, name, value)
    return found
