"""What an outbox is answered, and that pages are compressed without giving their forms' secret away."""

from services.portal.sessions import usecases
from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.people import driver
from tests.world import refused

OUTBOX = {"Accept": "application/json"}


async def test_an_outbox_is_told_what_a_refusal_means_and_is_not_sent_to_sign_in(world_of: WorldOf) -> None:
    """It reads JSON: a redirect to a page would look as if the record had been taken."""
    world = await world_of("portal")
    nobody = portal_of(world, None)
    answer = await nobody.get("/audit/acts", headers=OUTBOX | {"Accept-Language": "zh"})
    assert refused(answer, 401, "no-token")["said"] == "请登录后查看此页面。"
    stranger = portal_of(world, driver("drv-1"))
    answer = await stranger.post("/sign-out", headers=OUTBOX | {"X-CSRF-Token": "00" * 64, "Accept-Language": "en"})
    assert "page of ours" in refused(answer, 403, "foreign-form")["said"]


async def test_the_page_for_those_that_are_not_here_is_nobodys(world_of: WorldOf) -> None:
    """It stays on a phone for whoever has it next: it names nobody and carries no session's secret."""
    page = await portal_of(await world_of("portal"), None).get("/offline", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert '<meta name="who" content="">' in page.text
    assert "data-kept-pages" in page.text


async def test_pages_are_compressed_and_their_secret_looks_different_each_time(world_of: WorldOf) -> None:
    """Who sees how long compressed pages get must not guess the token; each of its forms is taken, others are not."""
    world = await world_of("portal")
    browser = portal_of(world, driver("drv-1"))
    page = await browser.get("/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    portal = world.services["portal"]
    one, other = (usecases.csrf_of(portal, "session-1") for _ in range(2))
    assert one != other
    assert usecases.is_csrf(portal, "session-1", one)
    assert usecases.is_csrf(portal, "session-1", other)
    for false in ("", "00", "x" * 128, "00" * 64, one[:-2], one[:64], usecases.csrf_of(portal, "session-2")):
        assert not usecases.is_csrf(portal, "session-1", false)
