"""Sample users sign in by one click in the demo, and not at all elsewhere."""

from services.identity.rights import Rights
from services.identity.samples import offers, usecases
from tests.api.identity.issuer import Attempt, Issuer, fields_in, told
from tests.world import ok, refused

WANTED = {"demo.clerk": Rights(("clerk",), cooperatives=("coop-1",)), "demo.auditor": Rights(("auditor",))}


async def test_samples_sign_in_by_one_click_in_the_demo(issuer: Issuer) -> None:
    """The page shows them, a click signs one in; a password that was made now does, too; so does the REST API."""
    passwords = await usecases.make(issuer.service, WANTED)
    assert (await ok(await issuer.browser.get("/samples")))["logins"] == ["demo.clerk", "demo.auditor"]
    attempt = Attempt()
    page = await issuer.ask(attempt)
    assert 'value="demo.clerk"' in page.text
    back = await issuer.browser.post("/sign-in", data=fields_in(page.text) | {"sample": "demo.clerk"})
    tokens = await ok(await issuer.exchange(told(back)["code"], attempt.verifier))
    assert (await issuer.verified(tokens["access_token"]))["cooperatives"] == ["coop-1"]
    browser = issuer.new_browser()
    assert (await issuer.sign_in(Attempt(), "demo.auditor", passwords["demo.auditor"], browser)).status_code == 303
    token = (await ok(await browser.post("/samples/demo.auditor/token")))["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await ok(await browser.get("/userinfo", headers=bearer)))["preferred_username"] == "demo.auditor"


async def test_samples_do_not_sign_in_elsewhere(issuer: Issuer) -> None:
    """The same database served by anything but the demo lets no sample in: not by click, password or refresh."""
    passwords = await usecases.make(issuer.service, WANTED)
    attempt = Attempt()
    code = told(await issuer.sign_in(attempt, "demo.clerk", passwords["demo.clerk"]))["code"]
    given = await ok(await issuer.exchange(code, attempt.verifier))
    del offers._offered[issuer.service]
    assert (await ok(await issuer.browser.get("/samples")))["logins"] == []
    refused(await issuer.browser.post("/samples/demo.clerk/token"), 404, "unknown-sample-user")
    browser = issuer.new_browser()
    page = await issuer.ask(Attempt(), browser)
    assert "demo.clerk" not in page.text
    clicked = await browser.post("/sign-in", data=fields_in(page.text) | {"sample": "demo.clerk"})
    assert clicked.status_code == 401
    answer = await issuer.sign_in(Attempt(), "demo.clerk", passwords["demo.clerk"], browser)
    assert answer.status_code == 403
    assert (await issuer.refresh(given["refresh_token"])).status_code == 400


async def test_nobody_but_samples_signs_in_by_a_click(issuer: Issuer) -> None:
    """Also in the demo a real user needs the password; and each start of the demo makes other passwords."""
    first = await usecases.make(issuer.service, WANTED)
    second = await usecases.make(issuer.service, WANTED)
    assert set(first.values()).isdisjoint(second.values())
    page = await issuer.ask(Attempt())
    clicked = await issuer.browser.post("/sign-in", data=fields_in(page.text) | {"sample": "head"})
    assert clicked.status_code == 401
    refused(await issuer.browser.post("/samples/head/token"), 404, "unknown-sample-user")
    assert (await issuer.sign_in(Attempt(), "demo.clerk", first["demo.clerk"])).status_code == 401
