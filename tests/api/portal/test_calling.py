"""Numbers on pages: each says its own; the driver calls where the trip stops, the dispatcher the driver."""

import pytest

from shared.auth.principal import Principal
from tests.api.logistics.county import COUNTY, DAY
from tests.api.portal.browser import portal_of, send
from tests.api.portal.test_driving import a_day
from tests.conftest import WorldOf
from tests.people import canteen, clerk, dispatcher, driver, official
from tests.world import World

EN = {"Accept-Language": "en"}
SAY = {canteen("sch-1"): "/phone/canteen/sch-1", clerk("coop-1"): "/phone/cooperative/coop-1"}
SAY |= {driver("drv-1"): "/phone/driver/drv-1"}
NUMBERS = dict(zip(SAY.values(), ("+86 100 0000 0021", "100-0000-0022", "100 0000 0023"), strict=True))


async def say(world: World, who: Principal, **said: str) -> str:
    """Fill in the form of the own number; returns the page that is shown then."""
    browser = portal_of(world, who)
    answer = await send(browser, await browser.get("/phone"), SAY[who], **said)
    return (await browser.get("/phone", headers=EN)).text if answer.status_code == 303 else answer.text


async def test_who_is_called_by_whom(world_of: WorldOf) -> None:
    """A driver finds the numbers of the stops, the dispatcher the driver's, too; an official finds none."""
    world = await world_of("portal", "logistics", "nutrition")
    trip = await a_day(world)
    for who in SAY:
        assert NUMBERS[SAY[who]].replace(" ", "").replace("-", "") in await say(world, who, number=NUMBERS[SAY[who]])
    sheet = (await portal_of(world, driver("drv-1")).get(f"/driving?day={DAY}")).text
    assert 'href="tel:+8610000000021"' in sheet
    assert 'href="tel:10000000022"' in sheet
    assert sheet.count("tel:") == len(SAY) - 1  # the second school has said none, and nobody calls himself
    board = f"/board/trips/{trip}"
    desk = (await portal_of(world, dispatcher(COUNTY)).get(board)).text
    for number in ("+8610000000021", "10000000022", "10000000023"):
        assert f'href="tel:{number}"' in desk
    looked = await portal_of(world, official(COUNTY)).get(board)
    assert looked.status_code == 200
    assert "tel:" not in looked.text


@pytest.mark.parametrize("who", SAY)
async def test_a_number_is_changed_and_forgotten(world_of: WorldOf, who: Principal) -> None:
    """What is no number stays in its field with the reason; forgotten, it is nowhere."""
    world = await world_of("portal", "logistics", "nutrition")
    await a_day(world)
    portal_of(world, who).headers.update(EN)
    for wrong in ("12345", "call me 🙂", "1" * 26):
        page = await say(world, who, number=wrong)
        assert ("7 to 15 digits" in page) or ("too long" in page), wrong
        assert wrong in page
    assert "No number yet" not in await say(world, who, number="100 0000 0031")
    page = await say(world, who, number="100 0000 0031", forget="yes")
    assert "No number yet" in page
    assert "0031" not in page


async def test_of_others_nothing_is_said(world_of: WorldOf) -> None:
    """A page of another school's number is refused; without logistics the page says that it does not answer."""
    world = await world_of("portal", "logistics", "nutrition")
    await a_day(world)
    browser = portal_of(world, canteen("sch-1"))
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = await browser.post("/phone/canteen/sch-2", data={"number": "10000000099"}, headers=headers)
    assert answer.status_code in (403, 404, 422)
    both = portal_of(world, canteen("sch-1", "sch-2"))
    assert (await both.get("/phone")).text.count("<form") >= 2
    world.away("logistics")
    assert "do not answer" in (await browser.get("/phone", headers=EN)).text
