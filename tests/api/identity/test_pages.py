"""Our pages: nothing runs on them, nothing gets into them, and they can be used by everybody."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from tests.api.identity.issuer import ADDRESS, CLERK, PORTAL, Attempt, Issuer, fields_in, password_of, told
from tests.world import ok

EVIL = '"><script>alert(1)</script>'


class Reader(HTMLParser):
    """Reads a page: what labels are for, what fields there are, which tags and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.labels: set[str] = set()
        self.fields: set[str] = set()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        said = dict(attrs)
        self.tags.add(tag)
        self.attributes |= said.keys()
        if tag == "html":
            self.language = said["lang"] or ""
        elif tag == "label":
            self.labels.add(said["for"] or "")
        elif tag == "input" and said.get("type") != "hidden":
            self.fields.add(said["id"] or "")


@pytest.mark.parametrize(("language", "words"), [("zh-CN,zh;q=0.9", "登录"), ("en-GB", "Sign in"), ("fr", "登录")])
async def test_the_page_speaks_the_browsers_language(issuer: Issuer, language: str, words: str) -> None:
    """Chinese first, English for who prefers it, and a link to the other; every field has its label."""
    page = await issuer.browser.get("/authorize", params=Attempt().query(), headers={"Accept-Language": language})
    read = Reader(page.text)
    assert f"<h1>{words}</h1>" in page.text
    assert read.language == ("en" if words == "Sign in" else "zh-CN")
    assert read.labels == read.fields == {"login", "password"}
    assert "viewport" in page.text
    (other,) = re.findall(r'<a href="([^"]+)"', page.text)
    switched = await issuer.browser.get(f"/{other.replace('&amp;', '&')}", headers={"Accept-Language": language})
    assert Reader(switched.text).language != read.language
    assert told(await issuer.sign_in())["state"] == "s-1"


async def test_nothing_runs_on_a_page(issuer: Issuer) -> None:
    """No script, no frame, nothing from elsewhere: by policy, and because there is none; forms lead to us only."""
    page = await issuer.ask(Attempt())
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith(f"; form-action 'self' {PORTAL}; frame-ancestors 'none'; base-uri 'none'")
    assert (page.headers["x-frame-options"], page.headers["x-content-type-options"]) == ("DENY", "nosniff")
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "same-origin")
    read = Reader(page.text)
    assert not read.tags & {"script", "iframe", "img", "link", "object", "svg"}
    assert not [name for name in read.attributes if name.startswith("on") or name in ("src", "style")]


async def test_what_is_sent_in_is_shown_as_text(issuer: Issuer) -> None:
    """Whatever stands in a request is text on the page, never part of it."""
    for more in ({"state": EVIL}, {"login_hint": EVIL}, {"ui_locales": EVIL}, {"nonce": EVIL}, {"client_id": EVIL}):
        assert "<script" not in (await issuer.ask(Attempt(more=more))).text
    page = await issuer.ask(Attempt())
    said = fields_in(page.text) | {"login": EVIL, "password": "x"}
    assert "<script" not in (await issuer.browser.post("/sign-in", data=said)).text
    for path in ("/password", "/sign-out"):
        assert "<script" not in (await issuer.browser.get(path, params={"link": EVIL, "state": EVIL})).text
    back = told(await issuer.sign_in(Attempt(more={"state": EVIL})))
    assert back["state"] == EVIL


async def test_a_form_of_somebody_else_is_refused(issuer: Issuer) -> None:
    """Without our cookie, with another browser's form, or sent from another page, nobody is signed in."""
    page = await issuer.ask(Attempt())
    said = fields_in(page.text) | {"login": CLERK, "password": password_of(CLERK)}
    strange = issuer.new_browser()
    assert (await strange.post("/sign-in", data=said)).status_code == 400
    await issuer.ask(Attempt(), strange)
    assert (await strange.post("/sign-in", data=said)).status_code == 400
    for origin in ("https://elsewhere.example", "null", f"{ADDRESS}.elsewhere.example"):
        answer = await issuer.browser.post("/sign-in", data=said, headers={"Origin": origin})
        assert answer.status_code == 400
    assert (await issuer.browser.post("/sign-in", data=said | {"form": "x"})).status_code == 400
    answer = await issuer.browser.post("/sign-in", data=said, headers={"Origin": ADDRESS})
    assert answer.status_code == 303


async def test_a_form_cannot_lead_elsewhere(issuer: Issuer) -> None:
    """The request that stands in the form is read anew: changed, it leads nowhere but to a registered address."""
    page = await issuer.ask(Attempt())
    said = fields_in(page.text) | {"login": CLERK, "password": password_of(CLERK)}
    elsewhere = said["request"].replace("portal.example", "elsewhere.example")
    answer = await issuer.browser.post("/sign-in", data=said | {"request": elsewhere})
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    weaker = said["request"].replace("S256", "plain")
    assert told(await issuer.browser.post("/sign-in", data=said | {"request": weaker}))["error"] == "invalid_request"


