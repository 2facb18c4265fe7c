"""A tiny portal for tests of what every page loads: one page with forms, and a server that counts what it takes."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from jinja2 import ChoiceLoader, DictLoader

from services.portal import assets
from services.portal.forms import Form, fields_of
from services.portal.offline import pages as offline
from services.portal.offline.answers import shown_again, taken
from services.portal.rendering import environment, page
from services.portal.sessions.usecases import Person
from shared.problems import add_problem_handlers, problem
from tests.people import driver

TODAY, OTHER = "2026-11-23", "2026-11-24"
"""The days that the two pages of one name are of."""
PAGE = """{% extends "base.html" %}
{% set title = "校门收货" if page.language == "zh" else "At the gate" %}
{% block scripts %}
<script type="module" src="{{ asset('light.js') }}" data-outbox="{{ asset('outbox.js') }}"></script>
{% endblock %}
{% block content %}
<p data-offline="/other">{{ stand }}</p>
<time datetime="{{ day }}">{{ day }}</time>
{% call(f) ui.form(arrive, {"data-outbox": "arrive-1", "data-outbox-label": "到达一小"}) %}
<button>到达</button>
{% endcall %}
{% set named = {"data-outbox": "", "data-outbox-label": "白菜", "enctype": "multipart/form-data"} %}
{% call(f) ui.form(weigh, named) %}
{{ ui.weight(f, "kg", "公斤") }}
{{ ui.photo(f, "photo", "照片") }}
{{ ui.bar("保存") }}
{% endcall %}
{% endblock %}
"""
SWAPS = """{% extends "base.html" %}
{% set title = "改菜单" %}
{% block content %}
<button data-opens="more">打开</button>
{% call ui.dialog("more", "更多") %}<p>内容</p>{% endcall %}
<div id="part">
{% block fragment %}
<form method="post" action="/swap" hx-post="/swap" hx-target="#part" id="swap">
{{ ui.hidden() }}
{{ ui.field(form, "name", "菜名") }}
<button id="save" class="primary">保存</button>
</form>
<p data-announce>已存 {{ saves }} 次</p>
{% endblock %}
</div>
{% endblock %}
"""


@dataclass
class Gate:
    """The server's side: what it took, by key; how it treats the next requests."""

    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    photos: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    lose: int = 0
    """Answers that are lost on the way, after the record was taken."""
    refuse: bool = False
    signed_out: bool = False
    swaps: int = 0

    @property
    def kg(self) -> list[str]:
        """What was weighed, in the order it was taken."""
        return [said["kg"] for said in self.taken.values() if "kg" in said]

    async def weigh(self, request: Request, action: str) -> Response:
        """Take a record as a service does: a key counts once."""
        fields = await fields_of(request)
        self.asked.append(fields.key)
        if self.signed_out:
            return problem(401, "Not signed in", "no-token", "nobody")
        if self.refuse:
            form = Form(action, fields.values, {"kg": "Write a number."}, key=fields.key)
            return shown_again(request, "toolkit.html", form, arrive=form, weigh=form, stand="", day=TODAY)
        self.taken.setdefault(fields.key, fields.values)
        if self.lose > 0:
            self.lose -= 1
            return StreamingResponse(_broken(), media_type="application/json")
        return taken(request, "/gate")


async def _broken() -> AsyncIterator[bytes]:
    yield b'{"state": '
    raise ConnectionResetError


def _shown(request: Request, stand: str, day: str) -> Response:
    """Show the page with nothing in its forms."""
    arrive, weigh = Form.new("/arrive"), Form.new("/weigh")
    return page(request, "toolkit.html", arrive=arrive, weigh=weigh, stand=stand, day=day)


def tiny_portal(gate: Gate) -> FastAPI:
    """Return the app: its pages are rendered as the portal's are."""
    app = FastAPI()
    add_problem_handlers(app)
    person = Person("session", "demo.driver", driver("drv-1"), "", "a-token")

    @app.middleware("http")
    async def known(request: Request, call_next: Any) -> Response:
        request.state.language = "en" if request.headers.get("accept-language", "").startswith("en") else "zh"
        request.state.person = None if request.url.path == "/offline" else person
        request.state.kept = None
        response: Response = await call_next(request)
        response.headers["Content-Security-Policy"] = "default-src 'self'; img-src 'self' data: blob:"
        return response

    @app.get("/gate")
    async def show(request: Request) -> Response:
        stand = f"{len(gate.kg)} 次称重" if request.state.language == "zh" else f"{len(gate.kg)} weighed"
        return _shown(request, stand, TODAY)

    @app.get("/livez")
    async def livez() -> None:
        return None

    @app.get("/other")
    async def other(request: Request) -> Response:
        return _shown(request, "other", OTHER)

    @app.post("/weigh")
    async def weigh(request: Request) -> Response:
        return await gate.weigh(request, "/weigh")

    @app.post("/arrive")
    async def arrive(request: Request) -> Response:
        return await gate.weigh(request, "/arrive")

    @app.post("/weigh/photos")
    async def keep_photo(request: Request) -> Response:
        fields = await fields_of(request)
        photo = fields.file("photo")
        assert photo is not None
        if fields.key not in gate.taken:
            gate.taken[fields.key] = {"photo": json.dumps(fields.values)}
            gate.photos.append(await photo.read())
        await request.close()
        return JSONResponse({"state": "kept"})

    @app.get("/swap")
    @app.post("/swap")
    async def swap(request: Request) -> Response:
        gate.swaps += request.method == "POST"
        fields = await fields_of(request)
        wrong = request.method == "POST" and not fields.values.get("name", "").strip(" x")
        form = Form("/swap", fields.values, {"name": "This is needed."} if wrong else {}, key=fields.key)
        return page(request, "swaps.html", status=422 if wrong else 200, form=form, saves=gate.swaps)

    app.get("/static/{name}")(assets.get_asset)
    app.get("/worker.js")(assets.get_worker)
    app.get("/offline")(offline.show_offline)
    return app


@contextmanager
def toolkit_pages() -> Iterator[None]:
    """Let the portal's environment of templates know the tiny portal's pages, for the length of a block."""
    own = DictLoader({"toolkit.html": PAGE, "swaps.html": SWAPS})
    environments = [environment(language) for language in ("zh", "en")]
    loaders = [each.loader for each in environments]
    for each in environments:
        each.loader = ChoiceLoader([own, *([each.loader] if each.loader else [])])
    try:
        yield
    finally:
        for each, loader in zip(environments, loaders, strict=True):
            each.loader = loader
