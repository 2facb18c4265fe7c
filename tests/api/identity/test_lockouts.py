"""Lock-outs: guessing takes ever longer, from everywhere and for everybody, and never locks anybody out for good."""

import asyncio
import time
from datetime import timedelta

from sqlalchemy import text

from services.identity.lockouts.domain import LONGEST, OF_ADDRESS, OF_LOGIN
from tests.api.identity.issuer import ADMINISTRATOR, CLERK, Attempt, Issuer, fields_in
from tests.world import ok


async def _wrong(issuer: Issuer, login: str = CLERK, address: str = "192.0.2.7") -> int:
    browser = issuer.new_browser(address)
    return (await issuer.sign_in(login=login, password="not this one", browser=browser)).status_code


async def test_who_guesses_waits_longer_each_time(issuer: Issuer) -> None:
    """After five wrong passwords each further one doubles the wait; the page says how long, in words and by header."""
    assert [await _wrong(issuer) for _ in range(OF_LOGIN)] == [401] * OF_LOGIN
    refused = await issuer.sign_in()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert "5 秒" in refused.text
    assert "永久" in refused.text
    waits = []
    for _ in range(10):
        answer = await issuer.sign_in()
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        issuer.world.clock.advance(timedelta(seconds=waits[-1]))
        assert await _wrong(issuer) == 401
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) == waits[-1] == LONGEST.total_seconds()
    assert (await issuer.sign_in(login=ADMINISTRATOR)).status_code == 303


async def test_a_right_password_after_the_wait_begins_anew(issuer: Issuer) -> None:
    """While somebody waits the right password helps nothing; after it the count begins anew."""
    for _ in range(OF_LOGIN):
        await _wrong(issuer)
    issuer.world.clock.advance(timedelta(seconds=5))
    assert (await issuer.sign_in()).status_code == 303
    assert [await _wrong(issuer) for _ in range(OF_LOGIN)] == [401] * OF_LOGIN


async def test_many_guesses_at_once_are_no_more_than_in_a_row(issuer: Issuer) -> None:
    """Attempts are counted before the password is looked at."""
    answers = await asyncio.gather(*(_wrong(issuer) for _ in range(12)))
    assert sorted(answers) == [401] * OF_LOGIN + [429] * (12 - OF_LOGIN)


async def test_many_users_from_one_address_wait_together(issuer: Issuer) -> None:
    """One password tried on many users from one address is guessing, too; other addresses go on, a /64 is one."""
    addresses = [f"2001:db8:1:2::{n:x}" for n in range(OF_ADDRESS)]
    for number, address in enumerate(addresses):
        assert await _wrong(issuer, f"user-{number}", address) == 401
    assert await _wrong(issuer, "another", "2001:db8:1:2:ffff::1") == 429
    assert await _wrong(issuer, "another", "2001:db8:1:3::1") == 401
    assert await _wrong(issuer, "another", "192.0.2.8") == 401


async def test_a_restart_forgets_no_attempts(issuer: Issuer) -> None:
    """Attempts are in the database, and of logins only a keyed hash: people type passwords there."""
    for _ in range(OF_LOGIN):
        await _wrong(issuer, "my secret pass")
    async with issuer.service.begin(read_only=True) as uow:
        kept = (await uow.session.execute(text("SELECT * FROM sign_in_attempts"))).all()
    assert {row.count for row in kept} == {OF_LOGIN}
    assert "secret" not in str(kept)
    assert "192.0.2.7" not in str(kept)
    issuer.world.clock.advance(timedelta(hours=25))
    await issuer.world.settle()
    async with issuer.service.begin(read_only=True) as uow:
        assert (await uow.session.execute(text("SELECT * FROM sign_in_attempts"))).all() == []


async def test_an_administrator_lets_in_at_once(issuer: Issuer) -> None:
    """Who waits may ask an administrator."""
    for _ in range(OF_LOGIN):
        await _wrong(issuer)
    await ok(await issuer.admin.post(f"/users/{(await issuer.user(CLERK))['user_id']}/unlock"))
    assert (await issuer.sign_in()).status_code == 303


async def test_nobody_learns_who_is_a_user(issuer: Issuer) -> None:
    """Unknown, without a password yet, locked or wrong: the same page and status, and the same hashing is done."""
    invited = await ok(await issuer.admin.post("/users", json={"login": "invited", "roles": ["auditor"]}))
    locked_id = await issuer.add_user("locked", roles=["auditor"])
    await ok(await issuer.admin.post(f"/users/{locked_id}/lock"))
    pages, took = set(), []
    for login in ("nobody", "invited", "locked", CLERK, "nobody", CLERK):
        page = await issuer.ask(Attempt(verifier="v" * 43), issuer.new_browser())
        fields = fields_in(page.text)
        browser = issuer.new_browser()
        browser.cookies = page.cookies
        started = time.thread_time()
        answer = await browser.post("/sign-in", data=fields | {"login": login, "password": "wrong"})
        took.append(time.thread_time() - started)
        assert answer.status_code == 401
        pages.add(answer.text.replace(login, "…").replace(fields["form"], "…"))
    assert len(pages) == 1
    assert invited["password_at"] is None
