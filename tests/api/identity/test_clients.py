"""Clients: programs that act by themselves, and how they prove who they are."""

from tests.api.identity.issuer import BACK, Issuer, oauth_refused
from tests.world import ok, refused

SENSORS = {"confidential": True, "roles": ["device"], "counties": ["520628"]}


async def _sensors(issuer: Issuer) -> str:
    await ok(await issuer.admin.put("/clients/sensors", json=SENSORS))
    return str((await ok(await issuer.admin.post("/clients/sensors/secret")))["client_secret"])


async def test_a_machine_client_gets_a_token_by_its_secret(issuer: Issuer) -> None:
    """By header or by form; the token says what the client may do, and nothing refreshes it."""
    secret = await _sensors(issuer)
    asked = {"grant_type": "client_credentials"}
    by_header = await ok(await issuer.browser.post("/token", data=asked, auth=("sensors", secret)))
    by_form = {"client_id": "sensors", "client_secret": secret}
    assert "access_token" in await ok(await issuer.browser.post("/token", data=asked | by_form))
    claims = await issuer.verified(by_header["access_token"])
    assert (claims["sub"], claims["client_id"], claims["roles"]) == ("sensors", "sensors", ["device"])
    assert claims["counties"] == ["520628"]
    assert set(by_header) == {"access_token", "token_type", "expires_in"}


async def test_who_does_not_prove_it_is_no_client(issuer: Issuer) -> None:
    """Unknown clients and wrong secrets sound the same; a changed secret ends the one before; so does a lock."""
    secret = await _sensors(issuer)
    asked = {"grant_type": "client_credentials"}

    async def ask(client_id: str, said: str) -> str:
        answer = await issuer.browser.post("/token", data=asked, auth=(client_id, said))
        oauth_refused(answer, "invalid_client", 401)
        assert answer.headers["www-authenticate"].startswith("Basic ")
        return answer.text

    assert await ask("sensors", "wrong") == await ask("nobody", secret) == await ask("sensors", "")
    oauth_refused(await issuer.browser.post("/token", data=asked | {"client_id": "sensors"}), "invalid_client", 401)
    twice = asked | {"client_secret": secret}
    oauth_refused(await issuer.browser.post("/token", data=twice, auth=("sensors", secret)), "invalid_request")
    for header in ("Basic", "Basic !", "Basic bm9jb2xvbg==", "Bearer x", "Basic /w=="):
        answer = await issuer.browser.post("/token", data=asked, headers={"Authorization": header})
        oauth_refused(answer, "invalid_client", 401)
    await ok(await issuer.admin.post("/clients/sensors/lock"))
    await ask("sensors", secret)
    await ok(await issuer.admin.post("/clients/sensors/unlock"))
    await ok(await issuer.admin.post("/clients/sensors/secret"))
    await ask("sensors", secret)


async def test_a_client_does_what_it_was_registered_for(issuer: Issuer) -> None:
    """A portal has no rights of its own; a grant nobody knows is refused."""
    oauth_refused(await issuer.token(grant_type="client_credentials"), "unauthorized_client")
    oauth_refused(await issuer.token(grant_type="password", username="head", password="x"), "unsupported_grant_type")
    oauth_refused(await issuer.token(), "invalid_request")


async def test_a_public_client_has_no_secret(issuer: Issuer) -> None:
    """A program on a phone is known by its name and PKCE; it has no secret, and no rights of its own."""
    public = {"confidential": False, "redirect_uris": ["http://127.0.0.1:5173/back"]}
    await ok(await issuer.admin.put("/clients/phone", json=public))
    refused(await issuer.admin.post("/clients/phone/secret"), 422, "public-client")
    asked = {"grant_type": "client_credentials", "client_id": "phone"}
    oauth_refused(await issuer.browser.post("/token", data=asked), "unauthorized_client")
    oauth_refused(await issuer.browser.post("/token", data=asked | {"client_secret": "x"}), "invalid_client", 401)
    roles = public | {"roles": ["device"], "counties": ["520628"]}
    refused(await issuer.admin.put("/clients/phone", json=roles), 422, "roles-without-secret")


