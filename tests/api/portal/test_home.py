"""Where people begin."""

import pytest

from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.people import canteen, clerk


async def test_nobody_is_shown_how_to_sign_in(world_of: WorldOf) -> None:
    """Without a session the first page says what this is and how to sign in; it offers no sample users."""
    page = await portal_of(await world_of("portal"), None).get("/")
    assert page.status_code == 200, page.text
    assert 'href="/sign-in"' in page.text
    assert "/samples/" not in page.text


@pytest.mark.parametrize(
    ("accepted", "tag", "said"), [("zh-Hans-CN,en;q=0.5", "zh-CN", "登录"), ("en-GB", "en", "Sign in")]
)
async def test_a_page_is_in_the_readers_language(world_of: WorldOf, accepted: str, tag: str, said: str) -> None:
    """What the browser prefers decides, and a page says which language it is in."""
    page = await portal_of(await world_of("portal"), None).get("/", headers={"Accept-Language": accepted})
    assert f'<html lang="{tag}">' in page.text
    assert said in page.text


async def test_whoever_is_signed_in_begins_with_what_is_next(world_of: WorldOf) -> None:
    """Home greets each role with its own first steps."""
    world = await world_of("portal")
    for who in (canteen("school-1"), clerk("coop-1")):
        page = await portal_of(world, who).get("/", headers={"Accept-Language": "en"})
        assert page.status_code == 200, page.text
        assert "What is next" in page.text
        assert "Sign out" in page.text
