"""Signing in by the issuer, sessions that hold, are refreshed, and end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.identity.rights import Rights
from services.identity.samples.usecases import make
from services.portal.sessions import queries, usecases
from services.portal.sessions.issuer import issuer_for
from services.portal.upstream import Away
from shared.auth.principal import Role
from tests.api.portal.browser import forms_in, send
from tests.api.portal.county import ADDRESS, COOKIE, County, county
from tests.world import START


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[County]:
    """Return the services with our own issuer and a clerk."""
    async with county(tmp_path) as one:
        yield one


class _Counted(httpx.AsyncBaseTransport):
    """Passes requests to an issuer on and counts those for tokens; while it is `down` none arrives."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.tokens = 0
        self.down = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("it is down", request=request)
        self.tokens += request.url.path.endswith("/token")
        return await self.inner.handle_async_request(request)


def counted(one: County) -> _Counted:
    """Return what counts the tokens a portal asks for from now on."""
    client = issuer_for(one.portal)._client
    client._transport = found = _Counted(client._transport)
    return found


async def test_signing_in_ends_at_the_page_that_was_asked_for(opened: County) -> None:
    """A page asked for without a session leads to the issuer and back to it; the browser gets a cookie and no token."""
    browser = opened.browser()
    left = await browser.get("/sign-in", params={"back": "/nowhere?week=2026-11-30"})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(left.headers["location"]).query).items()}
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == ("S256", f"{ADDRESS}/signed-in")
    arrived = await browser.get(await opened.code_for(browser, left.headers["location"]))
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/nowhere?week=2026-11-30")
    given = [each for each in arrived.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}=")]
    assert len(given) == 1
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in given[0].split(";")}
    person = await opened.person(browser)
    assert person is not None
    assert (person.login, person.roles, person.principal.cooperatives) == (
        "clerk.xiangsui",
        frozenset({Role.CLERK}),
        frozenset({"coop-1"}),
    )
    home = await browser.get("/")
    assert "clerk.xiangsui" in home.text
    assert not any(person.token in text for text in (home.text, str(browser.cookies), str(arrived.headers)))
    async with opened.portal.begin(read_only=True) as uow:
        kept = await queries.by_id(uow.session, person.session_id)
    assert kept is not None
    assert person.token not in str(kept)


async def test_nobody_is_sent_elsewhere(opened: County) -> None:
    """Whatever a link says, signing in ends at a page of ours."""
    for back in ("//evil.example/", "https://evil.example/", "/\\evil.example", "\\evil", "", "x"):
        assert (await opened.sign_in(opened.browser(), back)).headers["location"] == "/", back


async def test_a_code_counts_in_the_browser_that_began(opened: County) -> None:
    """A link with somebody's code signs no other browser in; neither does a forged or repeated one."""
    first, other = opened.browser(), opened.browser()
    left = await first.get("/sign-in")
    await other.get("/sign-in")
    where = await opened.code_for(first, left.headers["location"])
    for browser, link in ((other, where), (opened.browser(), where), (first, "/signed-in?code=x&state=y")):
        answer = await browser.get(link)
        assert answer.status_code == 422
        assert "Begin again" in answer.text
        assert COOKIE not in browser.cookies
    wrong_issuer = where.replace("identity", "elsewhere")
    assert (await first.get(wrong_issuer)).status_code == 422
    assert (await first.get(where)).status_code == 303
    assert (await first.get(where)).status_code == 422


async def test_tokens_are_refreshed_once_for_all_who_wait(opened: County) -> None:
    """When a token is over, two tabs at once get one new one, and it goes on so all morning."""
    browser = await opened.signed_in()
    asked = counted(opened)
    before = await opened.person(browser)
    for round_ in range(1, 4):
        opened.clock.advance(timedelta(minutes=11))
        pages = await asyncio.gather(*(browser.get("/") for _ in range(3)))
        assert all("clerk.xiangsui" in page.text for page in pages)
        assert asked.tokens == round_
    after = await opened.person(browser)
    assert before is not None
    assert after is not None
    assert after.token != before.token


