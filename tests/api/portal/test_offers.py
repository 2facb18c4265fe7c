"""A cooperative's offers: published once, changed, taken back, and why nobody can order one."""

from typing import Any

import httpx

from tests import builders as b
from tests.api.farmers.builders import a_county, put
from tests.api.portal.browser import portal_of, send
from tests.conftest import WorldOf
from tests.people import clerk
from tests.world import World, ok

NEW = "/offers/new?food=napa_cabbage"
TYPED = {"quantity": "80", "price": "1,60", "from": "2026-12-07", "until": "2026-12-11"}
PAPER = {"number": "JC-1", "issued_by": "检测站（虚构）", "issued_on": "2026-09-01", "expires_on": "2027-08-31"}
JPEG = b"\xff\xd8\xff\xe0" + bytes(64) + b"\xff\xd9"


async def opened(world_of: WorldOf) -> tuple[World, httpx.AsyncClient]:
    """A cooperative that offers 100 kg of cabbage, and its clerk's browser."""
    world = await world_of("portal", "farmers", "nutrition")
    await a_county(world)
    food = b.a_food("napa_cabbage") | {"name_zh": "大白菜", "name_en": "Napa cabbage"}
    foods = [food, b.a_food("gold", farmed=False)]
    await ok(await world.client("nutrition").put("/foods", json={"rows": foods}))
    browser = portal_of(world, clerk("coop-1"))
    browser.headers["Accept-Language"] = "en"
    return world, browser


async def offers_in(world: World) -> list[dict[str, Any]]:
    """The cooperative's offers, the newest last."""
    told = await ok(await world.client("farmers").get("/offers", params={"cooperative_id": "coop-1"}))
    return sorted(told["items"], key=lambda each: each["published_at"])


async def test_an_offer_is_published_once(world_of: WorldOf) -> None:
    """Choose what farms bring, fill in what is new of it; however often it is tapped there is one more offer."""
    world, browser = await opened(world_of)
    choice = await browser.get("/offers/new")
    assert "Napa cabbage" in choice.text
    assert "food=gold" not in choice.text  # no farm has it
    page = await browser.get(NEW)
    assert 'value="1.54"' in page.text  # as the last time
    for _ in range(2):
        answer = await send(browser, page, "/offers/new", **TYPED)
        assert answer.status_code == 303, answer.text
    _, new = sorted(await offers_in(world), key=lambda each: each["available_from"])
    assert (new["quantity_g"], new["price_fen_per_kg"], new["minimum_lot_g"]) == (80_000, 160, 1_000)
    assert (new["available_from"], new["available_until"], new["pack_size_g"]) == ("2026-12-07", "2026-12-11", None)
    shown = await browser.get(answer.headers["location"])
    assert "On offer" in shown.text
    listed = await browser.get("/offers")
    assert "80 kg left of 80 kg" in listed.text


async def test_what_was_typed_stays_beside_what_is_wrong(world_of: WorldOf) -> None:
    """Nonsense and what the rules of offers refuse, each at its field; nothing is published."""
    world, browser = await opened(world_of)
    for wrong, said in (
        ({"quantity": "much"}, "Write a number."),
        ({"price": "0"}, "This sum is not possible here."),
        ({"until": "2026-12-01"}, "It ends before it begins."),
        ({"from": "2026-11-01", "until": "2026-11-02"}, "These days are over."),
        ({"minimum": "90"}, "The smallest order is more than the whole."),
        ({"pack": "3"}, "This is not a whole number of packs."),
        ({"harvest_day": "2026-12-08"}, "It is harvested later than this."),
        ({"shelf_life": "🥬"}, "This number is not possible here."),
    ):
        answer = await send(browser, await browser.get(NEW), "/offers/new", **(TYPED | wrong))
        assert answer.status_code == 422, wrong
        assert said in answer.text, wrong
        assert f'value="{wrong.get("quantity", "80")}"' in answer.text
    assert len(await offers_in(world)) == 1


async def test_two_who_change_an_offer_see_one_another(world_of: WorldOf) -> None:
    """Who looked at it before it was changed is shown what it is now, and what was typed; sent again it counts."""
    world, browser = await opened(world_of)
    first, second = await browser.get("/offers/off-1"), await browser.get("/offers/off-1")
    assert (await send(browser, first, "/offers/off-1", quantity="120")).status_code == 303
    late = await send(browser, second, "/offers/off-1", price="1.80")
    assert late.status_code == 422
    assert "as somebody else left it" in late.text
    assert "120 kg" in late.text
    assert 'value="1.80"' in late.text
    assert (await send(browser, late, "/offers/off-1", quantity="120")).status_code == 303
    (offer,) = await offers_in(world)
    assert (offer["quantity_g"], offer["price_fen_per_kg"], offer["version"]) == (120_000, 180, 3)


