"""Around every page: forms come from us, what is typed is not lost, refusals are pages, headers are strict."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import Query, Request, Response
from jinja2 import ChoiceLoader, DictLoader

from services.portal.forms import Form, Invalid, fields_of
from services.portal.main import definition
from services.portal.rendering import environment, page
from services.portal.routing import back_to, page_router, page_rule
from services.portal.sessions import usecases
from services.portal.upstream import Asking, Away, Refused, clients_of
from shared.auth.access import Access
from shared.auth.principal import Principal, Role
from shared.messaging.embedded import EmbeddedBus
from tests.api.portal.browser import HTML, FormFound, forms_in, portal_of, send
from tests.people import canteen, clerk
from tests.sessions import SignedIn
from tests.world import World, settings_of

TEMPLATES = {
    "try/form.html": """
{% extends "base.html" %}
{% set title = "Try" %}
{% block content %}{% block fragment %}
{% call(f) ui.form(form) %}
{{ ui.weight(f, "kg", "Weight") }}{{ ui.area(f, "why", "Why") }}{{ ui.bar("Save") }}
{% endcall %}
{% endblock %}{% endblock %}
""",
    "try/parts.html": """
{% extends "base.html" %}
{% set title = "Try" %}
{% block content %}
{% for part in (one, two) %}
{% if part is away %}{{ ui.away(part) }}{% else %}<p>{{ part.said }}</p>{% endif %}
{% endfor %}
{% endblock %}
""",
}
CLERK = clerk("coop-1")
router = page_router(prefix="/try")


@router.get("")
async def try_form(request: Request, day: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Show a form."""
    return page(request, "try/form.html", form=Form.new("/try", {"kg": day and "1"}))


@router.post("")
async def take_form(request: Request, services: Asking) -> Response:
    """Pass a form on."""
    fields = await fields_of(request)
    try:
        grams = fields.kg("kg")
        fields.check()
        await services.post("farmers", "/kept", {"g": grams, "why": fields.text("why")}, key=fields.key)
    except (Invalid, Refused, Away) as refused:
        return page(request, "try/form.html", 422, form=Form.again("/try", fields, refused, {"g": "kg"}))
    return back_to("/try?done")


@router.get("/parts")
async def try_parts(request: Request, services: Asking) -> Response:
    """Show two parts."""
    told = await services.parts(one=services.get("farmers", "/one"), two=services.get("logistics", "/two"))
    return page(request, "try/parts.html", **told)


@router.get("/broken")
async def broken() -> Response:
    """Fail."""
    raise RuntimeError("a fault of ours")


_ROUTES = ("GET /try", "POST /try", "GET /try/parts", "GET /try/broken")
assert definition.access is not None
TRYING = replace(
    definition,
    routers=[router, *definition.routers],
    access=Access([*(page_rule(route, {Role.CLERK}) for route in _ROUTES), *definition.access.rules]),
)


class Farmers:
    """A service that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answer = httpx.Response(200, json={"said": "hello"})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        self.asked.append(request)
        return self.answer


@pytest.fixture
def farmers() -> Farmers:
    """Return what stands for farmers."""
    return Farmers()


@pytest.fixture
async def world(tmp_path: Path, farmers: Farmers) -> AsyncIterator[World]:
    """Return a portal with a page that has a form, and one that has two parts."""
    for language in ("zh", "en"):
        loader = environment(language).loader
        environment(language).loader = ChoiceLoader([DictLoader(TEMPLATES), loader])  # type: ignore[list-item]
    async with World([TRYING], EmbeddedBus(tmp_path / "bus.sqlite"), settings_of(["portal"], tmp_path)) as opened:
        clients = clients_of(opened.services["portal"])
        for name in ("farmers", "logistics"):
            clients[name] = httpx.AsyncClient(transport=httpx.MockTransport(farmers), base_url=f"http://{name}")
        yield opened


def english(world: World, who: Principal = CLERK) -> httpx.AsyncClient:
    """Return a browser that reads English."""
    client = portal_of(world, who)
    client.headers["Accept-Language"] = "en"
    return client


def form_to_try(answer: httpx.Response) -> FormFound:
    """Return the form of a page."""
    (found,) = [each for each in forms_in(answer) if each.action == "/try"]
    return found


async def test_a_form_takes_effect_once_by_its_key(world: World, farmers: Farmers) -> None:
    """What was filled in reaches the service as the user's own request, with the key of the form as it was shown."""
    browser = english(world)
    shown = await browser.get("/try")
    form = form_to_try(shown)
    answers = [await send(browser, shown, "/try", kg="12,5", why="rain") for _ in range(2)]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, "/try?done")] * 2
    assert {request.headers["idempotency-key"] for request in farmers.asked} == {form.fields["_key"]}
    assert all(request.headers["authorization"].startswith("Bearer ") for request in farmers.asked)