async def test_what_is_no_form_is_refused(issuer: Issuer) -> None:
    """JSON, nonsense, repeated and endless fields are refused as RFC 6749 says, never by a failure."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for endpoint in ("/token", "/revoke"):
        for content in (b"\xff\xfe", b"%ff=%fe", b"a=1&a=2", b"&".join(b"f%d=1" % n for n in range(50)), b"a=%00"):
            answer = await issuer.browser.post(endpoint, content=content, headers=form, auth=("portal", issuer.secret))
            oauth_refused(answer, "invalid_request")
        oauth_refused(await issuer.browser.post(endpoint, json={"grant_type": "client_credentials"}), "invalid_request")
        long = b"grant_type=" + b"x" * 10_000
        oauth_refused(await issuer.browser.post(endpoint, content=long, headers=form), "invalid_request")


async def test_a_client_is_administered(issuer: Issuer) -> None:
    """Changed with the version that was read, its secret stays; a secret is shown once, and in no stored answer."""
    await _sensors(issuer)
    client = await issuer.admin.get("/clients/sensors")
    assert (client.headers["etag"], client.json()["has_secret"]) == ('"2"', True)
    assert "secret_hash" not in client.text
    wider = SENSORS | {"counties": ["520628", "520621"]}
    refused(await issuer.admin.put("/clients/sensors", json=wider, headers={"If-Match": '"1"'}), 412, "stale-version")
    changed = await ok(await issuer.admin.put("/clients/sensors", json=wider, headers={"If-Match": '"2"'}))
    assert (changed["version"], changed["has_secret"], changed["counties"]) == (3, True, ["520621", "520628"])
    kept = {"Idempotency-Key": "k-1"}
    refused(await issuer.admin.post("/clients/sensors/secret", headers=kept), 422, "answer-not-kept")
    refused(await issuer.admin.post("/clients/nobody/secret"), 404, "unknown-client")
    listed = await ok(await issuer.admin.get("/clients", params={"limit": 1}))
    assert ([client["client_id"] for client in listed["items"]], listed["next"]) == (["portal"], "portal")


async def test_a_client_that_makes_no_sense_is_refused(issuer: Issuer) -> None:
    """Browsers are sent to https, or to this machine; nobody has a role without whose things it is about."""
    wrong: list[tuple[dict[str, object], str]] = [
        ({"redirect_uris": ["http://portal.example/back"]}, "redirect-uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "redirect-uri"),
        ({"redirect_uris": ["https://portal.example/back#part"]}, "redirect-uri"),
        ({"redirect_uris": ["https://user@portal.example/back"]}, "redirect-uri"),
        ({"redirect_uris": ["https://*.example/back"]}, "redirect-uri"),
        ({"redirect_uris": ["https://portal.example:x/back"]}, "redirect-uri"),
        ({"redirect_uris": [BACK], "sign_out_uris": ["http://elsewhere.example/"]}, "redirect-uri"),
        ({}, "idle-client"),
        ({"roles": ["clerk"]}, "role-without-tenant"),
        ({"roles": ["nobody"]}, "invalid-input"),
        ({"redirect_uris": ["https://portal.example/ x"]}, "invalid-input"),
    ]
    for client, rule in wrong:
        refused(await issuer.admin.put("/clients/odd", json={"confidential": True} | client), 422, rule)


async def test_no_client_is_what_access_tokens_are_for(issuer: Issuer) -> None:
    """A client of the audience's name would get id tokens that pass for access tokens."""
    answer = await issuer.admin.put("/clients/cloud", json={"confidential": True, "redirect_uris": [BACK]})
    refused(answer, 422, "reserved-client")
