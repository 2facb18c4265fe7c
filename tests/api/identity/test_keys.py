"""Signing keys: published before they sign, kept until their last token is over, sealed where they are stored."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from jwt import get_unverified_header

from services.identity.keys import signing
from services.identity.keys.domain import SigningKey
from services.identity.keys.usecases import rotate
from services.identity.main import definition
from services.identity.rights import Rights
from services.identity.tokens.usecases import access_token
from shared.messaging.embedded import EmbeddedBus
from shared.sealing import Sealer, Unsealable, new_key
from tests.api.identity.issuer import Attempt, Issuer, settings_for, told
from tests.world import World, ok


async def _kids(issuer: Issuer) -> set[str]:
    return {key["kid"] for key in (await ok(await issuer.browser.get("/jwks")))["keys"]}


async def _rotate(issuer: Issuer, *, at_once: bool = False) -> SigningKey:
    service = issuer.service
    fresh = await signing.new_key(service.sealer, service.clock.now(), service.clock.now())
    async with service.begin() as uow:
        return await rotate(uow, fresh, at_once=at_once)


async def _kid(issuer: Issuer) -> str:
    return str(get_unverified_header((await issuer.tokens())["access_token"])["kid"])


async def test_keys_take_turns_while_tokens_are_out(issuer: Issuer) -> None:
    """A new key is published an hour before it signs, the old one until its last token is over: none ever fails."""
    clock = issuer.world.clock
    before = await _kids(issuer)
    await _rotate(issuer)
    (following,) = await _kids(issuer) - before
    assert {await _kid(issuer)} == before
    clock.advance(timedelta(hours=1) - timedelta(seconds=1))
    last = (await issuer.tokens())["access_token"]
    clock.advance(timedelta(seconds=1))
    assert await _kid(issuer) == following
    clock.advance(timedelta(minutes=9))
    await issuer.world.settle()
    await issuer.verified(last)
    clock.advance(timedelta(minutes=11))
    await issuer.world.settle()
    assert await _kids(issuer) == {following}


async def test_a_key_is_followed_by_another_in_time(issuer: Issuer) -> None:
    """After thirty days the job makes the next key, once; a command made while one waits makes no third."""
    issuer.world.clock.advance(timedelta(days=30) - timedelta(seconds=1))
    await issuer.world.settle()
    assert len(await _kids(issuer)) == 1
    issuer.world.clock.advance(timedelta(seconds=1))
    await asyncio.gather(*(issuer.service.run_jobs() for _ in range(3)))
    assert len(await _kids(issuer)) == 2
    await _rotate(issuer)
    assert len(await _kids(issuer)) == 2


async def test_a_key_that_is_no_secret_any_more_goes_at_once(issuer: Issuer) -> None:
    """Everything signed by it is worthless from then on; people stay signed in and their clients refresh."""
    given = await issuer.tokens()
    before = await _kids(issuer)
    key = await _rotate(issuer, at_once=True)
    assert await _kids(issuer) == {key.kid}
    assert key.kid not in before
    fresh = await ok(await issuer.refresh(given["refresh_token"]))
    await issuer.verified(fresh["access_token"])


async def test_published_keys_hold_nothing_private(issuer: Issuer) -> None:
    """A JWKS has the public numbers, what they are for, and no more; browsers and services may keep it a while."""
    answer = await issuer.browser.get("/jwks")
    assert answer.headers["cache-control"] == "public, max-age=300"
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")


async def test_a_restart_keeps_keys_sealed(issuer: Issuer) -> None:
    """The same folder has the same keys after a restart; without the sealing key nobody can sign with them."""
    before, given = await _kids(issuer), await issuer.tokens()
    folder = issuer.service.settings.var
    with closing(sqlite3.connect(folder / "identity.sqlite")) as database:
        (sealed,) = database.execute("SELECT private_sealed FROM signing_key").fetchone()
    assert sealed.startswith("local.")
    async with World([definition], EmbeddedBus(folder / "bus2.sqlite"), {"identity": settings_for(folder)}) as again:
        await again.settle()
        started = Issuer(again)
        started.secret = issuer.secret
        assert await _kids(started) == before
        attempt = Attempt()
        code = told(await started.sign_in(attempt))["code"]
        await started.verified((await ok(await started.exchange(code, attempt.verifier)))["access_token"])
        assert (await started.refresh(given["refresh_token"])).status_code == 200
        again.services["identity"].__dict__["sealer"] = Sealer.of_text(new_key("other"))
        with pytest.raises(Unsealable):
            await access_token(again.services["identity"], "sensors", Rights(roles=("device",)))