async def test_what_is_wrong_is_said_at_its_field(world: World, farmers: Farmers) -> None:
    """A fault of ours or of the service stands at the field it names, tied to it, and what was typed is still there."""
    browser = english(world)
    shown = await browser.get("/try")
    ours = await send(browser, shown, "/try", kg="many", why="rain & <b>wind</b>")
    assert ours.status_code == 422
    assert 'aria-invalid="true" aria-describedby="form-try-kg-error"' in ours.text
    assert '<span class="error" id="form-try-kg-error">Write a number.</span>' in ours.text
    assert "rain &amp; &lt;b&gt;wind&lt;/b&gt;" in ours.text
    farmers.answer = httpx.Response(422, json={"rule": "x", "field": "body.g"})
    theirs = await send(browser, shown, "/try", kg="7", why="rain")
    assert "This cannot be done." in theirs.text
    assert 'value="7" aria-invalid="true"' in theirs.text
    farmers.answer = httpx.Response(500)
    away = await send(browser, theirs, "/try", kg="7", why="rain")
    keys = {
        each.fields["_key"] for answer in (shown, theirs, away) for each in forms_in(answer) if each.action == "/try"
    }
    assert len(keys) == 1, "whether it took effect is not known, so it is sent again by the same key"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
async def test_a_form_of_another_page_is_refused(world: World, farmers: Farmers, headers: dict[str, str]) -> None:
    """A page elsewhere may send a form to us, but it does not come from us and lacks the session's token."""
    answer = await english(world).post("/try", data={"kg": "1", "why": "x"}, headers=headers)
    assert answer.status_code == 403
    assert "This form does not come from a page of ours." in answer.text
    assert farmers.asked == []


async def test_a_token_of_another_session_is_refused(world: World) -> None:
    """Each session has its own; what somebody else's page shows is of no use."""
    portal = world.services["portal"]
    other = usecases.csrf_of(portal, usecases.id_of("another"))
    assert (await english(world).post("/try", data={"kg": "1"}, headers={"X-CSRF-Token": other})).status_code == 403
    own = await english(world).get("/try")
    fields = forms_in(own)[0].fields
    bare = {"kg": "1", "why": "x", "_csrf": fields["_csrf"], "_key": fields["_key"]}
    assert (await english(world).post("/try", data=bare, headers={"Origin": "http://portal"})).status_code == 303


async def test_nothing_typed_is_lost_with_a_session(world: World, farmers: Farmers) -> None:
    """A form that meets an ended session is shown filled in to the same person after signing in, with its key."""
    browser = english(world)
    shown = await browser.get("/try?day=monday")
    key = form_to_try(shown).fields["_key"]
    world.clock.advance(usecases.IDLE)
    left = await send(browser, shown, "/try", kg="33", why="late rain")
    assert (left.status_code, left.headers["location"]) == (303, "/sign-in?back=%2Ftry%3Fday%3Dmonday")
    assert farmers.asked == []
    assert "cloud-kept" in browser.cookies
    again = english(world)
    assert isinstance(again.auth, SignedIn)
    again.auth.begin_anew()
    filled = await again.get("/try?day=monday")
    form = form_to_try(filled)
    assert (form.fields["kg"], form.fields["why"], form.fields["_key"]) == ("33", "late rain", key)
    assert "Nothing is lost" in filled.text
    stranger = english(world, canteen("school-1"))
    stranger.cookies.update(browser.cookies)
    assert "late rain" not in (await stranger.get("/")).text
    assert (await send(again, filled, "/try")).status_code == 303
    assert farmers.asked[-1].headers["idempotency-key"] == key
    assert "cloud-kept" not in again.cookies, "it was sent"


async def test_a_token_that_a_service_takes_no_more_ends_the_session(world: World, farmers: Farmers) -> None:
    """Whoever comes back from signing in has a new session: nobody is sent in circles."""
    browser = english(world)
    shown = await browser.get("/try")
    farmers.answer = httpx.Response(401, json={"rule": "bad-token"})
    left = await send(browser, shown, "/try", kg="33", why="x")
    assert left.headers["location"] == "/sign-in?back=%2Ftry"
    assert "cloud-kept" in browser.cookies
    assert (await browser.get("/try")).status_code == 303


@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
async def test_an_address_that_is_none_leads_home(world: World, header: str) -> None:
    """Whatever a browser says that it came from: who is not signed in is sent to do so, and on to a page of ours."""
    visitor = portal_of(world, None)
    for said, back in (("http://[", "%2F"), ("https://evil.test/try", "%2Ftry"), ("//evil.test", "%2F")):
        answer = await visitor.post("/try", data={"kg": "1"}, headers={header: said})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?back={back}")


