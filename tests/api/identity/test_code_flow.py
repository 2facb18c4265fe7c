"""Signing in by authorization code and PKCE, from the page to the tokens."""

import asyncio
import hashlib
from datetime import timedelta
from urllib.parse import urlencode

import jwt

from tests.api.acts import acts_of
from tests.api.identity.issuer import (
    ADDRESS,
    BACK,
    CLERK,
    PORTAL,
    Attempt,
    Issuer,
    fields_in,
    oauth_refused,
    password_of,
    told,
)
from tests.world import ok


async def test_a_clerk_signs_in_and_gets_tokens(issuer: Issuer) -> None:
    """The page leads back with a code, the code gives an access token with the clerk's rights, and an id token."""
    attempt = Attempt()
    back = await issuer.sign_in(attempt)
    assert back.headers["location"].startswith(f"{BACK}?")
    said = told(back)
    assert (said["state"], said["iss"]) == ("s-1", ADDRESS)
    answer = await issuer.exchange(said["code"], attempt.verifier)
    assert answer.headers["cache-control"] == "no-store"
    tokens = await ok(answer)
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 600, "openid profile")
    user = await issuer.user(CLERK)
    access = await issuer.verified(tokens["access_token"])
    assert jwt.get_unverified_header(tokens["access_token"])["typ"] == "at+jwt"
    assert (access["sub"], access["client_id"], access["exp"] - access["iat"]) == (user["user_id"], "portal", 600)
    assert (access["roles"], access["cooperatives"]) == (["clerk"], ["coop-1", "coop-2"])
    assert access["counties"] == access["canteens"] == access["drivers"] == []
    said_to_portal = await issuer.verified(tokens["id_token"], audience="portal")
    assert (said_to_portal["nonce"], said_to_portal["preferred_username"]) == ("n-1", CLERK)
    (act,) = await acts_of(issuer.world, "identity", "POST /sign-in")
    assert (act["subject"], act["address"]) == (user["user_id"], "192.0.2.7"), "who signs in, and from where, is kept"


async def test_who_is_signed_in_need_not_sign_in_again(issuer: Issuer) -> None:
    """Another request of the same browser is answered at once; `prompt=login` and a short `max_age` ask again."""
    await issuer.sign_in()
    assert "code" in told(await issuer.ask(Attempt()))
    assert "code" in told(await issuer.ask(Attempt(more={"prompt": "none"})))
    assert (await issuer.ask(Attempt(more={"prompt": "login"}))).status_code == 200
    issuer.world.clock.advance(timedelta(minutes=5))
    assert (await issuer.ask(Attempt(more={"max_age": "60"}))).status_code == 200
    assert "code" in told(await issuer.ask(Attempt(more={"max_age": "600"})))
    issuer.world.clock.advance(timedelta(hours=12))
    assert (await issuer.ask(Attempt())).status_code == 200


async def test_nobody_is_signed_in_silently(issuer: Issuer) -> None:
    """`prompt=none` never shows a page."""
    assert told(await issuer.ask(Attempt(more={"prompt": "none"})))["error"] == "login_required"


async def test_nobody_is_sent_where_no_client_is(issuer: Issuer) -> None:
    """Redirect URIs are compared whole; a request that names none of the client's ends on a page of ours."""
    wrong: list[dict[str, str]] = [
        {"redirect_uri": f"{BACK}/"},
        {"redirect_uri": f"{BACK}?next=https://elsewhere.example"},
        {"redirect_uri": "https://elsewhere.example/signed-in"},
        {"redirect_uri": f"{PORTAL}.elsewhere.example/signed-in"},
        {"redirect_uri": ""},
        {"client_id": "elsewhere"},
        {"client_id": ""},
    ]
    for more in wrong:
        answer = await issuer.ask(Attempt(more=more))
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "elsewhere.example" not in answer.text


async def test_what_cannot_be_asked_is_told_the_client(issuer: Issuer) -> None:
    """A wrong request of a known client goes back to it with the error and its state; PKCE by S256 is no choice."""
    for more, error in (
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://elsewhere.example/request"}, "request_uri_not_supported"),
    ):
        said = told(await issuer.ask(Attempt(more=more)))
        assert (said["error"], said["state"], said["iss"]) == (error, "s-1", ADDRESS)
        assert "code" not in said


async def test_a_parameter_that_comes_twice_is_refused(issuer: Issuer) -> None:
    """What comes twice may be read differently by two readers."""
    twice = "&redirect_uri=https%3A%2F%2Felsewhere.example%2F"
    answer = await issuer.browser.get(f"/authorize?{urlencode(Attempt().query())}{twice}")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


