"""What pages ask of services: tried again where that is safe, over within seconds, refusals named."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from services.portal import upstream
from services.portal.inprocess import InProcess
from services.portal.upstream import Away, Refused, Upstream
from shared.errors import NotFound, Unauthorized

Answer = Callable[[httpx.Request], httpx.Response]


class Service:
    """A service that gives its answers one after the other, the last one for ever."""

    def __init__(self, *answers: httpx.Response | type[httpx.TransportError]) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("as it is", request=request)


def asking(service: Service, who: str | None = "somebody") -> Upstream:
    """Return what asks the service under the name of farmers."""
    client = httpx.AsyncClient(transport=httpx.MockTransport(service), base_url="http://farmers")
    return Upstream({"farmers": client}, who)


def ok(body: Any = None) -> httpx.Response:
    """Return an answer."""
    return httpx.Response(200, json=body)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between tries there is a pause; tests need not wait for it."""

    async def no_pause(_seconds: float) -> None:
        return None

    monkeypatch.setattr("services.portal.upstream.asyncio.sleep", no_pause)


@pytest.mark.parametrize(
    "part",
    [
        "..",
        ".",
        "../orders",
        "a/b/../..",
        "x?canteen_id=sch-2",
        "x#y",
        "x%2Fy",
        "",
        " ",
        "\x1b[2J",
        "校",
        "x\\y",
        "http:",
    ],
    ids=repr,
)
async def test_what_is_no_name_of_a_thing_is_asked_of_nobody(part: str) -> None:
    """Whatever stands in a page's address, or in its form: it leads to no other route, and asks for nothing more."""
    service = Service(ok({}))
    services, path = asking(service), f"/meals/{part}"
    asks: list[Callable[[], Awaitable[Any]]] = [
        lambda: services.get("farmers", path),
        lambda: services.get("farmers", f"{path}/lots"),
        lambda: services.post("farmers", f"{path}/corrections", {}, key="k"),
        lambda: services.put("farmers", path, {}),
    ]
    for ask in asks:
        with pytest.raises(NotFound):
            await ask()
    with pytest.raises(NotFound):
        async with services.stream("farmers", path):
            pass
    assert service.asked == []


async def test_services_are_told_from_where_a_person_asks() -> None:
    """Over a network by a header, which they believe of proxies they name; in one process as it is."""
    service, seen = Service(ok({})), []
    client = httpx.AsyncClient(transport=httpx.MockTransport(service), base_url="http://farmers")
    await Upstream({"farmers": client}, "somebody", "192.0.2.9").get("farmers", "/x")
    assert service.asked[0].headers["x-forwarded-for"] == "192.0.2.9"

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    beside = httpx.AsyncClient(transport=InProcess(app), base_url="http://farmers")
    for address in ("192.0.2.9", ""):
        await Upstream({"farmers": beside}, "somebody", address).get("farmers", "/x")
    assert seen == ["192.0.2.9", "127.0.0.1"]


async def test_a_question_brings_the_token_and_leaves_out_what_is_none() -> None:
    """The service knows who asks; a parameter nobody set is not sent."""
    service = Service(ok({"a": 1}))
    assert await asking(service).get("farmers", "/orders", {"day": "2026-11-30", "after": None}) == {"a": 1}
    (request,) = service.asked
    assert request.headers["authorization"] == "Bearer somebody"
    assert str(request.url) == "http://farmers/orders?day=2026-11-30"
    nobody = Service(ok())
    await asking(nobody, None).get("farmers", "/public")
    assert "authorization" not in nobody.asked[0].headers


@pytest.mark.parametrize(
    "fault", [httpx.Response(503), httpx.Response(502), httpx.ConnectError, httpx.RemoteProtocolError]
)
async def test_what_is_read_is_asked_for_again(fault: Any) -> None:
    """A service that restarts is asked twice more; then it is away."""
    service = Service(fault, fault, ok([1]))
    assert await asking(service).get("farmers", "/x") == [1]
    down = Service(fault)
    with pytest.raises(Away) as away:
        await asking(down).get("farmers", "/x")
    assert (len(down.asked), away.value.service, away.value.status) == (upstream.TRIES, "farmers", 503)