async def test_another_process_refreshes(opened: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes second uses what is still good, or waits for what the first gets, and does not ask itself."""
    browser = await opened.signed_in()
    asked = counted(opened)
    person = await opened.person(browser)
    assert person is not None
    monkeypatch.setattr(usecases, "_LOOK_S", 0.0)

    async def claimed() -> None:
        async with opened.portal.begin() as uow:
            session = await queries.by_id(uow.session, person.session_id)
            assert session is not None
            assert await queries.claim_refresh(uow.session, session, uow.now, uow.now + timedelta(seconds=15))

    opened.clock.advance(timedelta(minutes=9, seconds=30))
    await claimed()
    assert "clerk.xiangsui" in (await browser.get("/")).text
    assert asked.tokens == 0
    opened.clock.advance(timedelta(minutes=5))
    await claimed()
    waiting = await browser.get("/")
    assert waiting.status_code == 503
    assert asked.tokens == 0
    opened.clock.advance(timedelta(seconds=16))
    assert "clerk.xiangsui" in (await browser.get("/")).text, "the other one never came back"
    assert asked.tokens == 1


async def test_an_issuer_that_is_away_ends_no_session(opened: County) -> None:
    """While the token is good nobody notices; then pages say that something is away, and it goes on afterwards."""
    browser = await opened.signed_in()
    asked = counted(opened)
    asked.down = True
    opened.clock.advance(timedelta(minutes=9, seconds=30))
    assert "clerk.xiangsui" in (await browser.get("/")).text
    opened.clock.advance(timedelta(minutes=2))
    away = await browser.get("/")
    assert (away.status_code, "Not at this moment" in away.text) == (503, True)
    asked.down = False
    assert "clerk.xiangsui" in (await browser.get("/")).text


async def test_a_sign_in_that_the_issuer_has_ended_is_over_here(opened: County) -> None:
    """Whoever is locked is out with the next token, and is sent to sign in."""
    browser = await opened.signed_in()
    person = await opened.person(browser)
    assert person is not None
    admin = opened.world.client("identity")
    assert (await admin.post(f"/users/{person.principal.subject}/lock")).is_success
    opened.clock.advance(timedelta(minutes=11))
    assert await opened.person(browser) is None
    assert "Sign in" in (await browser.get("/")).text


@pytest.mark.parametrize("hours", [usecases.IDLE, usecases.LONGEST])
async def test_sessions_end_by_themselves(opened: County, hours: timedelta) -> None:
    """After hours without use, and at the latest after a working day, somebody signs in anew."""
    browser = await opened.signed_in()
    step = timedelta(hours=1)
    if hours == usecases.LONGEST:
        while opened.clock.now() + step < START + hours:
            opened.clock.advance(step)
            assert await opened.person(browser) is not None
        opened.clock.advance(step)
    else:
        opened.clock.advance(hours)
    assert await opened.person(browser) is None
    opened.clock.advance(timedelta(days=2))
    assert await usecases.forget(opened.portal) == 1


async def test_signing_out_ends_both_sides(opened: County) -> None:
    """The cookie opens nothing any more, the issuer asks for the password again, and its tokens are over."""
    browser = await opened.signed_in()
    asked = counted(opened)
    cookie = browser.cookies[COOKIE]
    home = await browser.get("/")
    left = await send(browser, home, "/sign-out")
    assert left.status_code == 303
    assert left.headers["location"].startswith(f"{ADDRESS}/identity/sign-out?")
    back = await browser.get(left.headers["location"])
    assert back.headers["location"] == f"{ADDRESS}/signed-out"
    assert "You are signed out" in (await browser.get(back.headers["location"])).text
    assert await usecases.find(opened.portal, cookie) is None
    assert asked.tokens == 0
    again = await browser.get((await browser.get("/sign-in")).headers["location"])
    assert again.status_code == 200, "the issuer's page, not a code"


async def test_a_forged_cookie_is_nobodys(opened: County) -> None:
    """Whatever a cookie holds, it opens nothing unless we gave it."""
    await opened.signed_in()
    for cookie in ("", "x", "x" * 43, "x" * 5000, "../../etc", "é"):
        answer = await opened.browser().get("/", headers=[(b"Cookie", f"{COOKIE}={cookie}".encode())])
        assert answer.status_code == 200
        assert "Sign out" not in answer.text


async def test_a_token_from_outside_counts_for_nothing(opened: County) -> None:
    """A page is opened by a session only: a bearer token in a header is thrown away."""
    browser = await opened.signed_in()
    person = await opened.person(browser)
    assert person is not None
    bearer = {"Authorization": f"Bearer {person.token}", "Accept": "application/json"}
    assert (await opened.browser().get("/audit/acts", headers=bearer)).status_code == 401
    assert (await browser.get("/audit/acts", headers={"Accept": "application/json"})).status_code == 403


async def test_a_new_sign_in_replaces_the_one_before(opened: County) -> None:
    """A cookie that was there before signing in stands for nobody afterwards."""
    browser = await opened.signed_in()
    before = browser.cookies[COOKIE]
    home = await browser.get("/")
    await make(opened.issuer, {"demo.clerk": Rights((Role.CLERK,), cooperatives=("coop-9",))})
    assert (await browser.post("/samples/demo.clerk", headers=_ours(home))).status_code == 303
    assert browser.cookies[COOKIE] != before
    assert await usecases.find(opened.portal, before) is None


async def test_the_demo_signs_in_by_one_click(opened: County) -> None:
    """The demo's first page offers its sample users; one tap signs in, and it lasts like any session."""
    browser = opened.browser()
    assert forms_in(await browser.get("/")) == []
    refused = await browser.post("/samples/demo.clerk")
    assert refused.status_code == 404
    wanted = {"demo.clerk": Rights((Role.CLERK,), cooperatives=("coop-9",)), "demo.auditor": Rights((Role.AUDITOR,))}
    await make(opened.issuer, wanted)
    welcome = await browser.get("/")
    assert [form.action for form in forms_in(welcome)] == ["/samples/demo.clerk", "/samples/demo.auditor"]
    assert (await send(browser, welcome, "/samples/demo.clerk")).headers["location"] == "/"
    opened.clock.advance(timedelta(hours=3))
    home = await browser.get("/")
    assert "demo.clerk" in home.text
    assert (await browser.post("/samples/clerk.xiangsui", headers=_ours(home))).status_code == 404
    out = await send(browser, await browser.get("/"), "/sign-out")
    assert out.headers["location"] == "/signed-out"


def _ours(page: httpx.Response) -> dict[str, str]:
    (form,) = [each for each in forms_in(page) if each.action == "/sign-out"]
    return {"X-CSRF-Token": form.fields["_csrf"]}


async def test_a_wait_that_is_too_long_is_said(opened: County) -> None:
    """Nobody signs in while the issuer is away: the page says so and is no failure of ours."""
    counted(opened).down = True
    answer = await opened.browser().get("/sign-in")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    with pytest.raises(Away):
        await issuer_for(opened.portal).refresh("x")