@pytest.mark.parametrize(("kind", "sent"), [("multipart/form-data", b""), ("multipart/form-data; boundary=x", b"\xff")])
async def test_a_form_that_nobody_can_read_is_refused(world: World, farmers: Farmers, kind: str, sent: bytes) -> None:
    """A form without its parts is a bad request; there is nothing to keep of it for who has to sign in first."""
    headers = {"Content-Type": kind}
    answer = await portal_of(world, None).post("/try", content=sent, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?back=%2F")
    assert "cloud-kept" not in answer.headers.get("set-cookie", "")
    refused = await english(world).post("/try", content=sent, headers=headers)
    assert refused.status_code == 400
    assert refused.text.rstrip().endswith("</html>")
    assert farmers.asked == []


async def test_a_swap_that_meets_an_ended_session_leaves_for_signing_in(world: World) -> None:
    """htmx is told where to go; it does not put a page for signing in into a part of another."""
    nobody = portal_of(world, None)
    asked = {"HX-Request": "true", "HX-Current-URL": "http://portal/try?day=monday"}
    answer = await nobody.post("/try", data={"kg": "1"}, headers=asked)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?back=%2Ftry%3Fday%3Dmonday")
    page_ = await nobody.get("/try?day=monday")
    assert (page_.status_code, page_.headers["location"]) == (303, "/sign-in?back=%2Ftry%3Fday%3Dmonday")


async def test_refusals_are_pages_for_people_and_problems_for_programs(world: World) -> None:
    """Whoever reads HTML gets a page in their language, a part of one for a swap, everybody else the problem itself."""
    for who, path, status, said in (
        (CLERK, "/nowhere", 404, "There is no such page"),
        (CLERK, "/%2e%2e/x", 404, "There is no such page"),
        (canteen("school-1"), "/try", 403, "for somebody with another task"),
        (CLERK, "/try?day=" + "x" * 99, 422, "not right"),
        (CLERK, "/try/broken", 500, "Something went wrong on our side"),
    ):
        browser = english(world, who)
        answer = await browser.get(path)
        assert (answer.status_code, said in answer.text) == (status, True), answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        part = await browser.get(path, headers={"HX-Request": "true"})
        assert part.status_code == status
        assert said in part.text
        assert "<html" not in part.text
        bare = await browser.get(path, headers={"Accept": "application/json"})
        assert bare.headers["content-type"] == "application/problem+json"
        assert bare.json()["status"] == status


async def test_a_page_stands_while_a_service_is_down(world: World, farmers: Farmers) -> None:
    """The part of the service that is away says so, the other is shown; where all depends on it the page says so."""
    world.away("logistics")
    answer = await english(world).get("/try/parts")
    assert answer.status_code == 200
    assert "<p>hello</p>" in answer.text
    assert "Trips and receipts do not answer at this moment." in answer.text
    farmers.answer = httpx.Response(404, json={"rule": "unknown-order"})
    assert (await english(world).get("/try/parts")).status_code == 404


async def test_pages_let_browsers_load_ours_only(world: World) -> None:
    """No script or style but our files, no frame, no foreign target of a form, nothing kept by caches."""
    headers = (await english(world).get("/try")).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert policy["form-action"] == "'self' http://127.0.0.1:8000"
    assert (policy["frame-ancestors"], policy["base-uri"], policy["object-src"]) == ("'none'",) * 3
    assert (headers["referrer-policy"], headers["cache-control"]) == ("same-origin", "no-store")
    assert "Cookie" in headers["vary"]
    text = (await english(world).get("/try")).text
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick" not in text


async def test_a_language_that_was_chosen_stays(world: World) -> None:
    """`?lang=` turns this page, and a cookie the next ones; the other language is a link away, at the same place."""
    browser = portal_of(world, CLERK)
    chosen = await browser.get("/try?day=monday&lang=en")
    assert '<html lang="en">' in chosen.text
    assert 'href="/try?day=monday&amp;lang=zh"' in chosen.text
    assert '<html lang="en">' in (await browser.get("/try")).text
    assert "cloud-language" not in (await browser.get("/try?lang=klingon")).headers.get("set-cookie", "")


async def test_a_large_body_is_a_page_too(world: World) -> None:
    """What the edge refuses before any route is told to a person in words."""
    answer = await english(world).post("/try", content=b"x" * 2_100_000, headers=HTML)
    assert (answer.status_code, "Go back, what you wrote is still there" in answer.text) == (413, True)