async def test_an_offer_is_taken_back_and_made_again(world_of: WorldOf) -> None:
    """Taken back nobody can order it, tapped twice or not; one tap fills in the same again."""
    world, browser = await opened(world_of)
    page = await browser.get("/offers/off-1")
    for _ in range(2):
        assert (await send(browser, page, "/offers/off-1/withdraw")).status_code == 303
    assert [each["status"] for each in await offers_in(world)] == ["withdrawn"]
    after = await browser.get("/offers/off-1")
    assert "Withdrawn" in after.text
    assert (await send(browser, page, "/offers/off-1", quantity="1")).status_code == 422
    assert "Nothing is on offer now" in (await browser.get("/offers")).text
    again = await browser.get("/offers/new?again=off-1")
    assert (await send(browser, again, "/offers/new")).status_code == 303
    old, new = sorted(await offers_in(world), key=lambda each: each["status"], reverse=True)
    assert old["offer_id"] == "off-1"
    assert {name: old[name] for name in ("quantity_g", "price_fen_per_kg", "available_from", "shelf_life_days")} == {
        name: new[name] for name in ("quantity_g", "price_fen_per_kg", "available_from", "shelf_life_days")
    }


async def test_a_missing_certificate_is_named_and_entered(world_of: WorldOf) -> None:
    """An offer that is held back says what it lacks; once it is written down, with its photo, it can be ordered."""
    world, browser = await opened(world_of)
    needs = {"food_code": "napa_cabbage", "kind": "inspection_report", "source": "fictional rule"}
    await put(world, "/certificate-requirements", needs)
    held = await browser.get("/offers")
    assert "Held back" in held.text
    assert "Missing: Inspection report" in held.text
    page = await browser.get("/offers/certificates/new?kind=inspection_report&food=napa_cabbage")
    reversed_ = PAPER | {"expires_on": "2026-08-01"}
    for wrong, said in (
        (reversed_, "It ends before it begins."),
        (PAPER | {"issued_on": "2026-12-24"}, "This day is still to come."),
        (PAPER | {"number": "第一号"}, "Something in this form is not right."),
    ):
        answer = await send(browser, page, "/offers/certificates/new", **wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{wrong["number"]}"' in answer.text
    answer = await send(browser, page, "/offers/certificates/new", **PAPER)
    assert answer.status_code == 303, answer.text
    assert "On offer" in (await browser.get("/offers")).text
    (kept,) = (await ok(await world.client("farmers").get("/certificates")))["items"]
    assert (kept["food_codes"], kept["number"], kept["file_id"]) == (["napa_cabbage"], "JC-1", None)
    where = f"/offers/certificates/{kept['certificate_id']}/photos"
    sent_with = {"_csrf": page.text.split('name="_csrf" value="')[1].split('"')[0], "_key": "b0a4a6a0-0000-4000-8000-1"}
    for _ in range(2):  # an answer may be lost
        sent = await browser.post(where, data=sent_with, files={"photo": ("a.jpg", JPEG, "image/jpeg")})
        assert sent.status_code == 303, sent.text
    (kept,) = (await ok(await world.client("farmers").get("/certificates")))["items"]
    photo = await world.client("farmers").get(f"/files/{kept['file_id']}")
    assert photo.content == JPEG


async def test_another_cooperatives_offers_are_nobodys_business(world_of: WorldOf) -> None:
    """Neither its list nor its offer nor a certificate of it; without its service the page says so."""
    world, browser = await opened(world_of)
    await put(world, "/offers", {**(await offers_in(world))[0], "offer_id": "off-9", "cooperative_id": "coop-2"})
    for path in ("/offers?cooperative_id=coop-2", "/offers/off-9", "/offers/new?again=off-9"):
        assert (await browser.get(path)).status_code == 404, path
    page = await browser.get("/offers/off-1")
    assert "Change it" in page.text
    world.away("farmers")
    listed = await browser.get("/offers")
    assert listed.status_code == 200
    assert "do not answer at this moment" in listed.text
