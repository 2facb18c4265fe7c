"""Refresh tokens: good for one time, and noticed when they come twice."""

import asyncio
from datetime import timedelta

from tests.api.identity.issuer import BACK, CLERK, Issuer, oauth_refused, password_of
from tests.world import ok


async def test_a_refresh_token_is_good_for_one_time(issuer: Issuer) -> None:
    """Refreshed tokens say what the user may do now; a refresh token that comes twice ends its whole family."""
    first = await issuer.tokens()
    user = await issuer.user(CLERK)
    changed = {"roles": ["official"], "counties": ["520628"]}
    await ok(await issuer.admin.put(f"/users/{user['user_id']}/rights", json=changed))
    second = await ok(await issuer.refresh(first["refresh_token"]))
    assert second["refresh_token"] != first["refresh_token"]
    assert (await issuer.verified(second["access_token"]))["roles"] == ["official"]
    assert "nonce" not in await issuer.verified(second["id_token"], audience="portal")
    third = await ok(await issuer.refresh(second["refresh_token"]))
    oauth_refused(await issuer.refresh(first["refresh_token"]), "invalid_grant")
    oauth_refused(await issuer.refresh(third["refresh_token"]), "invalid_grant")


async def test_of_two_refreshes_at_once_one_wins(issuer: Issuer) -> None:
    """Whoever holds a copy of a refresh token gets no second pair, not even in the same moment."""
    given = await issuer.tokens()
    answers = await asyncio.gather(*(issuer.refresh(given["refresh_token"]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


async def test_one_family_ends_and_others_do_not(issuer: Issuer) -> None:
    """What happens to the tokens of one sign-in is no matter of another browser's."""
    stolen = await issuer.tokens()
    issuer.browser = issuer.new_browser()
    other = await issuer.tokens()
    await issuer.refresh(stolen["refresh_token"])
    oauth_refused(await issuer.refresh(stolen["refresh_token"]), "invalid_grant")
    assert (await issuer.refresh(other["refresh_token"])).status_code == 200


async def test_a_refresh_token_is_over_one_day(issuer: Issuer) -> None:
    """Unused for a week it is over; and after thirty days somebody signs in anew, however busy the client was."""
    unused = await issuer.tokens()
    issuer.world.clock.advance(timedelta(days=7))
    oauth_refused(await issuer.refresh(unused["refresh_token"]), "invalid_grant")
    busy = await issuer.tokens()
    for _ in range(5):
        issuer.world.clock.advance(timedelta(days=6, minutes=-1))
        busy = await ok(await issuer.refresh(busy["refresh_token"]))
    issuer.world.clock.advance(timedelta(minutes=5))
    oauth_refused(await issuer.refresh(busy["refresh_token"]), "invalid_grant")


async def test_a_refresh_token_is_its_clients(issuer: Issuer) -> None:
    """Another client gets nothing for it, and does no harm to it; a wider scope is refused."""
    given = await issuer.tokens(scope="openid")
    await ok(await issuer.admin.put("/clients/other", json={"confidential": True, "redirect_uris": [BACK]}))
    secret = (await ok(await issuer.admin.post("/clients/other/secret")))["client_secret"]
    asked = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    oauth_refused(await issuer.browser.post("/token", data=asked, auth=("other", secret)), "invalid_grant")
    revoking = {"token": given["refresh_token"]}
    assert (await issuer.browser.post("/revoke", data=revoking, auth=("other", secret))).status_code == 200
    oauth_refused(await issuer.token(**asked, scope="openid profile"), "invalid_scope")
    assert (await issuer.refresh(given["refresh_token"])).status_code == 200


async def test_what_is_revoked_gives_nothing(issuer: Issuer) -> None:
    """A client can revoke (RFC 7009); what it does not know is answered all the same."""
    given = await issuer.tokens()
    for token in (given["refresh_token"], "nonsense", given["access_token"]):
        revoked = await issuer.browser.post("/revoke", data={"token": token}, auth=("portal", issuer.secret))
        assert revoked.status_code == 200
    oauth_refused(await issuer.refresh(given["refresh_token"]), "invalid_grant")


async def test_a_locked_user_gets_no_tokens(issuer: Issuer) -> None:
    """Locked, all sign-ins and tokens end; let in again, the user signs in anew."""
    given = await issuer.tokens()
    user_id = (await issuer.user(CLERK))["user_id"]
    await ok(await issuer.admin.post(f"/users/{user_id}/lock"))
    oauth_refused(await issuer.refresh(given["refresh_token"]), "invalid_grant")
    refused = await issuer.sign_in()
    assert (refused.status_code, "停用" in refused.text) == (403, True)
    await ok(await issuer.admin.post(f"/users/{user_id}/unlock"))
    oauth_refused(await issuer.refresh(given["refresh_token"]), "invalid_grant")
    assert (await issuer.sign_in()).status_code == 303


async def test_a_new_password_ends_what_was_signed_in_by_the_old(issuer: Issuer) -> None:
    """Whoever knew the old password is signed out everywhere; the link that set the new one is used up."""
    given = await issuer.tokens()
    user_id = (await issuer.user(CLERK))["user_id"]
    link = (await ok(await issuer.admin.post(f"/users/{user_id}/links")))["link"]
    assert (await issuer.set_password(link, "另一句容易记住的话，2026")).status_code == 200
    oauth_refused(await issuer.refresh(given["refresh_token"]), "invalid_grant")
    assert (await issuer.set_password(link, password_of(CLERK))).status_code == 404
    assert (await issuer.sign_in()).status_code == 401
    assert (await issuer.sign_in(password="另一句容易记住的话，2026")).status_code == 303


async def test_old_sign_ins_are_forgotten(issuer: Issuer) -> None:
    """What is over is kept for a while, then no more."""
    await issuer.tokens()
    issuer.world.clock.advance(timedelta(days=31))
    assert await issuer.service.run_jobs() > 0
    await issuer.world.settle()
    assert (await issuer.sign_in()).status_code == 303
