"""The dish library: finding a dish, what it gives, one's own dishes."""

import pytest

from tests import builders as b
from tests.api.nutrition.test_dish_photos import HERE, OTHER, PHOTO
from tests.api.portal.browser import forms_in, portal_of, send
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.people import canteen, clerk, nutritionist
from tests.world import World, ok

ENGLISH = {"Accept-Language": "en"}


async def _a_county(world_of: WorldOf) -> County[World]:
    county = County(await world_of("portal", "nutrition", "farmers", "procurement", "logistics"))
    await county.set_up()
    return county


async def test_a_dish_is_found(world_of: WorldOf) -> None:
    """By its name, its ingredients, its kind and its cost; a filter that makes no sense is told at its field."""
    browser = portal_of((await _a_county(world_of)).world, canteen("sch-1"))
    every = await browser.get("/dishes", headers=ENGLISH)
    assert every.status_code == 200, every.text
    assert "/dishes/d01" in every.text
    assert 'id="d01-energy_kcal-title"' in every.text
    found = await browser.get("/dishes?q=pork", headers=ENGLISH | {"HX-Request": "true"})
    assert ("/dishes/d01" in found.text, "/dishes/d02" in found.text) == (True, False)
    assert not found.text.strip().startswith("<!doctype")
    for query in ("q=nothing+like+it", "cost=0.01", "category=soup"):
        assert "No dish is like this" in (await browser.get(f"/dishes?{query}", headers=ENGLISH)).text
    wrong = await browser.get("/dishes?cost=cheap&free_of=nonsense&category=nonsense", headers=ENGLISH)
    assert "Write a number." in wrong.text
    assert "/dishes/d01" in wrong.text


@pytest.mark.parametrize("who", ["canteen", "nutritionist"])
async def test_a_dish_is_ones_own_after_it_was_copied(world_of: WorldOf, who: str) -> None:
    """One form makes one copy; only one's own dish is taken out, for a reason, and put back."""
    county = await _a_county(world_of)
    browser = portal_of(county.world, canteen("sch-1") if who == "canteen" else nutritionist(b.COUNTY))
    dish = await browser.get("/dishes/d01", headers=ENGLISH)
    assert dish.status_code == 200, dish.text
    assert "Grams in a portion" in dish.text
    assert "/dishes/d01/retire" not in dish.text
    copies = [await send(browser, dish, "/dishes/d01/copy") for _ in range(2)]
    own = copies[0].headers["location"]
    assert own == copies[1].headers["location"] != "/dishes/d01"
    page = await browser.get(own, headers=ENGLISH)
    assert (await send(browser, page, f"{own}/retire", reason=" ")).status_code == 422
    assert (await send(browser, page, f"{own}/retire", reason="pupils leave half of it")).headers["location"] == own
    gone = await browser.get(own, headers=ENGLISH)
    assert "Taken out: pupils leave half of it" in gone.text
    assert own in (await browser.get("/dishes?retired=true")).text
    assert (await send(browser, gone, f"{own}/restore")).status_code == 303
    assert "Taken out:" not in (await browser.get(own, headers=ENGLISH)).text


async def test_who_sees_the_library(world_of: WorldOf) -> None:
    """Whoever cooks or looks after menus; a dish that is none is a page, and so is a service that is away."""
    county = await _a_county(world_of)
    assert (await portal_of(county.world, clerk("coop-a")).get("/dishes")).status_code == 403
    browser = portal_of(county.world, canteen("sch-1"))
    assert (await browser.get("/dishes/none")).status_code == 404
    county.world.away("nutrition")
    away = await browser.get("/dishes", headers=ENGLISH)
    assert "Menus and kitchens do not answer" in away.text
    assert away.status_code == 200


async def test_a_countys_photo_stands_on_its_dish(world_of: WorldOf) -> None:
    """From an outbox it follows its record; kitchens see it in both places where dishes are chosen, until it goes."""
    county = await _a_county(world_of)
    browser = portal_of(county.world, nutritionist(b.COUNTY))
    page = await browser.get("/dishes/d01", headers=ENGLISH)
    outbox = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin", **ENGLISH}
    where = "/dishes/d01/photo"
    form = next(each for each in forms_in(page) if each.action == where).fields
    told = (await browser.post(where, data=form, headers=outbox)).json()
    assert (told["photos"], told["where"]) == (where, "/dishes/d01")
    for picture in (PHOTO, OTHER):
        sent = {"photo": ("photo.jpg", picture, "image/jpeg")}
        assert (await browser.post(where, data=form, files=sent, headers=outbox)).json()["state"] == "kept"
    cook = portal_of(county.world, canteen("sch-1"))
    lunch = {"day": "2026-12-07", "meal": "lunch", "dish_codes": ["d01"]}
    week = {"canteen_id": "sch-1", "week_start": "2026-12-07", "days": [lunch]}
    draft = await ok(await county.nutrition.post("/menu-drafts", json=week))
    meal = f"/planner/drafts/{draft['draft_id']}/meal?day=2026-12-07&meal=lunch"
    for path in ("/dishes", "/dishes/d01", meal):
        shown = await cook.get(path)
        assert f"{where}?canteen_id=sch-1&amp;of=" in shown.text, path
        assert 'width="320" height="240"' in shown.text
    seen = await cook.get(f"{where}?canteen_id=sch-1&of=some")
    assert (seen.content, seen.headers["content-type"]) == (OTHER, "image/jpeg")
    assert "immutable" in seen.headers["cache-control"]
    forget = [each.fields for each in forms_in(await browser.get("/dishes/d01")) if each.action == where][-1]
    assert (await browser.post(where, data=forget, headers={"Sec-Fetch-Site": "same-origin"})).status_code == 303
    assert where not in (await cook.get("/dishes")).text
    assert (await cook.get(f"{where}?canteen_id=sch-1")).status_code == 404


async def test_who_puts_a_photo_of_a_dish(world_of: WorldOf) -> None:
    """The county's nutritionist; what is no photo is told at its field, and to an outbox in words."""
    county = await _a_county(world_of)
    cook = portal_of(county.world, canteen("sch-1"))
    assert "Add a photo" not in (await cook.get("/dishes/d01", headers=ENGLISH)).text
    browser = portal_of(county.world, nutritionist(b.COUNTY))
    browser.headers.update(ENGLISH)
    page = await browser.get("/dishes/d01")
    assert "Add a photo" in page.text
    none = await send(browser, page, "/dishes/d01/photo")
    assert (none.status_code, "This is needed." in none.text) == (422, True)
    form = forms_in(page)[0].fields
    for headers in ({}, {"Accept": "application/json"}):
        sent = {"photo": ("photo.jpg", b"%PDF-1.4\n%%EOF\n", "image/jpeg")}
        answer = await browser.post(
            "/dishes/d01/photo", data=form, files=sent, headers=headers | {"Sec-Fetch-Site": "same-origin"}
        )
        assert (answer.status_code, "This is no photo that others could see" in answer.text) == (422, True)
    assert (await county.nutrition.get("/dishes/d01", params=HERE)).json()["photo"] is None
