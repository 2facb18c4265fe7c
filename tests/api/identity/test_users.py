"""Users are administered; nobody is left who cannot be, and nothing secret is in an answer."""

from services.identity.opaque import hash_of
from tests.api.identity.issuer import ADMINISTRATOR, CLERK, Issuer, password_of
from tests.people import auditor
from tests.world import ok, refused


async def test_a_user_is_administered(issuer: Issuer) -> None:
    """Made, read, changed with the version that was read, listed by page; no answer holds a hash."""
    body = {"login": "li.official", "roles": ["official"], "counties": ["520628"]}
    made = await issuer.admin.post("/users", json=body)
    user = await ok(made)
    where = f"/users/{user['user_id']}"
    assert (made.headers["location"], made.headers["etag"]) == (where, '"1"')
    refused(await issuer.admin.post("/users", json=body), 409, "login-taken")
    wider = {"roles": ["official", "auditor"], "counties": ["520628", "520621"]}
    changed = await ok(await issuer.admin.put(f"{where}/rights", json=wider, headers={"If-Match": '"1"'}))
    assert (changed["version"], changed["roles"]) == (2, ["auditor", "official"])
    assert changed["counties"] == ["520621", "520628"]
    refused(await issuer.admin.put(f"{where}/rights", json=wider, headers={"If-Match": '"1"'}), 412, "stale-version")
    first = await ok(await issuer.admin.get("/users", params={"limit": 2}))
    rest = await ok(await issuer.admin.get("/users", params={"after": first["next"]}))
    logins = [one["login"] for one in first["items"] + rest["items"]]
    assert sorted(logins) == sorted([ADMINISTRATOR, CLERK, "li.official"])
    assert rest["next"] is None
    await ok(await issuer.admin.post(f"{where}/lock"))
    locked = await issuer.admin.get("/users", params={"status": "locked"})
    assert [one["login"] for one in locked.json()["items"]] == ["li.official"]
    assert "argon2" not in locked.text + made.text
    refused(await issuer.admin.get("/users/nobody"), 404, "unknown-user")
    refused(await issuer.admin.post("/users/nobody/links"), 404, "unknown-user")


async def test_rights_make_sense(issuer: Issuer) -> None:
    """A role that is tied to things names them; a person is no machine; a login can be typed and read out."""
    for wrong, rule in (
        ({"roles": ["clerk"]}, "role-without-tenant"),
        ({"roles": ["canteen"], "cooperatives": ["coop-1"]}, "role-without-tenant"),
        ({"roles": ["administrator"]}, "role-without-tenant"),
        ({"roles": ["system"]}, "role-of-machines"),
        ({"roles": ["device"], "counties": ["520628"]}, "role-of-machines"),
        ({"roles": []}, "invalid-input"),
        ({"roles": ["king"]}, "invalid-input"),
        ({"roles": ["auditor"], "counties": ["**"]}, "invalid-input"),
        ({"roles": ["auditor"], "password": "given by somebody"}, "invalid-input"),
        ({"roles": ["auditor"], "login": "Zhang San"}, "invalid-input"),
        ({"roles": ["auditor"], "login": "x" * 65}, "invalid-input"),
        ({"roles": ["auditor"], "login": "a\n"}, "invalid-input"),
    ):
        refused(await issuer.admin.post("/users", json={"login": "somebody"} | wrong), 422, rule)


async def test_one_administrator_is_left(issuer: Issuer) -> None:
    """The last who administers is neither locked nor demoted; with another one it is."""
    head = (await issuer.user(ADMINISTRATOR))["user_id"]
    demoted = {"roles": ["auditor"]}
    refused(await issuer.admin.post(f"/users/{head}/lock"), 409, "last-administrator")
    refused(await issuer.admin.put(f"/users/{head}/rights", json=demoted), 409, "last-administrator")
    await issuer.add_user("second", roles=["administrator"], counties=["*"])
    await ok(await issuer.admin.put(f"/users/{head}/rights", json=demoted))
    second = (await issuer.user("second"))["user_id"]
    refused(await issuer.admin.post(f"/users/{second}/lock"), 409, "last-administrator")


async def test_what_is_secret_is_nowhere_in_clear(issuer: Issuer) -> None:
    """Of passwords, codes, refresh tokens, links and secrets the database holds hashes; private keys are sealed."""
    given = await issuer.tokens()
    user_id = (await issuer.user(CLERK))["user_id"]
    link = (await ok(await issuer.admin.post(f"/users/{user_id}/links")))["link"].partition("=")[2]
    folder = issuer.service.settings.var
    stored = b"".join(path.read_bytes() for path in folder.glob("identity.sqlite*"))
    for secret in (given["refresh_token"], given["access_token"], link, issuer.secret, password_of(CLERK)):
        assert secret.encode() not in stored
    assert b"$argon2id$" in stored
    for cookie in issuer.browser.cookies.values():
        assert str(cookie).encode() not in stored


async def test_administration_is_on_record(issuer: Issuer) -> None:
    """Who made, changed, locked and invited whom, and who set a password, is recorded; a secret, a link or a
    password's hash never is."""
    user_id = (await issuer.user(CLERK))["user_id"]
    link = (await ok(await issuer.admin.post(f"/users/{user_id}/links")))["link"].partition("=")[2]
    await ok(await issuer.admin.post(f"/users/{user_id}/lock"))
    record = await issuer.world.client("identity", as_=auditor()).get("/audit/acts", params={"limit": 1000})
    acts = (await ok(record))["items"]
    assert {
        "POST /users",
        "POST /users/{user_id}/links",
        "POST /users/{user_id}/lock",
        "PUT /clients/{client_id}",
        "POST /clients/{client_id}/secret",
    } <= {act["action"] for act in acts}
    own = ("POST /password", "POST /sign-in")
    assert {act["subject"] for act in acts if act["action"] not in own} == {"system"}
    assert user_id in {act["subject"] for act in acts if act["action"] == "POST /password"}
    for secret in ("argon2", link, hash_of(link), issuer.secret, password_of(CLERK)):
        assert secret not in record.text