async def test_a_code_is_no_good_without_its_verifier(issuer: Issuer) -> None:
    """Who caught a code has no tokens: not without the verifier, with another, or with the challenge in its place."""
    attempt = Attempt()
    code = told(await issuer.sign_in(attempt))["code"]
    challenge = attempt.query()["code_challenge"]
    plain = hashlib.sha256(attempt.verifier.encode()).hexdigest()
    for forged in (Attempt().verifier, challenge, plain, attempt.verifier[:-1], attempt.verifier + "a", "x", "校" * 43):
        oauth_refused(await issuer.exchange(code, forged), "invalid_grant")
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    oauth_refused(await issuer.token(**asked), "invalid_request")
    assert (await issuer.exchange(code, attempt.verifier)).status_code == 200


async def test_a_code_is_bound_to_its_client_and_place(issuer: Issuer) -> None:
    """Another client, or another redirect URI of the same one, gets nothing for a code."""
    other = {"confidential": True, "redirect_uris": [BACK]}
    await ok(await issuer.admin.put("/clients/other", json=other))
    secret = (await ok(await issuer.admin.post("/clients/other/secret")))["client_secret"]
    attempt = Attempt()
    code = told(await issuer.sign_in(attempt))["code"]
    oauth_refused(await issuer.exchange(code, attempt.verifier, redirect_uri=f"{PORTAL}/bye"), "invalid_grant")
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": attempt.verifier}
    oauth_refused(await issuer.browser.post("/token", data=asked, auth=("other", secret)), "invalid_grant")
    assert (await issuer.exchange(code, attempt.verifier)).status_code == 200


async def test_a_code_is_over_after_a_minute(issuer: Issuer) -> None:
    """A code is for the redirect that carries it."""
    attempt = Attempt()
    code = told(await issuer.sign_in(attempt))["code"]
    issuer.world.clock.advance(timedelta(seconds=60))
    oauth_refused(await issuer.exchange(code, attempt.verifier), "invalid_grant")


async def test_a_code_is_over_with_its_sign_in(issuer: Issuer) -> None:
    """What was signed out, or was somebody else's when the password was set anew, gets no tokens for a code it had."""
    attempt = Attempt()
    code = told(await issuer.sign_in(attempt))["code"]
    page = await issuer.browser.get("/sign-out")
    assert (await issuer.browser.post("/sign-out", data=fields_in(page.text))).status_code == 200
    assert (await issuer.exchange(code, attempt.verifier)).json()["error"] == "invalid_grant"
    code = told(await issuer.sign_in(attempt))["code"]
    user_id = (await issuer.user(CLERK))["user_id"]
    link = (await ok(await issuer.admin.post(f"/users/{user_id}/links")))["link"]
    assert (await issuer.set_password(link, password_of(CLERK) + "!")).status_code == 200
    assert (await issuer.exchange(code, attempt.verifier)).json()["error"] == "invalid_grant"


async def test_a_code_used_twice_takes_back_what_it_gave(issuer: Issuer) -> None:
    """Somebody has seen a code that comes twice: the second gets nothing, and the first cannot refresh any more."""
    attempt = Attempt()
    code = told(await issuer.sign_in(attempt))["code"]
    given = await ok(await issuer.exchange(code, attempt.verifier))
    oauth_refused(await issuer.exchange(code, attempt.verifier), "invalid_grant")
    oauth_refused(await issuer.refresh(given["refresh_token"]), "invalid_grant")


async def test_two_exchanges_at_once_give_tokens_once(issuer: Issuer) -> None:
    """Of two exchanges of a code at the same moment one wins."""
    attempt = Attempt()
    code = told(await issuer.sign_in(attempt))["code"]
    answers = await asyncio.gather(*(issuer.exchange(code, attempt.verifier) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 400]


async def test_the_document_of_discovery_tells_what_is_there(issuer: Issuer) -> None:
    """Every address of the discovery document answers, under the issuer's own."""
    found = await ok(await issuer.browser.get("/.well-known/openid-configuration"))
    assert found["issuer"] == ADDRESS
    assert found["code_challenge_methods_supported"] == ["S256"]
    for name, method in (("jwks_uri", "GET"), ("authorization_endpoint", "GET"), ("end_session_endpoint", "GET")):
        assert found[name].startswith(f"{ADDRESS}/")
        assert (await issuer.browser.request(method, found[name])).status_code in (200, 400)
    for name in ("token_endpoint", "revocation_endpoint"):
        oauth_refused(await issuer.browser.post(found[name], data={}), "invalid_request")
