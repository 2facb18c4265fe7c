"""Whoever is signed in changes the own password: with the present one, and everywhere else they are signed out."""

import httpx
import pytest

from services.identity.lockouts.domain import OF_LOGIN
from tests.api.identity.issuer import ADDRESS, ADMINISTRATOR, CLERK, Attempt, Issuer, fields_in, password_of, told
from tests.api.identity.test_pages import Reader
from tests.people import auditor
from tests.world import ok

NEW = "另一句容易记住的话，2026"


async def change(
    issuer: Issuer,
    password: str = NEW,
    *,
    present: str = password_of(CLERK),
    again: str | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Fill in the page in the browser of these tests and send it."""
    page = await issuer.browser.get("/own-password")
    said = {"present": present, "password": password, "again": password if again is None else again}
    return await issuer.browser.post("/own-password", data=fields_in(page.text) | said, headers=headers)


async def test_it_is_changed_and_other_sign_ins_end(issuer: Issuer) -> None:
    """The new password signs in and the old one no more; this browser stays, others and their tokens end at once."""
    here = issuer.browser
    issuer.browser = elsewhere = issuer.new_browser()
    lost = await issuer.tokens()
    issuer.browser = issuer.new_browser()
    others = await issuer.tokens(ADMINISTRATOR)
    issuer.browser = here
    mine = await issuer.tokens()
    answer = await change(issuer)
    assert (answer.status_code, "密码已修改" in answer.text) == (200, True)
    assert (await issuer.ask(Attempt(), elsewhere)).status_code == 200
    assert (await issuer.refresh(lost["refresh_token"])).status_code == 400
    assert "code" in told(await issuer.ask(Attempt()))
    for going_on in (mine, others):
        assert (await issuer.refresh(going_on["refresh_token"])).status_code == 200
    fresh = issuer.new_browser("192.0.2.9")
    assert (await issuer.sign_in(browser=fresh)).status_code == 401
    assert (await issuer.sign_in(password=NEW, browser=fresh)).status_code == 303


async def test_links_of_before_open_nothing(issuer: Issuer) -> None:
    """A one-time link that lies about sets no password after its owner has changed it."""
    user_id = (await issuer.user(CLERK))["user_id"]
    link = (await ok(await issuer.admin.post(f"/users/{user_id}/links")))["link"]
    await issuer.sign_in()
    assert (await change(issuer)).status_code == 200
    assert (await issuer.set_password(link, NEW + "!")).status_code == 404


@pytest.mark.parametrize(
    ("password", "more", "status"),
    [
        ("short", {}, 422),
        ("1234567890", {}, 422),
        (f"{CLERK}-2026", {}, 422),
        (password_of(CLERK), {}, 422),
        (NEW, {"again": NEW + "x"}, 422),
        (NEW, {"present": "not this one"}, 401),
        (NEW, {"headers": {"Origin": "https://elsewhere.example"}}, 400),
    ],
)
async def test_what_is_refused_changes_nothing(
    issuer: Issuer, password: str, more: dict[str, str], status: int
) -> None:
    """A guessed, short, same or differently repeated one, a wrong present one, a form of another page: all stays."""
    await issuer.sign_in()
    answer = await change(issuer, password, **more)  # type: ignore[arg-type]
    assert (answer.status_code, 'role="alert"' in answer.text) == (status, True)
    assert password not in answer.text
    assert (await issuer.sign_in(browser=issuer.new_browser())).status_code == 303


async def test_nobody_changes_what_they_are_not_signed_in_for(issuer: Issuer) -> None:
    """Without a sign-in there is no form, and sent all the same it changes nothing."""
    assert (await issuer.browser.get("/own-password")).status_code == 401
    assert "<form" not in (await issuer.browser.get("/own-password")).text
    await issuer.sign_in()
    page = await issuer.browser.get("/own-password", headers={"Accept-Language": "en"})
    assert Reader(page.text).labels == Reader(page.text).fields == {"present", "password", "again"}
    assert CLERK in page.text
    said = fields_in(page.text) | {"present": password_of(CLERK), "password": NEW, "again": NEW}
    issuer.browser.cookies.delete("cloud-sign-in")
    assert (await issuer.browser.post("/own-password", data=said)).status_code == 401
    assert (await issuer.sign_in()).status_code == 303
    assert (await issuer.browser.get(f"{ADDRESS}/own-password", params={"ui_locales": "en"})).text.count("Once more")


async def test_the_present_password_cannot_be_guessed_here(issuer: Issuer) -> None:
    """Wrong present passwords count as wrong sign-ins: whoever finds an open browser waits ever longer."""
    await issuer.sign_in()
    assert [(await change(issuer, present="not this one")).status_code for _ in range(OF_LOGIN)] == [401] * OF_LOGIN
    answer = await change(issuer)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")


async def test_it_is_on_record(issuer: Issuer) -> None:
    """Who changed the own password, when and from where is an act; neither a password nor its hash is in it."""
    user = await issuer.user(CLERK)
    await issuer.sign_in()
    assert (await change(issuer)).status_code == 200
    record = await issuer.world.client("identity", as_=auditor()).get("/audit/acts", params={"limit": 1000})
    (act,) = [one for one in (await ok(record))["items"] if one["action"] == "POST /own-password"]
    assert (act["subject"], act["roles"], act["address"]) == (user["user_id"], ["clerk"], "192.0.2.7")
    assert [(one["kind"], one["object_id"], set(one["after"])) for one in act["changes"]] == [
        ("user_account", user["user_id"], {"password_at"})
    ]
    for secret in ("argon2", NEW, password_of(CLERK)):
        assert secret not in record.text
