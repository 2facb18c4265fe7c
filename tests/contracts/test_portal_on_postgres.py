"""Sessions hold on PostgreSQL, where several processes share them."""

import asyncio
from datetime import timedelta

from starlette.datastructures import FormData

from services.portal.forms import Fields
from services.portal.sessions import keeping, queries, usecases
from services.portal.sessions.issuer import Tokens
from tests.conftest import WorldOf
from tests.people import clerk
from tests.world import token_of


async def test_one_of_many_refreshes(world_of: WorldOf) -> None:
    """However many processes want new tokens at once, one asks for them, and after the lease another may."""
    world = await world_of("portal")
    portal = world.services["portal"]
    cookie = await usecases.begin(portal, Tokens(token_of(clerk("coop-1")) or "", 600, "refresh", "an.id.token"))
    person = await usecases.find(portal, cookie)
    assert person is not None
    async with portal.begin(read_only=True) as uow:
        session = await queries.by_id(uow.session, person.session_id)
    assert session is not None

    async def claim() -> bool:
        async with portal.begin() as uow:
            return await queries.claim_refresh(uow.session, session, uow.now, uow.now + timedelta(seconds=15))

    assert sum(await asyncio.gather(*(claim() for _ in range(8)))) == 1
    assert not await claim()
    world.clock.advance(timedelta(seconds=16))
    assert await claim()
    async with portal.begin() as uow:
        await queries.save_tokens(uow.session, session.session_id, {"access_sealed": "another"})
    assert not await claim(), "it has got new ones since it was read"


async def test_what_is_over_is_forgotten(world_of: WorldOf) -> None:
    """Kept forms and sessions are found while they hold, ended by their person, and forgotten a day later."""
    world = await world_of("portal")
    portal = world.services["portal"]
    cookie = await usecases.begin(portal, Tokens(token_of(clerk("coop-1")) or "", 10**8))
    person = await usecases.find(portal, cookie)
    form = await keeping.keep(portal, "/try", Fields(FormData([("kg", "7"), ("_key", "key-12345")])), "clerk")
    found = await keeping.kept(portal, form, person)
    assert found is not None
    assert (found.action, found.values, found.key) == ("/try", {"kg": "7"}, "key-12345")
    world.clock.advance(keeping.KEPT)
    assert await keeping.kept(portal, form, person) is None
    world.clock.advance(usecases.IDLE)
    assert await usecases.find(portal, cookie) is None
    world.clock.advance(timedelta(days=2))
    assert await usecases.forget(portal) == 2
