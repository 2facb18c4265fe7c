"""Harvest entry, what is still wanted, and money."""

from typing import Any

import httpx
import pytest

from services.portal.harvest import pages
from tests.api.farmers.builders import a_county, household, lot, post, put
from tests.api.portal.browser import forms_in, portal_of, send
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.people import clerk
from tests.unit.shared.test_pictures import KEPT, LEFT, photo
from tests.world import World, ok

TYPED = {"food": "napa_cabbage", "quantity": "12,5", "day": "2026-11-23", "certificate": "GZ-7"}


async def opened(world_of: WorldOf) -> tuple[World, httpx.AsyncClient, httpx.Response]:
    """A cooperative that offers cabbage, its clerk's browser, and the page of the harvest."""
    world = await world_of("portal", "farmers", "nutrition")
    await a_county(world)
    browser = portal_of(world, clerk("coop-1"))
    browser.headers["Accept-Language"] = "en"
    page = await browser.get("/harvest")
    assert page.status_code == 200, page.text
    return world, browser, page


async def lots_in(world: World) -> list[dict[str, Any]]:
    """The cooperative's lots."""
    return list((await ok(await world.client("farmers").get("/lots", params={"cooperative_id": "coop-1"})))["items"])


async def test_a_harvest_is_entered_once_and_shared(world_of: WorldOf) -> None:
    """However often it is tapped; the households that were ticked have equal parts."""
    world, browser, page = await opened(world_of)
    typed = TYPED | {"sharing": "equal", "household": "hh-1"}
    for _ in range(2):
        answer = await send(browser, page, "/harvest", **typed)
        assert answer.status_code == 303, answer.text
    (lot,) = await lots_in(world)
    assert (lot["quantity_g"], lot["harvest_day"], lot["own_g"]) == (12_500, "2026-11-23", 0)
    assert [each["household_id"] for each in lot["contributions"]] == ["hh-1"]
    listed = await browser.get("/harvest")
    assert "12.5 kg" in listed.text
    assert "Again" in listed.text


