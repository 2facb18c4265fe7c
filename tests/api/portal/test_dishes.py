"""The dish library: finding a dish, what it gives, one's own dishes."""

import pytest

from tests import builders as b
from tests.api.portal.browser import portal_of, send
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.people import canteen, clerk, nutritionist
from tests.world import World

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
