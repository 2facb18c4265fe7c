"""Names and words as long as people paste them, with emoji: taken in whole, or refused at their field and not lost."""

import re

import httpx
import pytest

from services.portal.languages import words
from tests.api.portal.browser import forms_in, portal_of, send
from tests.api.portal.half_filled import Half, in_the_evening, in_the_week_before, on_the_day
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.sessions import SignedIn
from tests.world import World

MANY = "虚构🥬👩‍🌾" + "Ünbreakable" * 60
"""Long, without a place to break it at, with letters of one to four bytes and an emoji of several."""
LONGEST = {"certificate": 64, "signer-1": 50, "issued_by": 200, "note-0": 200, "number": 25}
"""How many letters names may have; where nothing is said, a text of 500 is taken."""
TOO_LONG = words("zh").gettext("This is too long: at most {n} characters.")


@pytest.fixture
async def county(world_of: WorldOf) -> County[World]:
    """A small county that has planned nothing yet."""
    county = County(await world_of("portal", "nutrition", "farmers", "procurement", "logistics"))
    await county.set_up()
    return county


async def write(county: County[World], half: Half, name: str, text: str) -> httpx.Response:
    """Send a form with a text in one of its fields, as the page has it; browsers let nobody type what is refused."""
    browser = portal_of(county.world, half.who)
    assert isinstance(browser.auth, SignedIn)
    browser.auth.begin_anew()  # hours have gone by
    page = await browser.get(half.page)
    typing = re.search(rf'name="{name}"[^>]* maxlength="(\d+)"', page.text)
    assert typing is not None, f"{half.page}: {name} has no end"
    assert int(typing[1]) <= LONGEST.get(name, 500), f"{half.page}: {name} may be typed and is refused"
    answer = await send(browser, page, half.action, **half.said | {name: text})
    return await browser.get(answer.headers["location"]) if answer.status_code == 303 else answer


async def test_a_name_of_500_letters_is_refused_at_its_field_and_nothing_is_lost(county: County[World]) -> None:
    """Of each form with a name or words of one's own: the field says how long it may be; all that was typed stays."""
    tried = set()
    for halves in (in_the_week_before, on_the_day, in_the_evening):
        for half in await halves(county):
            for name in half.written:
                text = MANY[: 500 if name in LONGEST else 501]
                answer = await write(county, half, name, text)
                assert answer.status_code == 422, half
                assert f'-{name}-error">{TOO_LONG.format(n=LONGEST.get(name, 500))}' in answer.text, half
                (form,) = [each for each in forms_in(answer) if each.action == half.action]
                typed = half.said | {name: text}
                assert {each: form.fields.get(each) for each in typed} == typed, half
                tried.add(name)
    assert tried >= set(LONGEST)


async def test_a_text_of_500_letters_with_emoji_is_taken_in_whole(county: County[World]) -> None:
    """Why orders are declined, menus changed, meals corrected, of an alarm and goods at a gate: no letter less."""
    week = await in_the_week_before(county)
    (change,) = [half for half in week if half.action.endswith("/publish")]
    for half in (*week[:2], change):
        await is_taken(county, half)
    await on_the_day(county)
    for half in await in_the_evening(county):
        await is_taken(county, half)
    (withdrawal,) = [half for half in week if half.action.endswith("/withdraw")]
    await is_taken(county, withdrawal)


async def is_taken(county: County[World], half: Half) -> None:
    """Send the longest text there may be in each field; where the next page repeats such texts it does in whole."""
    for name in half.written:
        text = MANY[: LONGEST.get(name, 500)]
        answer = await write(county, half, name, text)
        assert answer.status_code == 200, half
        assert not [each for each in forms_in(answer) if text in each.fields.values()], half
        if half.action.endswith(("/decline", "/correct", "/withdraw", "/publish")) or "/alarms/" in half.action:
            assert text in answer.text, half