async def test_every_household_can_be_named(world_of: WorldOf) -> None:
    """A base of the province has 170 households on average: all of them can be ticked, and are paid their part."""
    world, browser, _ = await opened(world_of)
    everybody = [f"hh-{number}" for number in (*range(1, 5), *range(101, 317))]
    await put(world, "/households", *map(household, everybody[4:]))
    page = await browser.get("/harvest")
    assert all(f'name="household" value="{each}"' in page.text for each in everybody)
    (form,) = [each for each in forms_in(page) if each.action == "/harvest"]
    typed = form.fields | TYPED | {"sharing": "equal", "quantity": "220"}
    answer = await browser.post(
        "/harvest", data=typed | {"household": everybody}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 303, answer.text
    (entered,) = await lots_in(world)
    assert {each["household_id"]: each["quantity_g"] for each in entered["contributions"]} == dict.fromkeys(
        everybody, 1000
    )


async def test_the_last_harvest_is_repeated(world_of: WorldOf) -> None:
    """Product, weight and the households' proportions are those of the one before."""
    world, browser, _ = await opened(world_of)
    await post(world, "/lots", **lot(contributions={"hh-1": 20_000, "hh-2": 10_000}))
    page = await browser.get("/harvest?again=lot-1")
    answer = await send(browser, page, "/harvest", certificate="GZ-8")
    assert answer.status_code == 303, answer.text
    again = next(each for each in await lots_in(world) if each["certificate_no"] == "GZ-8")
    assert (again["quantity_g"], again["own_g"]) == (60_000, 30_000)
    assert [each["quantity_g"] for each in again["contributions"]] == [20_000, 10_000]


async def test_what_was_typed_stays_beside_what_is_wrong(world_of: WorldOf) -> None:
    """Weights that are none, households nobody named, shares above the whole, days to come."""
    world, browser, page = await opened(world_of)
    for wrong, said in (
        ({"quantity": "many", "sharing": "own"}, "Write a number."),
        ({"sharing": "equal"}, "Say which households brought it."),
        ({"sharing": "last"}, "There is no earlier harvest of this product."),
        ({"sharing": "each", "share.hh-1": "99"}, "more than the whole"),
        ({"sharing": "own", "day": "2026-11-29"}, "This day is still to come."),
        ({"sharing": "own", "certificate": "no. 7 🥬"}, "Something in this form is not right."),
    ):
        page = await browser.get("/harvest")
        answer = await send(browser, page, "/harvest", **(TYPED | wrong))
        assert answer.status_code == 422
        assert said in answer.text, wrong
        assert f'value="{wrong.get("quantity", "12,5")}"' in answer.text
    assert await lots_in(world) == []


async def test_another_cooperative_is_nobodys_business(world_of: WorldOf) -> None:
    """A cooperative that is not the clerk's is not there."""
    _, browser, _ = await opened(world_of)
    for path in ("/harvest", "/harvest/wanted", "/harvest/offers", "/harvest/money"):
        assert (await browser.get(f"{path}?cooperative_id=coop-2")).status_code == 404


async def test_a_clerk_reads_why_offers_got_what_they_got(world_of: WorldOf) -> None:
    """In Chinese and in English; before the county looked for suppliers, and without procurement, the page says so."""
    county = County(await world_of("portal", "nutrition", "farmers", "procurement", "logistics"))
    await county.set_up()
    await county.publish()
    browser = portal_of(county.world, clerk("coop-b"))
    english = {"Accept-Language": "en"}
    assert "has not looked for suppliers" in (await browser.get("/harvest/offers", headers=english)).text
    await county.source()
    page = await browser.get("/harvest/offers", headers=english)
    assert page.status_code == 200, page.text
    assert "Nothing ordered" in page.text
    assert "None of 100 kg was planned." in page.text
    assert "100 公斤中没有安排采购。" in (await browser.get("/harvest/offers")).text
    assert (await browser.get("/harvest/offers?cooperative_id=coop-a")).status_code == 404
    county.world.away("procurement")
    assert "do not answer at this moment" in (await browser.get("/harvest/offers", headers=english)).text


async def test_nothing_wanted_and_nothing_earned_say_so(world_of: WorldOf) -> None:
    """Empty pages say what comes there; without their service they say that."""
    world, browser, _ = await opened(world_of)
    assert "Nothing is still wanted" in (await browser.get("/harvest/wanted")).text
    assert "Nothing was settled yet" in (await browser.get("/harvest/money")).text
    world.away("farmers")
    for path in ("/harvest/wanted", "/harvest/money"):
        page = await browser.get(path)
        assert page.status_code == 200
        assert "do not answer at this moment" in page.text
    assert (await browser.get("/harvest")).status_code == 503


async def test_more_than_a_page_holds_is_said(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a cooperative has more households than a form takes, it says that those shown are the first."""
    _, browser, _ = await opened(world_of)
    monkeypatch.setattr(pages, "_MOST_HOUSEHOLDS", 2)
    assert "The first 2 households are shown." in (await browser.get("/harvest")).text


async def test_a_photo_follows_its_harvest(world_of: WorldOf) -> None:
    """From an outbox it comes after its record; everybody sees it, until the clerk takes it back."""
    world, browser, page = await opened(world_of)
    outbox = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    form = next(each for each in forms_in(page) if each.action == "/harvest")
    said = form.fields | TYPED | {"sharing": "own", "_key": "one-harvest-1"}
    told = (await browser.post("/harvest", data=said, headers=outbox)).json()
    for _ in range(2):
        sent = {"photo": ("photo.jpg", photo(*KEPT, *LEFT), "image/jpeg")}
        taken = await browser.post(told["photos"], data={"_key": "one-photo-1"}, files=sent, headers=outbox)
        assert taken.json()["state"] == "kept", taken.text
    (lot,) = await lots_in(world)
    assert told["photos"] == f"/harvest/{lot['lot_id']}/photos"
    listed = await browser.get("/harvest")
    assert f'href="/t/photos/{lot["lot_id"]}"' in listed.text
    shown = await portal_of(world, None).get(f"/t/photos/{lot['lot_id']}")
    assert (shown.headers["content-type"], shown.content) == ("image/jpeg", photo(*KEPT))
    await send(browser, listed, told["photos"])
    assert "/t/photos/" not in (await browser.get("/harvest")).text
    assert (await portal_of(world, None).get(f"/t/photos/{lot['lot_id']}")).status_code == 404


async def test_a_photo_without_script(world_of: WorldOf) -> None:
    """It comes with the form; what is no photo loses nothing of the harvest, and the page says so."""
    world, browser, page = await opened(world_of)
    form = next(each for each in forms_in(page) if each.action == "/harvest")
    for number, (data, lost) in enumerate(((photo(*KEPT), False), (b"no picture", True))):
        said = form.fields | TYPED | {"sharing": "own", "certificate": f"GZ-{number}", "_key": f"harvest-{number}-key"}
        sent = {"photo": ("photo.jpg", data, "image/jpeg")}
        answer = await browser.post("/harvest", data=said, files=sent, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, answer.text
        assert ("photo=lost" in answer.headers["location"]) is lost
        shown = await browser.get(answer.headers["location"])
        assert ("its photo did not arrive" in shown.text) is lost
    assert len(await lots_in(world)) == 1 + 1
