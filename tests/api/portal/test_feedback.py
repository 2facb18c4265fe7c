"""Remarks about pages, and how much pages are used."""

import asyncio

from services.portal.usage.counting import write_counts
from tests import builders as b
from tests.api.acts import acts_of
from tests.api.portal.browser import forms_in, portal_of, send
from tests.conftest import WorldOf
from tests.people import auditor, canteen, nutritionist, official
from tests.world import ok

ENGLISH = {"Accept-Language": "en"}
SAID = {"kind": "wrong", "text": "The button is <b>too small</b> 🙈"}


async def test_a_remark_about_no_page_is_about_the_first(world_of: WorldOf) -> None:
    """What stands in an address is anybody's to write: a page that is none is the home page."""
    world = await world_of("portal")
    for about, page in (("http://[", "/"), ("//evil.test/x", "/x"), ("javascript:alert(1)", "/"), ("", "/")):
        asked = await portal_of(world, None).get("/feedback/new", params={"about": about})
        assert asked.status_code == 200, about
        (form,) = [each for each in forms_in(asked) if each.action == "/feedback/new"]
        assert form.fields["about"] == page


async def test_a_remark_reaches_the_county_and_is_answered(world_of: WorldOf) -> None:
    """Each page leads to it; the county of the school reads it, another does not; what was done closes it."""
    world = await world_of("portal", "nutrition")
    await ok(await world.client("nutrition").put("/canteens", json={"rows": [b.a_canteen(1)]}))
    browser = portal_of(world, canteen("sch-1"))
    home = await browser.get("/", headers=ENGLISH)
    assert 'href="/feedback/new?about=/"' in home.text
    asked = await browser.get("/feedback/new?about=/planner%3Fday%3D1", headers=ENGLISH)
    thanks = await send(browser, asked, "/feedback/new", **SAID)
    assert thanks.status_code == 200, thanks.text
    assert 'href="/planner"' in thanks.text
    other = await portal_of(world, official("520101")).get("/feedback", headers=ENGLISH)
    assert "too small" not in other.text
    reader = portal_of(world, nutritionist(b.COUNTY))
    open_ones = await reader.get("/feedback", headers=ENGLISH)
    assert "&lt;b&gt;too small&lt;/b&gt; 🙈" in open_ones.text
    assert "canteen-staff" not in open_ones.text
    (action,) = [form.action for form in forms_in(open_ones) if form.action.endswith("/done")]
    answered = await send(reader, open_ones, action, done="made larger")
    assert answered.status_code == 303
    assert "too small" not in (await reader.get("/feedback", headers=ENGLISH)).text
    assert "made larger" in (await reader.get("/feedback?done=true", headers=ENGLISH)).text
    again = await send(reader, open_ones, action, done="twice")
    assert again.status_code == 404
    (act,) = await acts_of(world, "portal", "POST /feedback/{remark_id}/done")
    assert (act["subject"], act["changes"][0]["after"]["done"]) == (nutritionist(b.COUNTY).subject, "made larger")


async def test_a_remark_sent_twice_is_one(world_of: WorldOf) -> None:
    """A double tap, from two sides at once, leaves one; so does the back button."""
    world = await world_of("portal", "nutrition")
    browser = portal_of(world, official(b.COUNTY))
    asked = await browser.get("/feedback/new", headers=ENGLISH)
    await asyncio.gather(*(send(browser, asked, "/feedback/new", **SAID) for _ in range(3)))
    assert (await browser.get("/feedback", headers=ENGLISH)).text.count("too small") == 1


async def test_bad_remarks_are_shown_again(world_of: WorldOf) -> None:
    """Without words, too long, of no kind: said at its field, with what was typed; praise needs no words."""
    world = await world_of("portal", "nutrition")
    browser = portal_of(world, None)
    browser.headers.update(ENGLISH)
    asked = await browser.get("/feedback/new?about=//evil.example/x", headers=ENGLISH)
    assert 'href="//evil' not in asked.text
    assert 'href="/x"' in asked.text
    for said, fault in (
        (SAID | {"text": ""}, "This is needed."),
        (SAID | {"text": "x" * 501}, "This is too long: at most 500 characters."),
        (SAID | {"kind": "shout"}, "Choose one of these."),
    ):
        answer = await send(browser, asked, "/feedback/new", **said)
        assert answer.status_code == 422
        assert fault in answer.text
    assert (await send(browser, asked, "/feedback/new", kind="good", text="")).status_code == 200


async def test_pages_are_counted_by_route_and_role(world_of: WorldOf) -> None:
    """Counted is the route, never an address with what is somebody's; written now and then, added up, nothing lost."""
    world = await world_of("portal", "nutrition")
    reader = portal_of(world, auditor())
    for _ in range(2):
        await portal_of(world, None).get("/feedback/new?about=/secret-17")
        assert await write_counts(world.services["portal"]) == 1
    assert await write_counts(world.services["portal"]) == 0
    page = await reader.get("/usage", headers=ENGLISH)
    assert page.status_code == 200, page.text
    assert "/feedback/new" in page.text
    assert "<dt>Visitor, not signed in</dt><dd>2</dd>" in page.text
    assert "<dt>未登录的访客</dt>" in (await reader.get("/usage", headers={"Accept-Language": "zh-CN"})).text
    assert "secret-17" not in page.text
    assert (await portal_of(world, canteen("sch-1")).get("/usage")).status_code == 403
