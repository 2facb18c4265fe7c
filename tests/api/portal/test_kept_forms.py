"""Whoever is signed out in the middle of a form loses nothing: it comes back filled in, on every page that has one."""

import httpx

from services.portal.sessions import usecases
from tests.api.portal.browser import forms_in, portal_of, send
from tests.api.portal.half_filled import Half, in_the_evening, in_the_week_before, on_the_day
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.sessions import SignedIn
from tests.world import World


async def come_back(world: World, half: Half) -> httpx.Response:
    """Send a form when its session has ended, sign in again, and return the page one is led back to."""
    browser = portal_of(world, half.who)
    assert isinstance(browser.auth, SignedIn)
    browser.auth.begin_anew()
    shown = await browser.get(half.page)
    assert shown.status_code == 200, shown.text
    assert browser.auth._cookie is not None
    await usecases.end(world.services["portal"], usecases.id_of(browser.auth._cookie))
    left = await send(browser, shown, half.action, **half.said)
    assert left.status_code == 303, left.text
    where = httpx.URL(left.headers["location"])
    assert where.path == "/sign-in", where
    browser.auth.begin_anew()
    return await browser.get(where.params["back"])


async def test_nothing_that_was_typed_is_lost_on_any_page(world_of: WorldOf) -> None:
    """Each form is there again with what was typed, marked so that a script unfolds it, and says what happened."""
    county = County(await world_of("portal", "nutrition", "farmers", "procurement", "logistics"))
    await county.set_up()
    for halves in (in_the_week_before, on_the_day, in_the_evening):
        for half in await halves(county):
            page = await come_back(county.world, half)
            assert page.status_code == 200, page.text
            (form,) = [each for each in forms_in(page) if each.action == half.action]
            typed = {name: form.fields.get(name) for name in half.said}
            assert typed == half.said, half
            assert page.text.count("data-kept>") + page.text.count("data-kept ") == 1, half
            assert "内容已保留" in page.text, half