async def test_cookies_are_ours_alone(issuer: Issuer) -> None:
    """No script reads them, no other site sends them along; who signs in gets another than before."""
    page = await issuer.ask(Attempt())
    assert re.fullmatch(r"cloud-form=[\w-]{43}; HttpOnly; Path=/; SameSite=strict", page.headers["set-cookie"])
    cookies = []
    for _ in range(2):
        back = await issuer.sign_in(Attempt(more={"prompt": "login"}))
        cookies.append(back.headers["set-cookie"])
        assert re.fullmatch(r"cloud-sign-in=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookies[-1])
    assert cookies[0] != cookies[1]
    planted = issuer.new_browser()
    planted.cookies.set("cloud-sign-in", "planted-by-somebody-who-waits-for-a-sign-in")
    back = await issuer.sign_in(browser=planted)
    assert "planted" not in back.headers["set-cookie"]


async def test_signing_out_ends_tokens(issuer: Issuer) -> None:
    """A client that brings the id token signs out at once and is sent where it is registered; its tokens end."""
    given = await issuer.tokens()
    query = {"id_token_hint": given["id_token"], "post_logout_redirect_uri": f"{PORTAL}/bye", "state": "s-2"}
    answer = await issuer.browser.get("/sign-out", params=query)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PORTAL}/bye?state=s-2")
    assert (await issuer.refresh(given["refresh_token"])).status_code == 400
    assert (await issuer.ask(Attempt())).status_code == 200


async def test_signing_out_leads_to_no_strange_place(issuer: Issuer) -> None:
    """Without the client's id token, or with an address that is not registered, nobody is sent anywhere."""
    given = await issuer.tokens()
    elsewhere = {"post_logout_redirect_uri": "https://elsewhere.example/"}
    for hint in ("nonsense", given["access_token"], given["id_token"][:-4] + "AAAA", "eyJhbGciOiJub25lIn0.e30."):
        asked = await issuer.browser.get("/sign-out", params={"id_token_hint": hint} | elsewhere)
        assert (asked.status_code, "<form" in asked.text) == (200, True)
    assert (await issuer.refresh(given["refresh_token"])).status_code == 200
    answer = await issuer.browser.get("/sign-out", params={"id_token_hint": given["id_token"]} | elsewhere)
    assert (answer.status_code, "location" in answer.headers) == (200, False)


async def test_a_person_is_asked_before_signing_out(issuer: Issuer) -> None:
    """A link alone signs nobody out: there is a question, and its form is ours."""
    given = await issuer.tokens()
    page = await issuer.browser.get("/sign-out")
    assert (await issuer.new_browser().post("/sign-out", data=fields_in(page.text))).status_code == 303
    assert "code" in told(await issuer.ask(Attempt()))
    assert (await issuer.browser.post("/sign-out", data=fields_in(page.text))).status_code == 200
    assert (await issuer.ask(Attempt())).status_code == 200
    assert (await issuer.refresh(given["refresh_token"])).status_code == 400


async def test_a_password_is_set_once_by_its_link(issuer: Issuer) -> None:
    """A link shows whose it is, refuses what others guess, is over after three days, and ends with the next link."""
    user = await ok(
        await issuer.admin.post("/users", json={"login": "kitchen", "roles": ["canteen"], "canteens": ["sch-1"]})
    )
    path = f"/users/{user['user_id']}/links"
    first = (await ok(await issuer.admin.post(path)))["link"]
    link = (await ok(await issuer.admin.post(path)))["link"]
    assert (await issuer.browser.get(first)).status_code == 404
    page = await issuer.browser.get(link)
    assert "kitchen" in page.text
    assert Reader(page.text).labels == Reader(page.text).fields == {"password", "again"}
    for password, again in (
        ("short", "short"),
        ("1234567890", "1234567890"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa"),
        ("kitchen-2026", "kitchen-2026"),
        ("password123", "password123"),
        ("x" * 201, "x" * 201),
        ("a long sentence", "another sentence"),
    ):
        answer = await issuer.set_password(link, password, again)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
        assert password not in answer.text
    assert (await issuer.set_password(link, "ｆｕｌｌ－ｗｉｄｔｈ　ｌｅｔｔｅｒｓ")).status_code == 200
    assert (await issuer.sign_in(login="Kitchen ", password="full-width letters")).status_code == 303
    late = (await ok(await issuer.admin.post(path)))["link"]
    issuer.world.clock.advance(timedelta(hours=72))
    assert (await issuer.set_password(late, "a long sentence")).status_code == 404
    assert (await issuer.admin.post(path, headers={"Idempotency-Key": "k"})).json()["rule"] == "answer-not-kept"