async def test_what_took_too_long_is_not_asked_for_again() -> None:
    """Whoever waited eight seconds is told, and the slow service gets no second request."""
    slow = Service(httpx.ReadTimeout)
    with pytest.raises(Away):
        await asking(slow).get("farmers", "/x")
    assert len(slow.asked) == 1


async def test_a_person_waits_for_the_deadline_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tries together take no longer than the deadline."""
    monkeypatch.setattr(upstream, "DEADLINE_S", 0.01)

    class Hanging(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError(request)

    client = httpx.AsyncClient(transport=Hanging(), base_url="http://farmers")
    with pytest.raises(Away):
        await Upstream({"farmers": client}, None).get("farmers", "/x")


@pytest.mark.parametrize("fault", [httpx.Response(503), httpx.ConnectError, httpx.ReadTimeout, httpx.Response(500)])
async def test_what_changes_something_is_asked_once(fault: Any) -> None:
    """Whether it took place is not known, so it is left to the person, whose form keeps its key."""
    service = Service(fault)
    with pytest.raises(Away):
        await asking(service).post("farmers", "/orders/o/accept", {"kg": 1}, key="key-12345")
    (request,) = service.asked
    assert (request.method, request.headers["idempotency-key"]) == ("POST", "key-12345")


async def test_refusals_are_the_services_own() -> None:
    """Rule, field, words and every fault are there for the form; the version is sent as it was shown."""
    told = {
        "rule": "too-late",
        "field": "day",
        "detail": "it is over",
        "title": "Rule broken",
        "errors": [{"field": "day"}],
    }
    service = Service(httpx.Response(422, json=told))
    with pytest.raises(Refused) as refused:
        await asking(service).put("farmers", "/x", {}, version=7)
    assert service.asked[0].headers["if-match"] == '"7"'
    one = refused.value
    assert (one.status, one.rule, one.field, one.errors) == (422, "too-late", "day", [{"field": "day"}])


async def test_a_token_that_is_taken_no_more_leads_to_signing_in() -> None:
    """401 of a service is no refusal of the page."""
    with pytest.raises(Unauthorized):
        await asking(Service(httpx.Response(401, json={"rule": "bad-token"}))).get("farmers", "/x")


@pytest.mark.parametrize("answer", [httpx.Response(404, text="<html>"), httpx.Response(200, text="<html>")])
async def test_what_is_no_answer_of_a_service_is_none(answer: httpx.Response) -> None:
    """A proxy's page is no refusal and no data."""
    with pytest.raises(Away):
        await asking(Service(answer)).get("farmers", "/x")


async def test_lists_are_followed_to_their_end() -> None:
    """Page by page by the cursor; one that is too long for a page is not shown in part."""
    pages = [ok({"items": [1, 2], "next": "2"}), ok({"items": [3], "next": None})]
    service = Service(*pages)
    assert await asking(service).items("farmers", "/lots", {"county_code": "520628"}) == [1, 2, 3]
    assert [request.url.params.get("after") for request in service.asked] == [None, "2"]
    endless = Service(ok({"items": [1] * 10, "next": "10"}))
    with pytest.raises(Away):
        await asking(endless).items("farmers", "/lots", most=25)
    assert len(endless.asked) == 3


async def test_parts_stand_by_themselves() -> None:
    """One service that is away costs its part only; what is refused is the page's matter."""
    services = asking(Service(ok({"orders": 1})))
    told = await services.parts(orders=services.get("farmers", "/orders"), trips=services.get("logistics", "/trips"))
    assert told["orders"] == {"orders": 1}
    assert isinstance(told["trips"], Away)
    assert told["trips"].service == "logistics"
    refusing = asking(Service(httpx.Response(403, json={"rule": "other-tenant"})))
    with pytest.raises(Refused):
        await refusing.parts(one=refusing.get("farmers", "/x"))


async def test_where_services_are() -> None:
    """By a pattern of their names, or each by itself."""
    from shared.settings import Settings

    assert upstream._url_of(Settings(), "farmers") == "http://farmers:8000"
    named = Settings(service_url="nutrition=http://127.0.0.1:8001,farmers=http://127.0.0.1:8002")
    assert upstream._url_of(named, "farmers") == "http://127.0.0.1:8002"
